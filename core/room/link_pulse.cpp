#include "room/link_pulse.h"

#include <algorithm>

namespace grove::room {
namespace {

// 0 means "none yet" on the wire.
std::uint32_t stamp_of(base::Instant now) {
  const auto stamp = static_cast<std::uint32_t>(now.in_us());
  return stamp == 0 ? 1 : stamp;
}

}  // namespace

void LinkPulse::handle_beat(const wire::Beat& beat, base::Instant now) {
  their_stamp_ = beat.sent_us;
  their_stamp_at_ = now;
  if (beat.echo_us == 0) return;
  const std::uint32_t round_trip = stamp_of(now) - beat.echo_us - beat.held_us;
  if (round_trip > static_cast<std::uint32_t>(kDeadAfter.in_us())) return;  // stale or made up
  samples_[sampled_++ % kLeastOf] = base::Duration::us(round_trip);
}

std::optional<base::Duration> LinkPulse::rtt() const {
  if (sampled_ == 0) return std::nullopt;
  return *std::min_element(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(std::min(sampled_, kLeastOf)));
}

std::optional<wire::Beat> LinkPulse::poll_beat(std::uint8_t loss_percent, base::Instant now) {
  if (now < next_beat_) return std::nullopt;
  next_beat_ = now + kBeatEvery;
  wire::Beat beat{stamp_of(now), their_stamp_, 0, loss_percent};
  if (their_stamp_ != 0) beat.held_us = static_cast<std::uint32_t>((now - their_stamp_at_).in_us());
  return beat;
}

base::Instant LinkPulse::next_deadline() const { return std::min(next_beat_, last_heard_ + kDeadAfter); }

}  // namespace grove::room
