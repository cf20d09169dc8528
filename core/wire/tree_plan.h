// A plan: the tree by which one source's voice reaches its listeners, signed by the source. docs/protocol.md §5.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "wire/record.h"

namespace grove::wire {

inline constexpr std::size_t kListenersMax = 250;

// A seat by its index, or one of two that have none.
using SeatIndex = std::uint8_t;
inline constexpr SeatIndex kSourceSeat = 0xff;
inline constexpr SeatIndex kNoSeat = 0xfe;
static_assert(kListenersMax <= kNoSeat);

struct Seat {
  base::PeerId listener;
  SeatIndex parent = kSourceSeat;
  SeatIndex guardian = kNoSeat;  // the peer that has the frames too, when the parent fails
  bool is_hot = false;           // the guardian sends its copy always
  bool operator==(const Seat&) const = default;
};

struct TreePlan {
  base::PeerId source;
  Incarnation incarnation;
  std::uint32_t epoch = 0;           // only grows
  std::uint64_t next_counter = 0;    // of the first frame that goes this way: the source's next, or up to a second later
  std::vector<Seat> seats;           // at most kListenersMax, sorted by listener
  bool operator==(const TreePlan&) const = default;

  // Whom `peer` sends this source's frames to; `peer` is the source or a listener.
  std::vector<base::PeerId> children_of(const base::PeerId& peer) const;
  const Seat* seat_of(const base::PeerId& listener) const;
  const base::PeerId& peer_at(SeatIndex seat) const { return seat == kSourceSeat ? source : seats[seat].listener; }
  // Who sends them to `peer`; the source, for whoever has no seat.
  base::PeerId parent_of(const base::PeerId& peer) const;
};

struct SignedPlan {
  TreePlan plan;
  base::ByteArray<kSignatureBytes> signature{};
  bool operator==(const SignedPlan&) const = default;
};

base::Bytes encode_unsigned(const TreePlan& plan);
base::Bytes encode(const SignedPlan& plan);

// Unsorted or double listeners, indices out of range, a ring of parents, the source as listener; nothing: it is a tree.
std::optional<base::Refusal> why_no_tree(const TreePlan& plan);

// Refuses what is no tree: unsorted or double listeners, indices out of range, a ring of parents, the source as listener.
base::Result<SignedPlan> decode_plan(base::ByteView bytes);

}  // namespace grove::wire
