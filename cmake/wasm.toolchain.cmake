# Debian's Emscripten, wherever its package put it.
find_program(GROVE_EMXX em++)
if(NOT GROVE_EMXX)
  message(FATAL_ERROR "em++ is not installed: apt-get install emscripten")
endif()
if(NOT EMSCRIPTEN_ROOT_PATH)
  set(EMSCRIPTEN_ROOT_PATH /usr/share/emscripten)
endif()
include(${EMSCRIPTEN_ROOT_PATH}/cmake/Modules/Platform/Emscripten.cmake)

# With a Node from outside Debian, emcc's optimiser does not find Debian's acorn by itself (DESIGN §14).
foreach(modules /usr/share/nodejs /usr/lib/nodejs)
  if(EXISTS ${modules}/acorn)
    set_property(GLOBAL PROPERTY RULE_LAUNCH_LINK "${CMAKE_COMMAND} -E env NODE_PATH=${modules}")
  endif()
endforeach()
