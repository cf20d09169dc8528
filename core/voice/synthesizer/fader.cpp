#include "voice/synthesizer/fader.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "voice/signal/level.h"

namespace grove::voice::synthesizer {
namespace {

constexpr double kGlideS = 0.005;  // time constant: no click, and mute is mute after 50 ms
constexpr float kNearEnough = 1e-5F;

float glide(float from, float to, float step) {
  const float next = from + (to - from) * step;
  return std::abs(next - to) < kNearEnough ? to : next;
}

}  // namespace

void Fader::set_rate(double rate_hz) { step_ = static_cast<float>(1 - std::exp(-1 / (rate_hz * kGlideS))); }

void Fader::set_volume_db(double db) {
  // Not a number counts as a fader that nobody touched.
  if (std::isnan(db)) return;
  volume_ = std::isinf(db) && db < 0 ? 0 : static_cast<double>(signal::db_to_gain(std::min(db, kVolumeMaxDb)));
  update();
}

void Fader::set_muted(bool is_muted) {
  is_muted_ = is_muted;
  update();
}

void Fader::set_pan(double pan) {
  if (std::isnan(pan)) return;
  pan_ = std::clamp(pan, -1.0, 1.0);
  update();
}

void Fader::update() {
  const double angle = (pan_ + 1) * std::numbers::pi / 4;
  const double gain = is_muted_ ? 0 : volume_ * std::numbers::sqrt2;
  left_target_ = pan_ == 1 ? 0 : static_cast<float>(gain * std::cos(angle));
  right_target_ = pan_ == -1 ? 0 : static_cast<float>(gain * std::sin(angle));
}

void Fader::settle() {
  left_ = left_target_;
  right_ = right_target_;
}

void Fader::mix(std::span<const float> mono, std::span<float> stereo) {
  for (std::size_t i = 0; i < mono.size(); ++i) {
    left_ = glide(left_, left_target_, step_);
    right_ = glide(right_, right_target_, step_);
    stereo[2 * i] += mono[i] * left_;
    stereo[2 * i + 1] += mono[i] * right_;
  }
}

}  // namespace grove::voice::synthesizer
