#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <vector>

#include "voice/codec/frame.h"
#include "voice/signal/level.h"
#include "voice/signal/resampler.h"
#include "voice/synthesizer/limiter.h"
#include "voice/synthesizer/strip.h"
#include "voice/voice.h"

namespace grove::voice {
namespace {

using synthesizer::Strip;

constexpr double kRateLeast = 8'000;
constexpr double kRateMost = 192'000;
constexpr std::size_t kStripsMax = 512;
// Decoders that may sleep without giving their memory back (about 130 kB each).
constexpr std::size_t kStreamsAwakeMax = 48;
// A sound card that asks for nothing this long stood still (a suspended context): what was said meanwhile is old.
constexpr auto kStandstill = base::Duration::ms(500);

double checked_rate(double rate) {
  return std::isfinite(rate) ? std::clamp(rate, kRateLeast, kRateMost) : static_cast<double>(codec::kSampleRate);
}

}  // namespace

class Ear::State {
 public:
  explicit State(double rate)
      : rate_(checked_rate(rate)), kernel_(codec::kSampleRate, rate_), limiter_(rate_) {
    active_.reserve(kStripsMax);
  }

  void set_device_rate(double rate);
  void handle_frame(PeerNumber speaker, std::uint64_t sequence, ByteView bytes);
  void remove_peer(PeerNumber peer);
  void pull_audio(std::span<float> stereo, Instant now);

  Strip* strip_for(PeerNumber peer);  // makes one where there is room
  const Strip* find(PeerNumber peer) const;

 private:
  double clock() const { return clock_before_ + static_cast<double>(frames_pulled_) * codec::kSampleRate / rate_; }
  void mix_block(std::span<float> stereo);
  void let_sleepers_rest();

  double rate_;
  signal::ResamplerKernel kernel_;
  synthesizer::Limiter limiter_;
  std::map<std::uint32_t, std::unique_ptr<Strip>> strips_;
  std::vector<Strip*> active_;  // those with something to be heard
  double clock_before_ = 0;     // at the last change of rate
  std::uint64_t frames_pulled_ = 0;  // since then
  bool has_pulled_ = false;
  Instant last_pull_;
};

Strip* Ear::State::strip_for(PeerNumber peer) {
  const auto found = strips_.find(peer.value);
  if (found != strips_.end()) return found->second.get();
  if (strips_.size() >= kStripsMax) return nullptr;
  return strips_.emplace(peer.value, std::make_unique<Strip>(kernel_, rate_)).first->second.get();
}

const Strip* Ear::State::find(PeerNumber peer) const {
  const auto found = strips_.find(peer.value);
  return found == strips_.end() ? nullptr : found->second.get();
}

void Ear::State::set_device_rate(double rate) {
  clock_before_ = clock();
  frames_pulled_ = 0;
  rate_ = checked_rate(rate);
  kernel_ = signal::ResamplerKernel(codec::kSampleRate, rate_);
  limiter_ = synthesizer::Limiter(rate_);
  for (const auto& [peer, strip] : strips_) strip->set_rate(rate_);
}

void Ear::State::handle_frame(PeerNumber speaker, std::uint64_t sequence, ByteView bytes) {
  const auto frame = codec::decode_frame(bytes);
  if (!frame) return;
  Strip* strip = strip_for(speaker);
  if (strip == nullptr || strip->is_blocked()) return;
  if (strip->is_resting()) let_sleepers_rest();
  strip->handle_frame(sequence, *frame, clock());
  if (std::find(active_.begin(), active_.end(), strip) == active_.end()) active_.push_back(strip);
}

void Ear::State::let_sleepers_rest() {
  std::size_t awake = 0;
  for (const auto& [peer, strip] : strips_) awake += strip->is_resting() ? 0U : 1U;
  if (awake < kStreamsAwakeMax) return;
  for (const auto& [peer, strip] : strips_) {
    if (!strip->is_resting() && strip->is_idle()) strip->rest();
  }
}

void Ear::State::remove_peer(PeerNumber peer) {
  const auto found = strips_.find(peer.value);
  if (found == strips_.end()) return;
  std::erase(active_, found->second.get());
  strips_.erase(found);
}

void Ear::State::pull_audio(std::span<float> stereo, Instant now) {
  if (has_pulled_ && now - last_pull_ > kStandstill) {
    for (Strip* strip : active_) strip->forget_backlog();
  }
  has_pulled_ = true;
  last_pull_ = now;
  while (!stereo.empty()) {
    const std::size_t count = std::min(stereo.size(), 2 * Strip::kBlockMax);
    mix_block(stereo.first(count));
    stereo = stereo.subspan(count);
  }
}

void Ear::State::mix_block(std::span<float> stereo) {
  std::fill(stereo.begin(), stereo.end(), 0.0F);
  for (std::size_t i = 0; i < active_.size();) {
    active_[i]->mix(stereo, clock());
    if (active_[i]->is_idle()) {
      active_[i] = active_.back();
      active_.pop_back();
    } else {
      ++i;
    }
  }
  limiter_.limit(stereo);
  frames_pulled_ += stereo.size() / 2;
}

Ear::Ear(double device_rate_hz) : state_(std::make_unique<State>(device_rate_hz)) {}
Ear::~Ear() = default;

void Ear::set_device_rate(double device_rate_hz) { state_->set_device_rate(device_rate_hz); }

void Ear::handle_frame(PeerNumber speaker, std::uint64_t sequence, ByteView frame, Instant /*arrival*/) {
  // The sound card's own count of samples is the clock here: what counts is which pull a frame is in time for.
  state_->handle_frame(speaker, sequence, frame);
}

void Ear::remove_peer(PeerNumber peer) { state_->remove_peer(peer); }
void Ear::pull_audio(std::span<float> stereo, Instant now) { state_->pull_audio(stereo, now); }

void Ear::set_volume_db(PeerNumber peer, double db) {
  if (Strip* strip = state_->strip_for(peer)) strip->fader().set_volume_db(db);
}

void Ear::set_muted(PeerNumber peer, bool is_muted) {
  if (Strip* strip = state_->strip_for(peer)) strip->fader().set_muted(is_muted);
}

void Ear::set_blocked(PeerNumber peer, bool is_blocked) {
  if (Strip* strip = state_->strip_for(peer)) strip->set_blocked(is_blocked);
}

void Ear::set_pan(PeerNumber peer, double pan) {
  if (Strip* strip = state_->strip_for(peer)) strip->fader().set_pan(pan);
}

double Ear::level_dbfs(PeerNumber peer) const {
  const Strip* strip = state_->find(peer);
  return strip == nullptr ? signal::kSilenceDbfs : strip->meter().level_dbfs();
}

bool Ear::is_speaking(PeerNumber peer) const {
  const Strip* strip = state_->find(peer);
  return strip != nullptr && strip->meter().is_speaking();
}

StripStats Ear::stats(PeerNumber peer) const {
  StripStats stats;
  const Strip* strip = state_->find(peer);
  if (strip == nullptr) return stats;
  const playout::PlayoutStats counts = strip->stats();
  stats.frames_received = counts.frames_received;
  stats.frames_late = counts.frames_late;
  stats.frames_recovered = counts.frames_recovered;
  stats.frames_concealed = counts.frames_concealed;
  stats.samples_accelerated = counts.samples_accelerated;
  stats.samples_expanded = counts.samples_expanded;
  stats.target_delay_ms = strip->target_delay() / 48;
  stats.current_delay_ms = strip->current_delay() / 48;
  return stats;
}

}  // namespace grove::voice
