// Tells speech from the room's noise, frame by frame, so that silence sends nothing.
#pragma once

#include <span>

namespace grove::voice::signal {

enum class GateVerdict {
  kShut,     // silence
  kOpening,  // speech begins in this frame: the frame before it belongs to it, if it can be heard at all
  kOpen,
  kClosing,  // the last frame of the spurt
};

class NoiseGate {
 public:
  GateVerdict handle_frame(std::span<const float> frame);  // 20 ms
  void shut();                                             // at once, without hang-over
  bool is_open() const { return is_open_; }

  // Frames without speech before the gate shuts. 300 ms bridge the pauses inside a sentence (stops of consonants
  // last up to 150 ms) and show the ear the room's noise.
  static constexpr int kHangOverFrames = 15;

 private:
  static constexpr double kFirstFloor = -70;  // guess: a quiet room behind a browser's noise suppression

  bool is_open_ = false;
  int quiet_frames_ = 0;
  double floor_ = kFirstFloor;
};

}  // namespace grove::voice::signal
