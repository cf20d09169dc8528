// An envelope that travels over links instead of the rendezvous: its sender names the whole way, from its map. Where that way
// is gone, whoever holds the envelope names another. docs/protocol.md §3.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"

namespace grove::wire {

inline constexpr std::size_t kHopsMax = 8;             // a guess: a room of 250 with 24 links each has 3 or 4
inline constexpr std::uint8_t kDetoursMax = 2;            // so that no envelope goes round for ever; a guess
inline constexpr std::size_t kEnvelopeBytesMax = 16'384;  // as the rendezvous' largest blob

struct Routed {
  std::vector<base::PeerId> hops;  // who is still to pass it on, the addressee last; 1 … kHopsMax
  base::Bytes envelope;            // sealed and signed by its sender
  std::uint8_t detours = kDetoursMax;  // that may still be made
  bool operator==(const Routed&) const = default;
};

}  // namespace grove::wire
