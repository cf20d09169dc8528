#include "sim/traffic.h"

namespace grove::sim {
namespace {

constexpr std::uint8_t kFrame = 0x15;  // docs/protocol.md §3

}  // namespace

void Traffic::on_sent(const Passage& passage) {
  if (type_of(passage.message) == kFrame) {
    if (!is_in(talking_, passage.at)) return;
    look_at_plans();
    Copies& copies = passage.at < last_fault_ + kAfterFault ? troubled_ : calm_;
    ++copies.sent;
    copies.hot += is_hot(passage);
    return;
  }
  for (Span* span : {&idle_, &talking_}) {
    if (!is_in(*span, passage.at)) continue;
    const std::uint8_t type = type_of(passage.message);
    span->bytes[type] += passage.message.size();
    span->wire_bytes[type] += world_.channels().wire_bytes(passage.message.size());
    ++span->messages[type];
  }
}

void Traffic::look_at_plans() {
  for (; plans_seen_ < plans_.published().size(); ++plans_seen_) {
    const auto& published = plans_.published()[plans_seen_];
    const wire::TreePlan& plan = published.plan;
    HotWards& wards = hot_wards_[published.source];
    wards.before = std::exchange(wards.now, {});
    wards.replaced = published.at;
    for (const wire::Seat& seat : plan.seats) {
      const auto ward = world_.person_of(seat.listener), parent = world_.person_of(plan.peer_at(seat.parent));
      if (!ward || !parent) continue;
      wards.before.erase({*parent, *ward});
      if (seat.guardian == wire::kNoSeat || !seat.is_hot) continue;
      if (const auto guardian = world_.person_of(plan.peer_at(seat.guardian))) wards.now.insert({*guardian, *ward});
    }
  }
}

bool Traffic::is_hot(const Passage& passage) const {
  if (!passage.frame) return false;
  const auto known = hot_wards_.find(passage.frame->source);
  if (known == hot_wards_.end()) return false;
  const HotWards& wards = known->second;
  const std::pair pair(passage.from, passage.to);
  return wards.now.contains(pair) || (passage.at < wards.replaced + kPlanArrives && wards.before.contains(pair));
}

void Traffic::on_delivered(const Delivered& delivered) {
  if (is_in(talking_, delivered.at)) ++(delivered.at < last_fault_ + kAfterFault ? troubled_ : calm_).delivered;
}

void Traffic::on_tick(Instant now) {
  idle_.begin = talk_begins_ - Duration::s(10);
  idle_.end = talk_begins_;
  const double passed = last_tick_ == Instant() ? 0 : (now - last_tick_).in_ms() / 1000;
  for (Span* span : {&idle_, &talking_}) {
    if (is_in(*span, now)) span->person_seconds += passed * static_cast<double>(world_.here().size());
  }
  last_tick_ = now;
}

}  // namespace grove::sim
