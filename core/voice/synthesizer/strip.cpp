#include "voice/synthesizer/strip.h"

#include <array>

#include "base/assert.h"

namespace grove::voice::synthesizer {
namespace {

// One block, some 3 to 5 ms: no click.
void fade_out(std::span<float> mono) {
  const float step = 1.0F / static_cast<float>(mono.size());
  float gain = 1;
  for (float& sample : mono) sample *= (gain -= step);
}

}  // namespace

Strip::Strip(const signal::ResamplerKernel& kernel, double rate_hz)
    : kernel_(kernel), fader_(rate_hz), meter_(rate_hz) {}

void Strip::handle_frame(std::uint64_t sequence, const codec::VoiceFrame& frame, double clock) {
  if (is_blocked_) return;
  if (!stream_) stream_ = std::make_unique<Stream>(kernel_);
  if (is_idle()) fader_.settle();
  stream_->playout.handle_frame(sequence, frame, clock);
  is_drained_ = false;
}

void Strip::mix(std::span<float> stereo, double clock) {
  if (!stream_ || has_faded_) return;
  const std::size_t frames = stereo.size() / 2;
  GROVE_ASSERT(frames <= kBlockMax);
  const bool was_idle = stream_->playout.is_idle();

  std::array<float, kInputMax> input;
  signal::Resampler& resampler = stream_->resampler;
  resampler.set_drift(stream_->playout.drift());
  const std::size_t needed = resampler.input_needed(frames);
  GROVE_ASSERT(needed <= kInputMax);
  const std::span<float> samples{input.data(), needed};
  stream_->playout.pull(samples, clock);
  resampler.handle_input(samples);

  std::array<float, kBlockMax> output;
  const std::span<float> mono{output.data(), frames};
  resampler.pull(mono);
  if (is_blocked_) {
    fade_out(mono);
    has_faded_ = true;
    meter_.reset();
    return fader_.mix(mono, stereo);
  }
  meter_.handle_block(mono, stream_->playout.is_speaking());
  fader_.mix(mono, stereo);

  // Silent through and through, and for as long as the meter's needle falls.
  is_drained_ = was_idle && !meter_.is_speaking() && meter_.level_dbfs() < -90;
  if (is_drained_) {
    meter_.reset();
    resampler.reset();
  }
}

void Strip::set_rate(double rate_hz) {
  fader_.set_rate(rate_hz);
  meter_.set_rate(rate_hz);
  if (stream_) stream_->resampler.reconfigure(kInputMax);
}

void Strip::set_blocked(bool is_blocked) {
  if (is_blocked == is_blocked_) return;
  is_blocked_ = is_blocked;
  // Not while sound is pulled: giving memory back takes time.
  if (!is_blocked && stream_) {
    stats_before_rest_ = stats();
    stream_.reset();
    is_drained_ = true;
    meter_.reset();
  }
  has_faded_ = false;
}

void Strip::forget_backlog() {
  if (stream_) stream_->playout.forget_backlog();
}

void Strip::rest() {
  GROVE_ASSERT(is_idle());
  stats_before_rest_ = stats();
  stream_.reset();
}

playout::PlayoutStats Strip::stats() const {
  playout::PlayoutStats sum = stats_before_rest_;
  if (!stream_) return sum;
  const playout::PlayoutStats& now = stream_->playout.stats();
  sum.frames_received += now.frames_received;
  sum.frames_late += now.frames_late;
  sum.frames_recovered += now.frames_recovered;
  sum.frames_concealed += now.frames_concealed;
  sum.frames_skipped += now.frames_skipped;
  sum.samples_accelerated += now.samples_accelerated;
  sum.samples_expanded += now.samples_expanded;
  return sum;
}

}  // namespace grove::voice::synthesizer
