// Whatever a decoder accepts, its encoder writes again byte for byte: there is one way to say each thing.
#include "base/assert.h"
#include "wire/rendezvous.h"

using namespace grove;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView message(data, size);
  if (const auto decoded = wire::rendezvous::decode_from_client(message)) {
    GROVE_ASSERT(wire::rendezvous::encode(*decoded) == base::to_bytes(message));
  }
  if (const auto decoded = wire::rendezvous::decode_from_server(message)) {
    GROVE_ASSERT(wire::rendezvous::encode(*decoded) == base::to_bytes(message));
  }
  return 0;
}
