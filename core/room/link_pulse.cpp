#include "room/link_pulse.h"

#include <algorithm>
#include <utility>

namespace grove::room {
namespace {

constexpr std::int64_t kTickUs = 100;
constexpr std::uint32_t kTicks = 1U << 24;  // 28 minutes: no beat is under way for so long

// 0 means "none yet" on the wire.
std::uint32_t no_zero(std::uint32_t stamp) { return stamp == 0 ? 1 : stamp; }
std::uint32_t ticks(std::int64_t us) { return static_cast<std::uint32_t>(us / kTickUs) % kTicks; }
std::uint32_t stamp_of(base::Instant now) { return no_zero(ticks(now.in_us())); }

}  // namespace

void LinkPulse::handle_beat(const wire::Beat& beat, base::Instant now) {
  their_stamp_ = beat.mine;
  their_stamp_at_ = now;
  if (beat.yours == 0) {
    // Their first: the round trip is known to both ends at once, and not a second later.
    if (!std::exchange(has_answered_, true)) next_beat_ = now;
    return;
  }
  std::uint32_t round_trip = (stamp_of(now) + kTicks - beat.yours) % kTicks;
  if (round_trip >= kTicks - 2) round_trip = 0;  // what rounding takes off a very short one
  if (round_trip > ticks(kDeadAfter.in_us())) return;  // stale or made up
  samples_[sampled_++ % kLeastOf] = base::Duration::us(round_trip * kTickUs);
}

std::optional<base::Duration> LinkPulse::rtt() const {
  if (sampled_ == 0) return std::nullopt;
  return *std::min_element(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(std::min(sampled_, kLeastOf)));
}

std::optional<wire::Beat> LinkPulse::poll_beat(std::uint8_t loss_percent, base::Instant now) {
  if (now < next_beat_) return std::nullopt;
  next_beat_ = now + kBeatEvery;
  wire::Beat beat{stamp_of(now), 0, loss_percent};
  if (their_stamp_ != 0) beat.yours = no_zero((their_stamp_ + ticks((now - their_stamp_at_).in_us())) % kTicks);
  return beat;
}

bool LinkPulse::take_doubt(base::Instant now) {
  return now >= last_heard_ + kDoubtAfter && !std::exchange(is_doubted_, true);
}

base::Instant LinkPulse::next_deadline() const {
  return std::min(next_beat_, last_heard_ + (is_doubted_ ? kDeadAfter : kDoubtAfter));
}

}  // namespace grove::room
