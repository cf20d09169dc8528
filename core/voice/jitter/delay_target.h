// How long to hold frames back, learned from when they arrive.
//
// A frame's transit is its arrival, counted in samples that the sound card has pulled, less its media timestamp. The
// offset between the two clocks is unknown, so the least transit of the last second counts as "no jitter", and a
// frame's delay is its transit above that. As in WebRTC's NetEq (delay_manager, underrun_optimizer) the worst delay of
// each half second of speech goes into a histogram that forgets, and the target is its 0.95 quantile. Unlike NetEq
// there is no rounding to whole frames: bins are half a millisecond.
#pragma once

#include <array>
#include <cstddef>

namespace grove::voice::jitter {

// All values are samples at 48 kHz.
class DelayTarget {
 public:
  DelayTarget();

  void handle_arrival(double transit, double clock);
  // The first frame of a spurt may carry the look-back of the mouth's gate, late by nature: it tells nothing of jitter,
  // but it may tell that the path has become shorter.
  void handle_spurt_start(double transit, double clock);
  void handle_played() { loss_rate_ -= loss_rate_ * kLossMemory; }
  void handle_lost() { loss_rate_ += (1 - loss_rate_) * kLossMemory; }

  void handle_new_clock() { has_arrivals_ = false; }  // the source counts from anew

  double base() const;    // the least transit lately
  double target() const;  // to be added to it

  static constexpr double kFirstTarget = 960;       // 20 ms until the first frames have told more
  static constexpr double kTargetMax = 400 * 48;    // beyond this a conversation is hopeless anyway (ITU-T G.114)

 private:
  static constexpr double kBin = 24;                // 0.5 ms
  static constexpr std::size_t kBins = 800;         // × 0.5 ms = kTargetMax
  static constexpr double kLossMemory = 1.0 / 250;  // 5 s of speech
  static constexpr int kStallMemory = 40;           // intervals = 20 s of speech

  void reset_base(double transit);
  void fade_peak(double clock);
  void finish_interval();
  double without_lone_stall(double worst);

  std::array<float, kBins> histogram_{};
  int intervals_ = 0;
  double quantile_ = kFirstTarget;
  double peak_ = 0;          // the worst delay lately, fading
  double loss_rate_ = 0;
  bool guards_against_loss_ = false;

  bool has_arrivals_ = false;
  double least_before_ = 0;  // of the interval before this one
  double least_ = 0;
  double greatest_ = 0;
  int frames_ = 0;           // in this interval
  double last_arrival_ = 0;
  bool is_stalled_ = false;  // the interval before this one held a stall
  int since_stall_ = kStallMemory;
};

}  // namespace grove::voice::jitter
