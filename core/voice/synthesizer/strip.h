// One person in the mix: their stream, at the device's rate, through their fader.
#pragma once

#include <memory>
#include <span>

#include "voice/playout/playout.h"
#include "voice/signal/resampler.h"
#include "voice/synthesizer/fader.h"
#include "voice/synthesizer/meter.h"

namespace grove::voice::synthesizer {

class Strip {
 public:
  Strip(const signal::ResamplerKernel& kernel, double rate_hz);

  void handle_frame(std::uint64_t sequence, const codec::VoiceFrame& frame, double clock);
  // Adds one block to the mix. No memory is taken. `clock` as Playout's.
  void mix(std::span<float> stereo, double clock);
  void set_rate(double rate_hz);  // the device's has changed, and the kernel's with it
  void forget_backlog();
  // Blocked: what is playing fades within one block, what comes is dropped, and nothing of it is left when it ends.
  void set_blocked(bool is_blocked);
  bool is_blocked() const { return is_blocked_; }
  void rest();  // gives back the decoder's memory; only while idle. Controls and counts stay

  bool is_idle() const { return !stream_ || has_faded_ || (stream_->playout.is_idle() && is_drained_); }
  bool is_resting() const { return stream_ == nullptr; }
  Fader& fader() { return fader_; }
  const Meter& meter() const { return meter_; }
  playout::PlayoutStats stats() const;
  double target_delay() const { return stream_ ? stream_->playout.target_delay() : 0; }
  double current_delay() const { return stream_ ? stream_->playout.current_delay() : 0; }

  static constexpr std::size_t kBlockMax = 256;    // device frames at once
  static constexpr std::size_t kInputMax = 2048;   // and what they may need at 48 kHz: 256 at 8 kHz and a filter

 private:
  struct Stream {
    explicit Stream(const signal::ResamplerKernel& kernel) : resampler(kernel, kInputMax) {}
    playout::Playout playout;
    signal::Resampler resampler;  // keeps a reference to the kernel
  };

  const signal::ResamplerKernel& kernel_;
  std::unique_ptr<Stream> stream_;
  bool is_drained_ = true;  // nothing audible is left in the resampler
  bool is_blocked_ = false;
  bool has_faded_ = false;  // since it was blocked: the stream is mute, and its memory is given back later
  Fader fader_;
  Meter meter_;
  playout::PlayoutStats stats_before_rest_;
};

}  // namespace grove::voice::synthesizer
