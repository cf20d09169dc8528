# grove_wasm_module(node node_exports.cpp DEPS grove_node …): build/wasm/node.wasm, a standalone module. It exports the
# functions that the file marks with EMSCRIPTEN_KEEPALIVE, and imports proc_exit alone (a test checks it).
function(grove_wasm_module name exports_file)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  add_executable(${name}_wasm ${exports_file} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/wasm_growth.c)
  target_link_libraries(${name}_wasm PRIVATE ${ARG_DEPS} grove_warnings)
  target_compile_options(${name}_wasm PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${GROVE_CORE_OPTIONS}>)
  # The stack lies first, so that an overflow traps instead of writing over data. 1 MiB: Opus' largest frames take about
  # 200 kB; 4 MiB at the start hold one peer's rings and decoders (guess), more grows.
  target_link_options(${name}_wasm PRIVATE -O3 -msimd128 -sSTANDALONE_WASM --no-entry -sALLOW_MEMORY_GROWTH=1 -sASSERTIONS=0
    -sTOTAL_STACK=1048576 -sINITIAL_MEMORY=4194304 -sFILESYSTEM=0 -Wl,--stack-first)
  set_target_properties(${name}_wasm PROPERTIES OUTPUT_NAME ${name} SUFFIX .wasm
    RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
endfunction()
