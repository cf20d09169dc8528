#include "voice/synthesizer/limiter.h"

#include <algorithm>
#include <cmath>

namespace grove::voice::synthesizer {
namespace {

constexpr double kLookAheadS = 0.001;  // rise in 1 ms: shorter crackles, longer is delay (at most 1.5 ms allowed)
constexpr double kReleaseS = 0.08;     // guess: between pumping (longer) and distortion of deep voices (shorter)

}  // namespace

Limiter::Limiter(double rate_hz)
    : window_(static_cast<std::size_t>(std::max(2.0, std::ceil(rate_hz * kLookAheadS)))),
      release_(1 - std::exp(-1 / (rate_hz * kReleaseS))),
      delayed_(window_ * 2, 0.0F),
      envelope_(window_, 1.0),
      minima_(window_),
      sum_(static_cast<double>(window_)) {}

// The least gain among the last window_ frames: a monotonic queue (Lemire 2006).
double Limiter::least_needed(double gain) {
  while (minima_size_ > 0 && minima_[minima_begin_].frame + window_ <= frame_) {
    minima_begin_ = (minima_begin_ + 1) % window_;
    --minima_size_;
  }
  while (minima_size_ > 0 && minima_[(minima_begin_ + minima_size_ - 1) % window_].gain >= gain) --minima_size_;
  minima_[(minima_begin_ + minima_size_) % window_] = {frame_, gain};
  ++minima_size_;
  return minima_[minima_begin_].gain;
}

void Limiter::limit(std::span<float> stereo) {
  for (std::size_t i = 0; i + 1 < stereo.size(); i += 2) {
    const float left = std::isfinite(stereo[i]) ? stereo[i] : 0;
    const float right = std::isfinite(stereo[i + 1]) ? stereo[i + 1] : 0;
    const float peak = std::max(std::abs(left), std::abs(right));
    const double least = least_needed(peak > kCeiling ? static_cast<double>(kCeiling) / static_cast<double>(peak) : 1);
    held_ = std::min(least, held_ + (1 - held_) * release_);

    const std::size_t slot = static_cast<std::size_t>(frame_ % window_);
    sum_ += held_ - envelope_[slot];
    envelope_[slot] = held_;
    delayed_[2 * slot] = left;
    delayed_[2 * slot + 1] = right;

    const std::size_t oldest = (slot + 1) % window_;
    const auto gain = static_cast<float>(sum_ / static_cast<double>(window_));
    // The clamp only takes away what rounding adds.
    stereo[i] = std::clamp(delayed_[2 * oldest] * gain, -kCeiling, kCeiling);
    stereo[i + 1] = std::clamp(delayed_[2 * oldest + 1] * gain, -kCeiling, kCeiling);
    ++frame_;
  }
}

}  // namespace grove::voice::synthesizer
