// Names for peers and links.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace grove::base {

// The identity of a person: the first 16 bytes of the hash of their public key (crypto/identity.h).
struct PeerId {
  static constexpr std::size_t kSize = 16;
  ByteArray<kSize> bytes{};

  static Result<PeerId> from(ByteView view) {
    if (view.size() != kSize) return Refusal{"peer id: not 16 bytes"};
    PeerId id;
    std::copy(view.begin(), view.end(), id.bytes.begin());
    return id;
  }
  bool operator==(const PeerId&) const = default;
  std::strong_ordering operator<=>(const PeerId& other) const { return compare_bytes(bytes, other.bytes); }
};

// A peer as this program numbers it, from 1 up; a number is never used for a second peer.
struct PeerNumber {
  std::uint32_t value = 0;
  auto operator<=>(const PeerNumber&) const = default;
};

// A connection to another peer as this program numbers it, from 1 up; never used twice.
struct LinkId {
  std::uint32_t value = 0;
  auto operator<=>(const LinkId&) const = default;
};

}  // namespace grove::base
