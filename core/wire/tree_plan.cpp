#include "wire/tree_plan.h"

#include <algorithm>

#include "base/assert.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

constexpr std::uint8_t kHotFlag = 1;

// Every chain of parents ends at the source: follow each for as many steps as there are seats.
bool is_rooted(const std::vector<Seat>& seats) {
  for (const Seat& seat : seats) {
    std::size_t steps = 0;
    for (SeatIndex parent = seat.parent; parent != kSourceSeat; parent = seats[parent].parent) {
      if (++steps > seats.size()) return false;
    }
  }
  return true;
}

}  // namespace

const Seat* TreePlan::seat_of(const base::PeerId& listener) const {
  const auto seat = std::lower_bound(seats.begin(), seats.end(), listener,
                                     [](const Seat& s, const base::PeerId& peer) { return s.listener < peer; });
  return seat == seats.end() || seat->listener != listener ? nullptr : &*seat;
}

std::vector<base::PeerId> TreePlan::children_of(const base::PeerId& peer) const {
  std::vector<base::PeerId> children;
  for (const Seat& seat : seats) {
    if (peer_at(seat.parent) == peer) children.push_back(seat.listener);
  }
  return children;
}

base::PeerId TreePlan::parent_of(const base::PeerId& peer) const {
  const Seat* seat = seat_of(peer);
  return seat ? peer_at(seat->parent) : source;
}

base::Bytes encode_unsigned(const TreePlan& plan) {
  GROVE_ASSERT(plan.seats.size() <= kListenersMax);
  Writer writer(200 + plan.seats.size() * 19);
  writer.bytes(plan.source.bytes).u64(plan.incarnation.started_ms).u32(plan.epoch).u64(plan.next_counter);
  writer.u16(static_cast<std::uint16_t>(plan.seats.size()));
  for (const Seat& seat : plan.seats) {
    writer.bytes(seat.listener.bytes);
    writer.u8(seat.parent).u8(seat.guardian).u8(seat.is_hot ? kHotFlag : 0);
  }
  return writer.take();
}

base::Bytes encode(const SignedPlan& plan) {
  base::Bytes bytes = encode_unsigned(plan.plan);
  base::append(bytes, plan.signature);
  return bytes;
}

std::optional<base::Refusal> why_no_tree(const TreePlan& plan) {
  const std::size_t seats = plan.seats.size();
  for (std::size_t i = 0; i < seats; ++i) {
    const Seat& seat = plan.seats[i];
    const bool has_parent = seat.parent == kSourceSeat || seat.parent < seats;
    const bool has_guardian = seat.guardian == kSourceSeat || seat.guardian == kNoSeat || seat.guardian < seats;
    if (!has_parent || !has_guardian) {
      return base::Refusal{"plan: a parent or guardian that is not in it"};
    }
    if (seat.listener == plan.source) return base::Refusal{"plan: the source listens to itself"};
    if (i > 0 && !(plan.seats[i - 1].listener < seat.listener)) return base::Refusal{"plan: listeners not sorted"};
  }
  if (!is_rooted(plan.seats)) return base::Refusal{"plan: a ring of parents"};
  return std::nullopt;
}

base::Result<SignedPlan> decode_plan(base::ByteView bytes) {
  Reader reader(bytes);
  SignedPlan result;
  TreePlan& plan = result.plan;
  plan.source.bytes = reader.array<base::PeerId::kSize>();
  plan.incarnation.started_ms = reader.u64();
  plan.epoch = reader.u32();
  plan.next_counter = reader.u64();
  const std::size_t seats = reader.u16();
  if (seats > kListenersMax) return base::Refusal{"plan: too many listeners"};
  for (std::size_t i = 0; i < seats && !reader.has_failed(); ++i) {
    Seat seat;
    seat.listener.bytes = reader.array<base::PeerId::kSize>();
    seat.parent = reader.u8();
    seat.guardian = reader.u8();
    const std::uint8_t flags = reader.u8();
    if (flags & ~kHotFlag) return base::Refusal{"plan: unknown flags"};
    seat.is_hot = flags != 0;
    plan.seats.push_back(seat);
  }
  result.signature = reader.array<kSignatureBytes>();
  if (!reader.is_done()) return base::Refusal{"plan: wrong length"};

  if (const auto why = why_no_tree(plan)) return *why;
  return result;
}

}  // namespace grove::wire
