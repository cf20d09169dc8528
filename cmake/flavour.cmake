# What every target gets: sanitizers, the fuzzer's coverage, and the WASM build's switches.

if(GROVE_SANITIZE)
  add_compile_options(-fsanitize=${GROVE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GROVE_SANITIZE})
endif()
if(GROVE_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# -msse4.1 lets Opus' SSE code become WASM SIMD.
if(EMSCRIPTEN)
  add_compile_options(-msimd128 -msse4.1)
endif()

# The core neither throws nor asks for types at run time; the tests do.
set(GROVE_CORE_OPTIONS -fno-exceptions -fno-rtti)
