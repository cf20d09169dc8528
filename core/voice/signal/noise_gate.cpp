#include "voice/signal/noise_gate.h"

#include <algorithm>

#include "voice/signal/level.h"

namespace grove::voice::signal {
namespace {

constexpr std::size_t kParts = 4;          // 5 ms each: an onset late in the frame still opens
constexpr double kOpenAboveFloor = 10;     // dB; guess, tuned so that fricatives open and steady fans do not
constexpr double kStayAboveFloor = 6;      // dB; hysteresis
constexpr double kOpenLeast = -60;         // dBFS: below this nobody hears it
constexpr double kStayLeast = -64;
constexpr double kFloorRise = 0.06;        // dB a frame = 3 dB/s: longer than a sentence, shorter than patience
constexpr double kFloorLow = -90;
constexpr double kFloorHigh = -35;         // a louder "noise" is more likely music or a crowd: let it through

}  // namespace

GateVerdict NoiseGate::handle_frame(std::span<const float> frame) {
  const std::size_t part = frame.size() / kParts;
  double loudest = kSilenceDbfs;
  double quietest = 0;
  for (std::size_t i = 0; i < kParts; ++i) {
    const double level = level_dbfs(frame.subspan(i * part, part));
    loudest = std::max(loudest, level);
    quietest = std::min(quietest, level);
  }
  // Half the way down at once, slowly up. A quiet part of 5 ms scatters by a few dB; halving takes the scatter out.
  const double floor_before = floor_;
  floor_ = quietest < floor_ ? (floor_ + quietest) / 2 : floor_ + kFloorRise;
  floor_ = std::clamp(floor_, kFloorLow, kFloorHigh);

  if (!is_open_) {
    if (loudest < std::max(floor_before + kOpenAboveFloor, kOpenLeast)) return GateVerdict::kShut;
    is_open_ = true;
    quiet_frames_ = 0;
    return GateVerdict::kOpening;
  }
  const bool is_speech = loudest >= std::max(floor_before + kStayAboveFloor, kStayLeast);
  quiet_frames_ = is_speech ? 0 : quiet_frames_ + 1;
  if (quiet_frames_ < kHangOverFrames) return GateVerdict::kOpen;
  is_open_ = false;
  return GateVerdict::kClosing;
}

void NoiseGate::shut() {
  is_open_ = false;
  quiet_frames_ = 0;
}

}  // namespace grove::voice::signal
