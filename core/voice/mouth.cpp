#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

#include "base/assert.h"
#include "voice/codec/encoder.h"
#include "voice/codec/frame.h"
#include "voice/signal/level.h"
#include "voice/signal/noise_gate.h"
#include "voice/signal/resampler.h"
#include "voice/voice.h"

namespace grove::voice {
namespace {

constexpr double kRateLeast = 8'000;
constexpr double kRateMost = 192'000;
constexpr std::size_t kInputBlock = 1024;
// 1 s: a host that does not poll loses the oldest.
constexpr std::size_t kFramesWaitingMax = 50;
constexpr float kMuteStep = 1.0F / 240;     // fades in 5 ms: no click in others' ears
constexpr double kAudibleLookBack = -75;    // dBFS: quieter look-back is not worth a frame

using Frame = std::array<float, codec::kFrameSamples>;

double checked_rate(double rate) {
  return std::isfinite(rate) ? std::clamp(rate, kRateLeast, kRateMost) : static_cast<double>(codec::kSampleRate);
}

}  // namespace

class Mouth::State {
 public:
  explicit State(double rate)
      : kernel_(checked_rate(rate), codec::kSampleRate), resampler_(kernel_, kInputBlock + kernel_.taps()) {}

  void set_device_rate(double rate) {
    kernel_ = signal::ResamplerKernel(checked_rate(rate), codec::kSampleRate);
    resampler_.reconfigure(kInputBlock + kernel_.taps());
  }

  void handle_pcm(std::span<const float> mono);
  void set_muted(bool is_muted) { is_muted_ = is_muted; }

  codec::Encoder encoder;
  std::deque<Bytes> frames;
  MouthStats stats;
  double level = signal::kSilenceDbfs;
  bool is_speaking = false;

 private:
  void collect(std::span<const float> samples);
  void finish_frame();
  void send(const Frame& frame, std::uint32_t timestamp, bool ends_spurt);

  signal::ResamplerKernel kernel_;
  signal::Resampler resampler_;
  signal::NoiseGate gate_;

  Frame frame_{};
  Frame last_{};               // look-back: what went before, unsent
  bool has_look_back_ = false;
  double last_level_ = signal::kSilenceDbfs;
  std::size_t filled_ = 0;
  double power_sum_ = 0;       // of frame_, before mute
  std::uint32_t timestamp_ = 0;
  bool is_muted_ = false;
  float mute_gain_ = 1;
  bool is_next_spurt_start_ = true;
};

void Mouth::State::handle_pcm(std::span<const float> mono) {
  if (kernel_.step() == 1) return collect(mono);
  std::array<float, 512> converted;
  while (!mono.empty()) {
    const std::size_t count = std::min(mono.size(), kInputBlock / 2);
    std::array<float, kInputBlock / 2> clean;
    // One sample that is no number must not poison the filter's line.
    std::transform(mono.begin(), mono.begin() + static_cast<std::ptrdiff_t>(count), clean.begin(),
                   [](float sample) { return std::isfinite(sample) ? sample : 0.0F; });
    resampler_.handle_input(std::span<const float>(clean).first(count));
    mono = mono.subspan(count);
    for (std::size_t ready = resampler_.outputs_ready(); ready > 0; ready = resampler_.outputs_ready()) {
      const auto piece = std::span<float>(converted).first(std::min(ready, converted.size()));
      resampler_.pull(piece);
      collect(piece);
    }
  }
}

void Mouth::State::collect(std::span<const float> samples) {
  for (float sample : samples) {
    sample = std::isfinite(sample) ? std::clamp(sample, -1.0F, 1.0F) : 0.0F;
    power_sum_ += static_cast<double>(sample) * static_cast<double>(sample);
    mute_gain_ = std::clamp(mute_gain_ + (is_muted_ ? -kMuteStep : kMuteStep), 0.0F, 1.0F);
    frame_[filled_] = sample * mute_gain_;
    if (++filled_ == frame_.size()) finish_frame();
  }
}

void Mouth::State::finish_frame() {
  level = signal::power_to_db(power_sum_ / static_cast<double>(frame_.size()));
  power_sum_ = 0;
  filled_ = 0;
  constexpr auto kStep = static_cast<std::uint32_t>(codec::kFrameSamples);
  const std::uint32_t now = timestamp_;
  timestamp_ += kStep;

  if (is_muted_ && mute_gain_ <= 0) {
    if (is_speaking) {
      send(frame_, now, true);  // fades out in it
    } else {
      ++stats.frames_silent;
    }
    gate_.shut();
    is_speaking = false;
    has_look_back_ = false;
    return;
  }

  const signal::GateVerdict verdict = gate_.handle_frame(frame_);
  if (verdict == signal::GateVerdict::kShut) {
    ++stats.frames_silent;
  } else {
    if (verdict == signal::GateVerdict::kOpening) {
      is_next_spurt_start_ = true;
      if (has_look_back_ && last_level_ > kAudibleLookBack) send(last_, now - kStep, false);
    }
    send(frame_, now, verdict == signal::GateVerdict::kClosing);
  }
  is_speaking = gate_.is_open() && !is_next_spurt_start_;
  last_ = frame_;
  last_level_ = signal::level_dbfs(last_);
  has_look_back_ = verdict == signal::GateVerdict::kShut;
}

void Mouth::State::send(const Frame& frame, std::uint32_t timestamp, bool ends_spurt) {
  codec::VoiceFrame voice;
  voice.packet = encoder.encode(frame);
  const bool is_silence = codec::Encoder::is_silence(voice.packet);
  if (is_silence && is_next_spurt_start_) {
    ++stats.frames_silent;
    return;
  }
  voice.timestamp = timestamp;
  voice.starts_spurt = is_next_spurt_start_;
  // The first packet of DTX closes the spurt; those after it are not sent.
  voice.ends_spurt = ends_spurt || is_silence;
  is_next_spurt_start_ = voice.ends_spurt;
  ++stats.frames_encoded;
  if (frames.size() == kFramesWaitingMax) frames.pop_front();
  frames.push_back(codec::encode_frame(voice));
}

Mouth::Mouth(double device_rate_hz) : state_(std::make_unique<State>(device_rate_hz)) {}
Mouth::~Mouth() = default;

void Mouth::set_device_rate(double device_rate_hz) { state_->set_device_rate(device_rate_hz); }

void Mouth::handle_pcm(std::span<const float> mono) { state_->handle_pcm(mono); }

std::optional<Bytes> Mouth::poll_frame() {
  if (state_->frames.empty()) return std::nullopt;
  Bytes frame = std::move(state_->frames.front());
  state_->frames.pop_front();
  return frame;
}

void Mouth::set_muted(bool is_muted) { state_->set_muted(is_muted); }
void Mouth::set_expected_loss(double percent) { state_->encoder.set_expected_loss(percent); }
double Mouth::level_dbfs() const { return state_->level; }
bool Mouth::is_speaking() const { return state_->is_speaking; }
const MouthStats& Mouth::stats() const { return state_->stats; }

}  // namespace grove::voice
