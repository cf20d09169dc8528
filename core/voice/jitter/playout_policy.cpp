#include "voice/jitter/playout_policy.h"

#include <algorithm>

namespace grove::voice::jitter {
namespace {

// Behind by more than this after a stall, words are dropped rather than rushed through: at 40 % faster this much takes
// two seconds to catch up.
constexpr double kHopeless = 800 * 48;
constexpr double kRush = 80 * 48;         // shorten every frame above this, every second one below
constexpr double kFrame = 960;
// A hole longer than this is not bridged: it is treated like a silence.
constexpr double kBridgeMax = 200 * 48;

// Full speed at 3 ms of deviation; the quarter of a millisecond below does not matter. Slow enough that nobody hears
// the pitch move: 0.0002 a frame is 10 frames to full speed.
constexpr double kDriftFull = 3 * 48;
constexpr double kDriftDeadBand = 12;
constexpr double kDriftStep = 0.0002;

Action play(const Situation& s) {
  if (s.excess > kHopeless) return Action::kSkip;
  const int pause = s.excess > kRush ? 1 : 2;
  if (s.frames_since_stretch >= pause) {
    if (s.excess > kShortenFrom) return Action::kPlayShortened;
    if (s.excess < -kLengthenFrom) return Action::kPlayLengthened;
  }
  return Action::kPlay;
}

Action bridge(const Situation& s) {
  if (s.gap > kBridgeMax) return s.wait > 0 ? Action::kComfort : Action::kStartSpurt;
  // What was guessed already stands for what was lost; a delay that is too long anyway need not be filled either.
  if (s.concealed + std::max(0.0, s.excess) >= s.gap) {
    Situation behind_gap = s;
    behind_gap.excess += s.concealed - s.gap;
    return play(behind_gap);
  }
  return s.gap <= kFrame ? Action::kRecover : Action::kConcealLost;
}

}  // namespace

Action decide(const Situation& s) {
  switch (s.next) {
    case NextPacket::kNone:
      return s.is_silent ? Action::kComfort : Action::kConcealLate;
    case NextPacket::kSpurtStart:
      return s.wait > 0 ? Action::kComfort : Action::kStartSpurt;
    case NextPacket::kExpected:
      return play(s);
    case NextPacket::kGap:
      return bridge(s);
  }
  return Action::kComfort;
}

double drift_for(double excess, double drift_before) {
  const double deviation = excess > kDriftDeadBand    ? excess - kDriftDeadBand
                           : excess < -kDriftDeadBand ? excess + kDriftDeadBand
                                                      : 0;
  const double wanted = std::clamp(deviation / kDriftFull, -1.0, 1.0) * kDriftMax;
  return std::clamp(wanted, drift_before - kDriftStep, drift_before + kDriftStep);
}

}  // namespace grove::voice::jitter
