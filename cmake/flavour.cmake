# What every target gets: sanitizers, the fuzzer's coverage, the compiler cache, and the WASM build's switches.

if(GROVE_SANITIZE)
  add_compile_options(-fsanitize=${GROVE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GROVE_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options(-fno-sanitize=vptr)  # the core has no type information, and a test that sees its classes would ask for it
    # clang 14 cannot lay its check of function types into coroutines.
    add_compile_options(-fno-sanitize=function)
  endif()
endif()
if(GROVE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# A second build of the same file costs nothing, whichever folder and flavour asks for it.
find_program(GROVE_CCACHE ccache)
if(GROVE_CCACHE)
  foreach(language C CXX)
    if(NOT CMAKE_${language}_COMPILER_LAUNCHER)
      set(CMAKE_${language}_COMPILER_LAUNCHER ${GROVE_CCACHE})
      if(EMSCRIPTEN)  # a script that ccache does not recognise as the clang that it is
        list(PREPEND CMAKE_${language}_COMPILER_LAUNCHER env CCACHE_COMPILERTYPE=clang)
      endif()
    endif()
  endforeach()
endif()

# -msse4.1 lets Opus' SSE code become WASM SIMD.
if(EMSCRIPTEN)
  add_compile_options(-msimd128 -msse4.1)
  # The tests' loaders are no ES modules, which the repository's package.json makes of every .js below it.
  file(WRITE ${CMAKE_BINARY_DIR}/package.json "{ \"type\": \"commonjs\" }\n")
endif()

# The core neither throws nor asks for types at run time; the tests do.
set(GROVE_CORE_OPTIONS -fno-exceptions -fno-rtti)
# What the tests themselves are built with: much compiled, hardly run (measured: half to a third of the compiler's time).
set(GROVE_TEST_OPTIONS -O1)
# The same holds for the server's Boost under sanitizers; what decodes bytes from outside and mixes sound stays at -O1.
set(GROVE_SERVER_OPTIONS "")
if(GROVE_SANITIZE)
  set(GROVE_TEST_OPTIONS -O0)
  set(GROVE_SERVER_OPTIONS -O0)
endif()
