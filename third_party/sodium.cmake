# libsodium: natively the system's; for WASM its source as one target (DESIGN §14).
if(NOT EMSCRIPTEN)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium>=1.0.18)
  add_library(grove_sodium INTERFACE)
  target_link_libraries(grove_sodium INTERFACE PkgConfig::SODIUM)
  return()
endif()

grove_fetch(sodium sodium)
set(VERSION 1.0.18)
set(SODIUM_LIBRARY_VERSION_MAJOR 10)  # configure.ac of that release
set(SODIUM_LIBRARY_VERSION_MINOR 3)
set(sodium_include ${CMAKE_CURRENT_BINARY_DIR}/sodium)
file(COPY ${sodium}/src/libsodium/include/ DESTINATION ${sodium_include} FILES_MATCHING PATTERN *.h)
configure_file(${sodium}/src/libsodium/include/sodium/version.h.in ${sodium_include}/sodium/version.h @ONLY)

file(GLOB_RECURSE sodium_sources ${sodium}/src/libsodium/*.c)
list(FILTER sodium_sources EXCLUDE REGEX "/randombytes/(internal|sysrandom)/")
# Without __EMSCRIPTEN__ libsodium takes no JavaScript for its random numbers, and with no default implementation it
# takes none at all: the caller hands a generator in (randombytes_set_implementation) before sodium_init.
grove_foreign_library(grove_sodium SOURCES ${sodium_sources}
  INCLUDES ${sodium_include} PRIVATE_INCLUDES ${sodium_include}/sodium
  DEFINITIONS CONFIGURED=1 NATIVE_LITTLE_ENDIAN=1 DEV_MODE=0 RANDOMBYTES_CUSTOM_IMPLEMENTATION
  RANDOMBYTES_DEFAULT_IMPLEMENTATION=NULL
  OPTIONS -U__EMSCRIPTEN__)
target_compile_definitions(grove_sodium PUBLIC SODIUM_STATIC=1)
