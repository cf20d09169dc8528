#include "crypto/sodium.h"

#include <sodium.h>

#include <cstdint>
#include <cstring>

#include "base/assert.h"

namespace grove::crypto {
namespace {

// libsodium wants a random generator at start, for the canary of its guarded heap, which we never use. All our keys and
// nonces are made by KeySource from handed-in entropy, so the core reads no system randomness: these bytes are zero.
randombytes_implementation no_randomness() {
  randombytes_implementation none{};
  none.implementation_name = [] { return "none"; };
  none.random = []() -> std::uint32_t { return 0; };
  none.stir = [] {};
  none.buf = [](void* bytes, std::size_t size) { std::memset(bytes, 0, size); };
  none.close = [] { return 0; };
  return none;
}

bool start() {
  static randombytes_implementation none = no_randomness();
  GROVE_ASSERT(randombytes_set_implementation(&none) == 0);
  GROVE_ASSERT(sodium_init() >= 0);
  return true;
}

}  // namespace

void start_sodium() {
  static const bool started = start();
  GROVE_ASSERT(started);
}

}  // namespace grove::crypto
