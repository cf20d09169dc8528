#include "overlay/hole_hunt.h"

#include <algorithm>

namespace grove::overlay {

void HoleHunt::handle_frame(const FrameWindow& frames, base::Duration patience, base::Instant now) {
  if (holes(frames) == 0) {
    stop();
  } else if (due_.is_never()) {
    due_ = now + patience;
  }
}

void HoleHunt::handle_refusal(const base::PeerId& from, base::Instant now) {
  if (asked_ == from) due_ = now;
}

void HoleHunt::stop() {
  due_ = base::Instant::never();
  asked_.reset();
  tried_.clear();
}

std::optional<HoleHunt::Ask> HoleHunt::poll(const FrameWindow& frames, const std::vector<Supplier>& suppliers, base::Instant now) {
  if (now < due_) return std::nullopt;
  if (suppliers.empty()) {  // nobody yet: the next frame or the plan brings us back
    stop();
    return std::nullopt;
  }
  const std::uint64_t wanted = holes(frames);
  const auto next = std::find_if(suppliers.begin(), suppliers.end(), [&](const Supplier& s) { return !tried_.contains(s.peer); });
  if (wanted != 0 && next != suppliers.end() && tried_.size() < kAskedMax) {
    tried_.insert(next->peer);
    asked_ = next->peer;
    due_ = now + next->rtt + kAnswerSlack;
    last_asked_ = frames.next();
    return Ask{next->peer, wanted};
  }
  give_up(frames, wanted);
  stop();
  // Holes that opened since somebody was last asked have their turn.
  if (holes(frames) == 0) return std::nullopt;
  due_ = now;
  return poll(frames, suppliers, now);
}

std::uint64_t HoleHunt::holes(const FrameWindow& frames) const {
  std::uint64_t holes = frames.missing(kServedFrames);
  for (std::uint64_t i = 0; i < kServedFrames && holes >> i != 0; ++i) {
    // given_up_.has() is also true of what is long past.
    if ((holes >> i & 1) != 0 && given_up_.has(frames.next() - 1 - i)) holes &= ~(std::uint64_t{1} << i);
  }
  return holes;
}

void HoleHunt::give_up(const FrameWindow& frames, std::uint64_t holes) {
  for (std::uint64_t i = 0; i < kServedFrames; ++i) {
    const std::uint64_t counter = frames.next() - 1 - i;
    if ((holes >> i & 1) != 0 && counter < last_asked_) given_up_.add(counter);
  }
}

}  // namespace grove::overlay
