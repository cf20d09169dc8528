#include "wire/plan_delta.h"

#include <algorithm>
#include <functional>

#include "base/assert.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

constexpr std::uint8_t kHotFlag = 1;
constexpr std::uint32_t kStepsMax = 255;

// The base's seats without those that were removed and with those that were added, and everybody's parent and guardian by
// their new numbers: the source and nobody, if they are gone. Nothing: it does not fit.
std::optional<std::vector<Seat>> seats_of(const TreePlan& base, const std::vector<SeatIndex>& removed,
                                          const std::vector<base::PeerId>& added) {
  if (!removed.empty() && removed.back() >= base.seats.size()) return std::nullopt;
  if (base.seats.size() - removed.size() + added.size() > kListenersMax) return std::nullopt;
  std::vector<Seat> seats;
  std::vector<SeatIndex> now_at(base.seats.size(), kNoSeat);
  auto gone = removed.begin();
  auto next = added.begin();
  for (std::size_t i = 0; i < base.seats.size(); ++i) {
    if (gone != removed.end() && *gone == i) {
      ++gone;
      continue;
    }
    for (; next != added.end() && *next < base.seats[i].listener; ++next) seats.push_back({*next});
    now_at[i] = static_cast<SeatIndex>(seats.size());
    seats.push_back(base.seats[i]);
  }
  for (; next != added.end(); ++next) seats.push_back({*next});

  for (std::size_t i = 0; i < base.seats.size(); ++i) {
    if (now_at[i] == kNoSeat) continue;
    const Seat& before = base.seats[i];
    Seat& seat = seats[now_at[i]];
    if (before.parent != kSourceSeat) seat.parent = now_at[before.parent] == kNoSeat ? kSourceSeat : now_at[before.parent];
    if (before.guardian != kSourceSeat && before.guardian != kNoSeat) seat.guardian = now_at[before.guardian];
  }
  return seats;
}

template <typename List, typename Less>
bool is_ascending(const List& list, Less less) {
  return std::adjacent_find(list.begin(), list.end(), [&](const auto& a, const auto& b) { return !less(a, b); }) == list.end();
}

}  // namespace

std::optional<PlanDelta> delta_between(const TreePlan& base, const SignedPlan& signed_plan) {
  const TreePlan& plan = signed_plan.plan;
  const bool is_next = base.source == plan.source && base.incarnation == plan.incarnation && base.epoch < plan.epoch &&
                       plan.epoch - base.epoch <= kStepsMax;
  if (!is_next) return std::nullopt;
  PlanDelta delta{short_of(plan.source), static_cast<std::uint16_t>(plan.incarnation.started_ms), base.epoch,
                  static_cast<std::uint8_t>(plan.epoch - base.epoch), plan.next_counter, {}, {}, {}, signed_plan.signature};
  for (std::size_t i = 0; i < base.seats.size(); ++i) {
    if (!plan.seat_of(base.seats[i].listener)) delta.removed.push_back(static_cast<SeatIndex>(i));
  }
  for (const Seat& seat : plan.seats) {
    if (!base.seat_of(seat.listener)) delta.added.push_back(seat.listener);
  }
  const auto seats = seats_of(base, delta.removed, delta.added);
  if (!seats || seats->size() != plan.seats.size()) return std::nullopt;
  for (std::size_t i = 0; i < plan.seats.size(); ++i) {
    const Seat& seat = plan.seats[i];
    if ((*seats)[i] == seat) continue;
    delta.changed.push_back({static_cast<SeatIndex>(i), seat.parent, seat.guardian, seat.is_hot});
  }
  return delta;
}

std::optional<SignedPlan> apply(const PlanDelta& delta, const TreePlan& base) {
  auto seats = seats_of(base, delta.removed, delta.added);
  if (!seats || base.epoch > UINT32_MAX - delta.steps) return std::nullopt;
  for (const PlanDelta::Changed& changed : delta.changed) {
    if (changed.seat >= seats->size()) return std::nullopt;
    Seat& seat = (*seats)[changed.seat];
    seat = {seat.listener, changed.parent, changed.guardian, changed.is_hot};
  }
  SignedPlan made{{base.source, base.incarnation, base.epoch + delta.steps, delta.next_counter, std::move(*seats)}, delta.signature};
  if (why_no_tree(made.plan)) return std::nullopt;
  return made;
}

base::Bytes encode(const PlanDelta& delta) {
  GROVE_ASSERT(delta.steps > 0 && delta.removed.size() <= kListenersMax && delta.added.size() <= kListenersMax &&
               delta.changed.size() <= kListenersMax);
  Writer writer(100 + delta.removed.size() + delta.added.size() * base::PeerId::kSize + delta.changed.size() * 4);
  writer.bytes(delta.source).u16(delta.run).u32(delta.base_epoch).u8(delta.steps).u64(delta.next_counter);
  writer.u8(static_cast<std::uint8_t>(delta.removed.size())).bytes(delta.removed);
  writer.u8(static_cast<std::uint8_t>(delta.added.size()));
  for (const base::PeerId& listener : delta.added) writer.bytes(listener.bytes);
  writer.u8(static_cast<std::uint8_t>(delta.changed.size()));
  for (const PlanDelta::Changed& c : delta.changed) writer.u8(c.seat).u8(c.parent).u8(c.guardian).u8(c.is_hot ? kHotFlag : 0);
  return writer.bytes(delta.signature).take();
}

base::Result<PlanDelta> decode_plan_delta(base::ByteView bytes) {
  Reader reader(bytes);
  PlanDelta delta;
  delta.source = reader.array<8>();
  delta.run = reader.u16();
  delta.base_epoch = reader.u32();
  delta.steps = reader.u8();
  delta.next_counter = reader.u64();
  delta.removed = base::to_bytes(reader.bytes(reader.u8()));
  const std::size_t added = reader.u8();
  for (std::size_t i = 0; i < added && !reader.has_failed(); ++i) delta.added.push_back({reader.array<base::PeerId::kSize>()});
  const std::size_t changed = reader.u8();
  for (std::size_t i = 0; i < changed && !reader.has_failed(); ++i) {
    PlanDelta::Changed c{reader.u8(), reader.u8(), reader.u8()};
    const std::uint8_t flags = reader.u8();
    if (flags & ~kHotFlag) return base::Refusal{"plan delta: unknown flags"};
    c.is_hot = flags != 0;
    delta.changed.push_back(c);
  }
  delta.signature = reader.array<kSignatureBytes>();

  if (!reader.is_done()) return base::Refusal{"plan delta: wrong length"};
  if (delta.steps == 0) return base::Refusal{"plan delta: of no newer plan"};
  if (std::max({delta.removed.size(), added, changed}) > kListenersMax) return base::Refusal{"plan delta: too many listeners"};
  const bool is_in_order = is_ascending(delta.removed, std::less<>()) && is_ascending(delta.added, std::less<>()) &&
                           is_ascending(delta.changed, [](const auto& a, const auto& b) { return a.seat < b.seat; });
  if (!is_in_order) return base::Refusal{"plan delta: not in order"};
  return delta;
}

}  // namespace grove::wire
