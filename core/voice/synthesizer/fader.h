// Volume, mute and pan of one person, applied without clicks.
#pragma once

#include <cstddef>
#include <span>

namespace grove::voice::synthesizer {

class Fader {
 public:
  explicit Fader(double rate_hz) { set_rate(rate_hz); }

  void set_rate(double rate_hz);

  void set_volume_db(double db);  // -infinity … +30
  void set_muted(bool is_muted);
  void set_pan(double pan);       // -1 … +1; equal power, and 0 dB on both sides in the middle
  void settle();                  // be where the controls are, at once: while nothing is heard

  // Adds `mono` to the interleaved `stereo`, twice as long.
  void mix(std::span<const float> mono, std::span<float> stereo);

  static constexpr double kVolumeMaxDb = 30;

 private:
  void update();

  float step_;  // share of the way that a gain goes in one frame
  double volume_ = 1;
  double pan_ = 0;
  bool is_muted_ = false;
  float left_target_ = 1;
  float right_target_ = 1;
  float left_ = 1;
  float right_ = 1;
};

}  // namespace grove::voice::synthesizer
