# One folder = one target. A target sees the headers of the folders it names in DEPS (and of theirs), no others: the
# arrows of ARCHITECTURE.md are enforced by the include path.

add_library(grove_warnings INTERFACE)
target_compile_options(grove_warnings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Werror)
# GCC 12 takes a moved std::variant in a std::optional for uninitialized (GCC bug 80635 and kin), which is what poll() returns.
target_compile_options(grove_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)

# grove_library(NAME path/to/folder SOURCES a.cpp … DEPS grove_base …): target grove_NAME. Headers are included by
# their path below core/ (or below the repository for other folders): "overlay/map.h", "voice/codec/encoder.h".
function(grove_library name folder)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS;PRIVATE_DEPS" ${ARGN})
  set(include_root ${CMAKE_BINARY_DIR}/include/${name})
  cmake_path(GET folder PARENT_PATH folder_parent)
  file(MAKE_DIRECTORY ${include_root}/${folder_parent})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${include_root}/${folder} SYMBOLIC)
  if(ARG_SOURCES)
    add_library(grove_${name} STATIC ${ARG_SOURCES})
    target_include_directories(grove_${name} PUBLIC ${include_root})
    target_link_libraries(grove_${name} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS} grove_warnings)
    if(folder MATCHES "^server")
      target_compile_options(grove_${name} PRIVATE ${GROVE_SERVER_OPTIONS})
    else()
      target_compile_options(grove_${name} PRIVATE ${GROVE_CORE_OPTIONS})
    endif()
  else()
    add_library(grove_${name} INTERFACE)
    target_include_directories(grove_${name} INTERFACE ${include_root})
    target_link_libraries(grove_${name} INTERFACE ${ARG_DEPS})
  endif()
endfunction()

# grove_test(map_test DEPS grove_overlay …): map_test.cpp, a GoogleTest program known to CTest. Under Emscripten the
# same program runs in Node.
function(grove_test name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  if(NOT GROVE_TESTS)
    return()
  endif()
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} grove_test_main grove_warnings)
  target_compile_options(${name} PRIVATE ${GROVE_TEST_OPTIONS})
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# grove_fuzz(wire_fuzz DEPS …): wire_fuzz.cpp with LLVMFuzzerTestOneInput, built when GROVE_FUZZ is on (clang).
function(grove_fuzz name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  if(NOT GROVE_FUZZ)
    return()
  endif()
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} grove_warnings)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  set_property(GLOBAL APPEND PROPERTY GROVE_FUZZERS ${name})
endfunction()

# grove_bench(codec_bench DEPS …): a Google Benchmark program.
function(grove_bench name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  if(NOT GROVE_BENCH)
    return()
  endif()
  add_executable(${name} ${name}.cpp)
  target_link_libraries(${name} PRIVATE ${ARG_DEPS} benchmark::benchmark_main grove_warnings)
  if(NOT TARGET benches)
    add_custom_target(benches)
  endif()
  add_dependencies(benches ${name})
endfunction()
