#include "voice/jitter/delay_target.h"

#include <algorithm>
#include <cmath>

namespace grove::voice::jitter {
namespace {

constexpr double kQuantile = 0.95;          // NetEq (DESIGN §6)
constexpr double kForget = 0.983;           // NetEq's forget_factor: a memory of 60 intervals = 30 s of speech
// A longer path is not jitter: when all of an interval lies this far above the one before, its own spread counts.
constexpr double kPathChange = 10 * 48;
// A single bad interval is forgiven once there are a few to compare it with.
constexpr int kForgiveFrom = 4;
constexpr int kIntervalFrames = 25;         // NetEq's resample_interval_ms = 500
constexpr int kFirstIntervalFrames = 8;     // shrink soon after the first words; guess
constexpr int kFirstIntervals = 3;
constexpr double kMargin = 24;              // 0.5 ms for the resampler's drift control to swing in; bench
constexpr double kTargetLeast = 48;         // 1 ms
constexpr double kStale = 2 * 48'000;       // after 2 s of silence the path may have changed: begin a new base
constexpr double kJump = 2 * 48'000;        // no path is 2 s longer than a moment ago: the source's clock was set anew
// A late frame raises the target at once, and the raise fades away (1 s time constant); but a stall longer than this is not
// jitter to be ready for, unless it comes again and again (then the histogram knows).
constexpr double kPeakMax = 60 * 48;
constexpr double kPeakFade = 48'000;
// With this share of frames lost, waiting 20 ms for the redundancy in the next packet sounds better than guessing.
constexpr double kLossGuardOn = 0.03;       // guess, to be heard out
constexpr double kLossGuardOff = 0.015;
constexpr double kFrame = 960;
constexpr double kNothing = -1e300;

}  // namespace

DelayTarget::DelayTarget() = default;

void DelayTarget::reset_base(double transit) {
  least_before_ = transit;
  least_ = transit;
  greatest_ = kNothing;
  frames_ = 0;
  has_arrivals_ = true;
}

void DelayTarget::fade_peak(double clock) { peak_ *= std::exp(std::min(0.0, last_arrival_ - clock) / kPeakFade); }

double DelayTarget::base() const { return std::min(least_, least_before_); }

double DelayTarget::target() const {
  const double jitter = std::max(quantile_, peak_);
  const double wanted = guards_against_loss_ ? std::max(jitter, quantile_ + kFrame) : jitter;
  return std::clamp(wanted + kMargin, kTargetLeast, kTargetMax);
}

void DelayTarget::handle_spurt_start(double transit, double clock) {
  const bool is_stale = !has_arrivals_ || clock - last_arrival_ > kStale || std::abs(transit - base()) > kJump;
  fade_peak(clock);
  last_arrival_ = clock;
  if (is_stale) return reset_base(transit);
  least_ = std::min(least_, transit);
}

void DelayTarget::handle_arrival(double transit, double clock) {
  if (!has_arrivals_ || std::abs(transit - base()) > kJump) reset_base(transit);
  fade_peak(clock);
  last_arrival_ = clock;
  least_ = std::min(least_, transit);
  greatest_ = std::max(greatest_, transit);
  ++frames_;

  const double delay = transit - base();
  if (delay > target() - kMargin) peak_ = std::max(peak_, std::min(delay, kPeakMax));
  if (guards_against_loss_ ? loss_rate_ < kLossGuardOff : loss_rate_ > kLossGuardOn) {
    guards_against_loss_ = !guards_against_loss_;
  }
  if (frames_ >= (intervals_ < kFirstIntervals ? kFirstIntervalFrames : kIntervalFrames)) finish_interval();
}

// A stall teaches nothing unless another came not long ago.
double DelayTarget::without_lone_stall(double worst) {
  const bool is_stall = worst > kPeakMax;
  const bool is_lone = is_stalled_ || since_stall_ >= kStallMemory;
  if (is_stall && !is_stalled_) since_stall_ = 0;
  if (since_stall_ < kStallMemory) ++since_stall_;
  is_stalled_ = is_stall && is_lone;
  return is_stalled_ ? std::min(worst, quantile_ - kBin) : worst;
}

void DelayTarget::finish_interval() {
  const bool is_longer_path = least_ - least_before_ > kPathChange;
  const double worst = without_lone_stall(std::max(0.0, greatest_ - (is_longer_path ? least_ : base())));
  least_before_ = least_;
  least_ = -kNothing;
  greatest_ = kNothing;
  frames_ = 0;

  ++intervals_;
  // All alike at first, so that the guess we began with is gone after the first interval.
  const double forget = std::min(1 - 1.0 / intervals_, kForget);
  for (float& weight : histogram_) weight *= static_cast<float>(forget);
  const auto bin = std::min(static_cast<std::size_t>(worst / kBin), kBins - 1);
  histogram_[bin] += static_cast<float>(1 - forget);

  const double allowed = intervals_ < kForgiveFrom ? 1 - kQuantile : std::max(1 - kQuantile, 1.01 * (1 - forget));
  // From above, so that rounding in the sum never reaches past the last bin.
  double above = 0;
  std::size_t i = kBins;
  while (i > 1 && above + static_cast<double>(histogram_[i - 1]) <= allowed) {
    above += static_cast<double>(histogram_[--i]);
  }
  quantile_ = static_cast<double>(i) * kBin;
}

}  // namespace grove::voice::jitter
