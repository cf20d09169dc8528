# GoogleTest (from Debian's source package of it, as it recommends: built with the same switches as the tests) and
# RapidCheck, in one library with main(). The same for native, sanitizer and WASM builds.
set(googletest /usr/src/googletest CACHE PATH "Debian's source of GoogleTest")
if(NOT EXISTS ${googletest}/googletest/src/gtest-all.cc)
  message(FATAL_ERROR "GoogleTest's source is missing at ${googletest}: apt-get install googletest")
endif()
grove_fetch(rapidcheck rapidcheck)
file(GLOB_RECURSE rapidcheck_sources ${rapidcheck}/src/*.cpp)

grove_foreign_library(grove_test_main
  SOURCES ${googletest}/googletest/src/gtest-all.cc ${googletest}/googletest/src/gtest_main.cc ${rapidcheck_sources}
  INCLUDES ${googletest}/googletest/include ${rapidcheck}/include ${rapidcheck}/extras/gtest/include
  PRIVATE_INCLUDES ${googletest}/googletest)
target_compile_options(grove_test_main PRIVATE ${GROVE_TEST_OPTIONS})
if(EMSCRIPTEN)
  target_compile_definitions(grove_test_main PUBLIC GTEST_HAS_PTHREAD=0)
  target_compile_options(grove_test_main PUBLIC -fexceptions)
  # Node gets the file's bytes at once: the loader's fetch() cannot read files.
  # -O1: no optimiser over the whole program, which takes longer than the tests.
  target_link_options(grove_test_main PUBLIC -O1 -fexceptions -sWASM_ASYNC_COMPILATION=0 -sENVIRONMENT=node
    -sALLOW_MEMORY_GROWTH=1 -sEXIT_RUNTIME=1 -sTOTAL_STACK=4194304)
else()
  find_package(Threads REQUIRED)
  target_link_libraries(grove_test_main PUBLIC Threads::Threads)
endif()
