#include "voice/signal/resampler.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>

#include "base/assert.h"

namespace grove::voice::signal {
namespace {

// 48 taps are 0.5 ms of look-ahead at 48 kHz and, with Kaiser's 90 dB, a transition band of 0.12 of the rate
// (Kaiser 1974: taps = (dB - 8) / (2.285 * width)).
constexpr double kTaps = 48;
constexpr double kStopBandDb = 90;
constexpr double kKaiserBeta = 0.1102 * (kStopBandDb - 8.7);
// Between different rates the middle of the transition lies a little below the lower Nyquist frequency, so that
// nothing folds back below 20 kHz.
constexpr double kCutoff = 0.96;

double bessel_i0(double x) {
  double sum = 1;
  double term = 1;
  for (int k = 1; k < 60; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
    if (term < sum * 1e-17) break;
  }
  return sum;
}

double kaiser(double x) {
  if (std::abs(x) >= 1) return 0;
  return bessel_i0(kKaiserBeta * std::sqrt(1 - x * x)) / bessel_i0(kKaiserBeta);
}

double sinc(double x) {
  if (std::abs(x) < 1e-12) return 1;
  return std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

using Lanes = float __attribute__((vector_size(16)));

Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}

// Between two neighbouring phases, `mix` of the way. The compiler may not reorder sums of floats: four lanes by hand.
float interpolate(const float* x, const float* low, const float* high, std::size_t taps, float mix) {
  Lanes sum_low{};
  Lanes sum_high{};
  for (std::size_t i = 0; i < taps; i += 4) {
    const Lanes samples = load(x + i);
    sum_low += samples * load(low + i);
    sum_high += samples * load(high + i);
  }
  const Lanes sum = sum_low + (sum_high - sum_low) * mix;
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

}  // namespace

ResamplerKernel::ResamplerKernel(double input_hz, double output_hz)
    : input_hz_(input_hz), step_(input_hz / output_hz) {
  GROVE_ASSERT(input_hz > 0 && output_hz > 0);
  const double widening = std::max(1.0, step_);
  taps_ = static_cast<std::size_t>(std::ceil(kTaps * widening / 4)) * 4;
  const double cutoff = input_hz == output_hz ? 1.0 : kCutoff / widening;
  const double half = static_cast<double>(taps_) / 2;
  table_.resize((kPhases + 1) * taps_);
  for (std::size_t number = 0; number <= kPhases; ++number) {
    const double fraction = static_cast<double>(number) / kPhases;
    float* row = table_.data() + number * taps_;
    double sum = 0;
    std::vector<double> exact(taps_);
    for (std::size_t tap = 0; tap < taps_; ++tap) {
      const double x = static_cast<double>(tap) - (half - 1) - fraction;
      exact[tap] = cutoff * sinc(cutoff * x) * kaiser(x / half);
      sum += exact[tap];
    }
    for (std::size_t tap = 0; tap < taps_; ++tap) row[tap] = static_cast<float>(exact[tap] / sum);
  }
}

double ResamplerKernel::latency_s() const { return static_cast<double>(taps_) / 2 / input_hz_; }

Resampler::Resampler(const ResamplerKernel& kernel, std::size_t input_max)
    : kernel_(kernel), step_(kernel.step()) {
  reconfigure(input_max);
}

void Resampler::reconfigure(std::size_t input_max) {
  line_.resize(kernel_.taps() + input_max + 8);
  step_ = kernel_.step();
  reset();
}

void Resampler::reset() {
  // Half a filter of silence before the first sample.
  std::fill(line_.begin(), line_.end(), 0.0F);
  filled_ = kernel_.taps() / 2 - 1;
  position_ = 0;
}

void Resampler::set_drift(double share) { step_ = kernel_.step() * (1 + share); }

std::size_t Resampler::input_needed(std::size_t outputs) const {
  if (outputs == 0) return 0;
  const double last = position_ + static_cast<double>(outputs - 1) * step_;
  const std::size_t needed = static_cast<std::size_t>(last) + kernel_.taps();
  return needed > filled_ ? needed - filled_ : 0;
}

std::size_t Resampler::outputs_ready() const {
  if (position_ + static_cast<double>(kernel_.taps()) > static_cast<double>(filled_)) return 0;
  const double room = static_cast<double>(filled_ - kernel_.taps()) - position_;
  auto count = static_cast<std::size_t>(room / step_) + 2;
  while (count > 0 && input_needed(count) > 0) --count;
  return count;
}

void Resampler::handle_input(std::span<const float> input) {
  GROVE_ASSERT(filled_ + input.size() <= line_.size());
  std::copy(input.begin(), input.end(), line_.begin() + static_cast<std::ptrdiff_t>(filled_));
  filled_ += input.size();
}

void Resampler::pull(std::span<float> output) {
  GROVE_ASSERT(input_needed(output.size()) == 0);
  const std::size_t taps = kernel_.taps();
  if (step_ == 1.0 && position_ == std::floor(position_)) {
    const auto first = static_cast<std::ptrdiff_t>(position_) + static_cast<std::ptrdiff_t>(taps / 2) - 1;
    std::copy_n(line_.begin() + first, output.size(), output.begin());
  } else {
    for (std::size_t k = 0; k < output.size(); ++k) {
      const double at = position_ + static_cast<double>(k) * step_;
      const auto index = static_cast<std::size_t>(at);
      const double phase = (at - static_cast<double>(index)) * ResamplerKernel::kPhases;
      const auto low = std::min(static_cast<std::size_t>(phase), ResamplerKernel::kPhases - 1);
      const auto mix = static_cast<float>(phase - static_cast<double>(low));
      output[k] = interpolate(line_.data() + index, kernel_.phase(low), kernel_.phase(low + 1), taps, mix);
    }
  }
  position_ += static_cast<double>(output.size()) * step_;
  drop_used();
}

void Resampler::drop_used() {
  const std::size_t used = std::min(static_cast<std::size_t>(position_), filled_);
  std::memmove(line_.data(), line_.data() + used, (filled_ - used) * sizeof(float));
  filled_ -= used;
  position_ -= static_cast<double>(used);
}

}  // namespace grove::voice::signal
