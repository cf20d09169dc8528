#include "sim/traffic.h"

namespace grove::sim {
namespace {

constexpr std::uint8_t kFrame = 0x15;  // docs/protocol.md §3

}  // namespace

void Traffic::on_sent(const Passage& passage) {
  if (type_of(passage.message) == kFrame) {
    if (is_in(talking_, passage.at)) ++(passage.at < last_fault_ + kAfterFault ? troubled_ : calm_).sent;
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
