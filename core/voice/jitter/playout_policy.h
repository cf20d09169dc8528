// What to do when the decoded samples have run out: pure decisions, no sample is touched here. (NetEq's
// decision_logic, but asked whenever a frame ends, not every 10 ms.)
#pragma once

namespace grove::voice::jitter {

enum class NextPacket {
  kNone,        // nothing has arrived
  kExpected,    // the frame that follows what was played
  kGap,         // a later one: those between are lost, or so late that it comes to the same
  kSpurtStart,  // silence lies between
};

// Lengths are samples at 48 kHz.
struct Situation {
  NextPacket next = NextPacket::kNone;
  bool is_silent = false;       // nothing is being said: the spurt was closed, or has faded away unheard
  double concealed = 0;         // played instead of the frame we wait for
  double gap = 0;               // of media between what was played and the next packet
  double wait = 0;              // until the spurt's first sample is due; <= 0: now
  // Delay beyond the target if playing went on now where it stopped, what was concealed counting as played when
  // frames are lost (kGap); negative: too early.
  double excess = 0;
  int frames_since_stretch = 0;
};

enum class Action {
  kPlay,
  kPlayShortened,   // accelerate
  kPlayLengthened,  // expand
  kSkip,            // throw the next packet away unheard: hopelessly behind
  kStartSpurt,
  kRecover,         // the lost frame from the next packet's redundancy
  kConcealLost,     // the lost frame by guessing
  kConcealLate,     // guess on, the frame may still come
  kComfort,         // the room's noise
};

Action decide(const Situation& situation);

// How much faster than the clock to consume a source (a share of the rate), so that small deviations of the delay
// and the drift of two sound cards vanish unheard.
double drift_for(double excess, double drift_before);

// Delay above the target from which time is taken out: below it the resampler does it unheard.
inline constexpr double kShortenFrom = 4 * 48;
inline constexpr double kLengthenFrom = 3 * 48;
inline constexpr double kDriftMax = 0.0015;  // ±0.15 %, 2.6 cent (DESIGN §6)
// Guesses fade to noise over this time (RFC 6716 §4.4 leaves it open; Opus itself fades over about 100 ms).
inline constexpr double kConcealFadeFrom = 40 * 48;
inline constexpr double kConcealMax = 120 * 48;

}  // namespace grove::voice::jitter
