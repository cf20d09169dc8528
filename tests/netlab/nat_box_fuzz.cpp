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
  // The rest is packets. Before each: what to set right in its header, so that most get past the first look; its length.
  Instant now;
  for (std::size_t at = 1; at + 1 < size;) {
    const std::uint8_t hints = data[at];
    const std::size_t length = std::min<std::size_t>(data[at + 1], size - at - 2);
    grove::base::Bytes packet(data + at + 2, data + at + 2 + length);
    at += 2 + length;
    now = now + Duration::s(hints >> 4);
    if ((hints & 1) != 0 && length >= Datagram::kHeaderBytes) {
      packet[0] = 0x45;
      packet[2] = 0;
      packet[3] = static_cast<std::uint8_t>(length);
      const bool is_out = (hints & 2) != 0;
      const std::uint32_t end = is_out ? inner.value : outer.value;
      for (std::size_t i = 0; i < 4; ++i) packet[(is_out ? 12 : 16) + i] = static_cast<std::uint8_t>(end >> (24 - 8 * i));
    }
    auto datagram = Datagram::view(packet);
    if (!datagram) continue;
    const bool was_good = datagram->has_good_checksums();
    const bool passed = datagram->source() == inner ? box.try_out(*datagram, now) : box.try_in(*datagram, now);
    GROVE_ASSERT(!passed || !was_good || datagram->has_good_checksums());
  }
  return 0;
}
