// Any bytes that a host might send, through every kind of NAT, out and in.
#include <algorithm>
#include <cstdint>

#include "base/assert.h"
#include "base/bytes.h"
#include "netlab/nat_box.h"

using namespace grove::netlab;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const auto kind = static_cast<NatKind>(data[0] % 5);
  const Address inner{0xc0a80202}, outer = kind == NatKind::kOpen ? inner : Address{0x0a4d0002};
  NatBox box(kind, inner, outer, {}, 1);
  // The rest is packets, each with one byte of length before it.
  Instant now;
  for (std::size_t at = 1; at < size;) {
    const std::size_t length = std::min<std::size_t>(data[at], size - at - 1);
    grove::base::Bytes packet(data + at + 1, data + at + 1 + length);
    at += 1 + length;
    now = now + Duration::s(1);
    auto datagram = Datagram::view(packet);
    if (!datagram) continue;
    const bool was_good = datagram->has_good_checksums();
    const bool passed = datagram->source() == inner ? box.try_out(*datagram, now) : box.try_in(*datagram, now);
    GROVE_ASSERT(!passed || !was_good || datagram->has_good_checksums());
  }
  return 0;
}
