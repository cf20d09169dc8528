#include "voice/conceal/comfort_noise.h"

#include <algorithm>
#include <cmath>

namespace grove::voice::conceal {
namespace {

constexpr double kBackgroundBelow = 2;    // 3 dB above the quietest counts as background
constexpr double kFloorRise = 1.005;      // a frame: +1 dB a second of speech, so that a louder room is learnt
constexpr double kPowerMax = 1e-5;        // -50 dBFS: many rooms' noise adds up in a conference
constexpr double kPowerLeast = 1e-9;      // -90 dBFS: digital silence has no colour
constexpr double kWhitening = 1.001;      // white noise correction, -30 dB: keeps Levinson's recursion sane
constexpr float kGainStep = 0.001F;       // 20 ms time constant: level changes unheard

}  // namespace

float ComfortNoise::white() {
  seed_ ^= seed_ << 13;  // xorshift32 (Marsaglia 2003)
  seed_ ^= seed_ >> 17;
  seed_ ^= seed_ << 5;
  return static_cast<float>(static_cast<std::int32_t>(seed_)) * 0x1.0p-31F * 1.7320508F;  // uniform, power 1
}

void ComfortNoise::handle_frame(std::span<const float> frame) {
  if (frame.size() < 2 * kOrder) return;
  std::array<double, kOrder + 1> correlation{};
  for (std::size_t lag = 0; lag <= kOrder; ++lag) {
    float sum = 0;
    for (std::size_t i = lag; i < frame.size(); ++i) sum += frame[i] * frame[i - lag];
    correlation[lag] = static_cast<double>(sum) / static_cast<double>(frame.size());
  }
  const double power = correlation[0];
  if (!std::isfinite(power)) return;
  floor_power_ *= kFloorRise;
  if (is_known_ && power > floor_power_ * kBackgroundBelow) return;
  floor_power_ = is_known_ ? std::min(power, floor_power_) : power;
  floor_power_ = std::max(floor_power_, kPowerLeast);
  is_known_ = true;
  if (power < kPowerLeast) {
    gain_ = 0;
    return;
  }

  // Levinson and Durbin.
  std::array<double, kOrder> a{};
  double error = power * kWhitening;
  for (std::size_t i = 0; i < kOrder; ++i) {
    double reflection = correlation[i + 1];
    for (std::size_t j = 0; j < i; ++j) reflection -= a[j] * correlation[i - j];
    reflection /= error;
    std::array<double, kOrder> before = a;
    a[i] = reflection;
    for (std::size_t j = 0; j < i; ++j) a[j] = before[j] - reflection * before[i - 1 - j];
    error *= 1 - reflection * reflection;
  }
  for (std::size_t i = 0; i < kOrder; ++i) filter_[i] = static_cast<float>(a[i]);
  const double loudness = std::min(1.0, kPowerMax / power);
  gain_ = static_cast<float>(std::sqrt(std::max(error, 0.0) * loudness));
}

void ComfortNoise::generate(std::span<float> out) {
  for (float& sample : out) {
    gain_now_ += (gain_ - gain_now_) * kGainStep;
    float next = white() * gain_now_;
    for (std::size_t i = 0; i < kOrder; ++i) next += filter_[i] * past_[i];
    next = std::clamp(next, -0.1F, 0.1F);
    for (std::size_t i = kOrder - 1; i > 0; --i) past_[i] = past_[i - 1];
    past_[0] = next;
    sample = next;
  }
}

}  // namespace grove::voice::conceal
