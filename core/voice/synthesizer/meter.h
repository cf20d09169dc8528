// How loud somebody is now, and whether they are speaking.
#pragma once

#include <span>

#include "voice/signal/level.h"

namespace grove::voice::synthesizer {

class Meter {
 public:
  explicit Meter(double rate_hz) : rate_hz_(rate_hz) {}

  // `is_voice`: decoded speech, not imitated noise.
  void handle_block(std::span<const float> block, bool is_voice) {
    const double seconds = static_cast<double>(block.size()) / rate_hz_;
    power_ += (signal::mean_square(block) - power_) * (1 - std::exp(-seconds / kWindowS));
    hold_s_ = is_voice && level_dbfs() > kSpeakingDbfs ? kHoldS : std::max(0.0, hold_s_ - seconds);
  }
  void set_rate(double rate_hz) { rate_hz_ = rate_hz; }
  void reset() {
    power_ = 0;
    hold_s_ = 0;
  }

  double level_dbfs() const { return signal::power_to_db(power_); }
  bool is_speaking() const { return hold_s_ > 0; }

 private:
  static constexpr double kWindowS = 0.02;
  static constexpr double kSpeakingDbfs = -50;  // guess: quieter is breath and room
  static constexpr double kHoldS = 0.25;        // pauses inside a sentence do not blink

  double rate_hz_;
  double power_ = 0;
  double hold_s_ = 0;
};

}  // namespace grove::voice::synthesizer
