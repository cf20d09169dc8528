// How much of one source's frames does not arrive, from the gaps in their counters.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace grove::room {

class LossMeter {
 public:
  // One second of speech: late frames of a window before count for the next, which evens out.
  static constexpr std::uint64_t kWindowFrames = 50;
  // A gap longer than this is a lost link, not a lossy one.
  static constexpr std::uint64_t kGapMax = 250;

  void handle_counter(std::uint64_t counter) {
    if (!has_heard_ || counter > highest_ + kGapMax) {
      has_heard_ = true;
      base_ = highest_ = counter;
      received_ = 0;
      return;
    }
    ++received_;
    highest_ = std::max(highest_, counter);
    const std::uint64_t expected = highest_ - base_;
    if (expected < kWindowFrames) return;
    const double lost = 1.0 - std::min(1.0, static_cast<double>(received_) / static_cast<double>(expected));
    smoothed_ = is_first_window_ ? lost : smoothed_ + (lost - smoothed_) / 4;  // a guess: four seconds of speech
    is_first_window_ = false;
    base_ = highest_;
    received_ = 0;
  }

  std::uint8_t percent() const { return static_cast<std::uint8_t>(std::lround(smoothed_ * 100)); }

 private:
  bool has_heard_ = false;
  bool is_first_window_ = true;
  std::uint64_t base_ = 0;
  std::uint64_t highest_ = 0;
  std::uint64_t received_ = 0;
  double smoothed_ = 0;
};

}  // namespace grove::room
