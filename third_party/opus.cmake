# Opus 1.5.2, float, without its neural parts. One list of sources for both flavours, read from Opus' own *_sources.mk.
grove_fetch(opus opus)

# The files that one variable of a .mk file names.
function(opus_list file variable out)
  file(READ ${opus}/${file} text)
  string(REPLACE "\\\n" " " text "${text}\n")
  string(REGEX MATCH "(^|\n)${variable} *= *([^\n]*)" _ "${text}")
  separate_arguments(files UNIX_COMMAND "${CMAKE_MATCH_2}")
  if(NOT files)
    message(FATAL_ERROR "${file} of Opus names no ${variable}")
  endif()
  list(TRANSFORM files PREPEND ${opus}/)
  set(${out} ${${out}} ${files} PARENT_SCOPE)
endfunction()

set(opus_sources ${CMAKE_CURRENT_SOURCE_DIR}/opus_fatal.c)
opus_list(opus_sources.mk OPUS_SOURCES opus_sources)
opus_list(opus_sources.mk OPUS_SOURCES_FLOAT opus_sources)
opus_list(celt_sources.mk CELT_SOURCES opus_sources)
opus_list(silk_sources.mk SILK_SOURCES opus_sources)
opus_list(silk_sources.mk SILK_SOURCES_FLOAT opus_sources)

set(opus_definitions OPUS_BUILD VAR_ARRAYS HAVE_LRINT HAVE_LRINTF ENABLE_HARDENING OVERRIDE_celt_fatal
  PACKAGE_VERSION="1.5.2")
if(EMSCRIPTEN OR CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|amd64|AMD64")
  # What the target has for certain, and no question at run time: SSE2 on x86-64; SSE4.1 as WASM SIMD.
  opus_list(celt_sources.mk CELT_SOURCES_SSE opus_sources)
  opus_list(celt_sources.mk CELT_SOURCES_SSE2 opus_sources)
  list(APPEND opus_definitions OPUS_X86_MAY_HAVE_SSE OPUS_X86_PRESUME_SSE OPUS_X86_MAY_HAVE_SSE2 OPUS_X86_PRESUME_SSE2)
endif()
if(EMSCRIPTEN)
  opus_list(celt_sources.mk CELT_SOURCES_SSE4_1 opus_sources)
  opus_list(silk_sources.mk SILK_SOURCES_SSE4_1 opus_sources)
  list(APPEND opus_definitions OPUS_X86_MAY_HAVE_SSE4_1 OPUS_X86_PRESUME_SSE4_1)
endif()

grove_foreign_library(grove_opus SOURCES ${opus_sources} INCLUDES ${opus}/include
  PRIVATE_INCLUDES ${opus} ${opus}/celt ${opus}/silk ${opus}/silk/float DEFINITIONS ${opus_definitions})
if(NOT EMSCRIPTEN)
  target_link_libraries(grove_opus PUBLIC m)
endif()
