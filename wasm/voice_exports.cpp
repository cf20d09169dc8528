// voice.wasm: voice/voice.h as plain functions. Bytes and samples cross in the scratch buffer.
#include <emscripten.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "voice/voice.h"

namespace {

using grove::base::Instant;
using grove::base::PeerNumber;
using namespace grove::voice;

constexpr std::uint32_t kScratchSize = 64 * 1024;
alignas(16) std::uint8_t scratch[kScratchSize];
std::unique_ptr<Mouth> mouth;
std::unique_ptr<Ear> ear;

Instant instant(double ms) { return Instant::from_us(static_cast<std::int64_t>(ms * 1000)); }

std::span<float> samples(std::uint32_t count) {
  constexpr std::uint32_t kMost = kScratchSize / sizeof(float);
  return {reinterpret_cast<float*>(scratch), std::min(count, kMost)};
}

}  // namespace

extern "C" {

EMSCRIPTEN_KEEPALIVE std::uint8_t* voice_scratch() { return scratch; }
EMSCRIPTEN_KEEPALIVE std::uint32_t voice_scratch_size() { return kScratchSize; }

EMSCRIPTEN_KEEPALIVE void mouth_open(double rate) {
  if (mouth) return mouth->set_device_rate(rate);
  mouth = std::make_unique<Mouth>(rate);
}

EMSCRIPTEN_KEEPALIVE void mouth_handle_pcm(std::uint32_t count) {
  if (mouth) mouth->handle_pcm(samples(count));
}

EMSCRIPTEN_KEEPALIVE std::uint32_t mouth_poll_frame() {
  if (!mouth) return 0;
  const auto frame = mouth->poll_frame();
  if (!frame) return 0;
  std::memcpy(scratch, frame->data(), frame->size());
  return static_cast<std::uint32_t>(frame->size());
}

EMSCRIPTEN_KEEPALIVE void mouth_set_muted(std::uint32_t is_muted) {
  if (mouth) mouth->set_muted(is_muted != 0);
}

EMSCRIPTEN_KEEPALIVE void mouth_set_expected_loss(double percent) {
  if (mouth) mouth->set_expected_loss(percent);
}

EMSCRIPTEN_KEEPALIVE double mouth_level_dbfs() { return mouth ? mouth->level_dbfs() : -100; }
EMSCRIPTEN_KEEPALIVE std::uint32_t mouth_is_speaking() { return mouth && mouth->is_speaking() ? 1 : 0; }

EMSCRIPTEN_KEEPALIVE double mouth_stat(std::uint32_t which) {
  if (!mouth) return 0;
  const MouthStats& stats = mouth->stats();
  return static_cast<double>(which == 0 ? stats.frames_encoded : stats.frames_silent);
}

EMSCRIPTEN_KEEPALIVE void ear_open(double rate) {
  if (ear) return ear->set_device_rate(rate);
  ear = std::make_unique<Ear>(rate);
}

EMSCRIPTEN_KEEPALIVE void ear_handle_frame(std::uint32_t peer, std::uint32_t low, std::uint32_t high,
                                           std::uint32_t bytes, double now) {
  if (!ear) return;
  const std::uint64_t sequence = (std::uint64_t{high} << 32) | low;
  ear->handle_frame(PeerNumber{peer}, sequence, {scratch, std::min(bytes, kScratchSize)}, instant(now));
}

EMSCRIPTEN_KEEPALIVE void ear_remove_peer(std::uint32_t peer) {
  if (ear) ear->remove_peer(PeerNumber{peer});
}

EMSCRIPTEN_KEEPALIVE void ear_pull_audio(std::uint32_t sample_frames, double now) {
  if (ear) ear->pull_audio(samples(2 * std::min(sample_frames, kScratchSize)), instant(now));
}

EMSCRIPTEN_KEEPALIVE void ear_set_volume_db(std::uint32_t peer, double db) {
  if (ear) ear->set_volume_db(PeerNumber{peer}, db);
}

EMSCRIPTEN_KEEPALIVE void ear_set_muted(std::uint32_t peer, std::uint32_t is_muted) {
  if (ear) ear->set_muted(PeerNumber{peer}, is_muted != 0);
}

EMSCRIPTEN_KEEPALIVE void ear_set_blocked(std::uint32_t peer, std::uint32_t is_blocked) {
  if (ear) ear->set_blocked(PeerNumber{peer}, is_blocked != 0);
}

EMSCRIPTEN_KEEPALIVE void ear_set_pan(std::uint32_t peer, double pan) {
  if (ear) ear->set_pan(PeerNumber{peer}, pan);
}

EMSCRIPTEN_KEEPALIVE double ear_level_dbfs(std::uint32_t peer) {
  return ear ? ear->level_dbfs(PeerNumber{peer}) : -100;
}

EMSCRIPTEN_KEEPALIVE std::uint32_t ear_is_speaking(std::uint32_t peer) {
  return ear && ear->is_speaking(PeerNumber{peer}) ? 1 : 0;
}

EMSCRIPTEN_KEEPALIVE double ear_stat(std::uint32_t peer, std::uint32_t which) {
  if (!ear) return 0;
  const StripStats stats = ear->stats(PeerNumber{peer});
  switch (which) {
    case 0: return static_cast<double>(stats.frames_received);
    case 1: return static_cast<double>(stats.frames_late);
    case 2: return static_cast<double>(stats.frames_recovered);
    case 3: return static_cast<double>(stats.frames_concealed);
    case 4: return static_cast<double>(stats.samples_accelerated);
    case 5: return static_cast<double>(stats.samples_expanded);
    case 6: return stats.target_delay_ms;
    case 7: return stats.current_delay_ms;
    default: return 0;
  }
}

}  // extern "C"
