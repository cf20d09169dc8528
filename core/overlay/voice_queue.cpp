#include "overlay/voice_queue.h"

#include <algorithm>
#include <utility>

namespace grove::overlay {

bool VoiceQueue::push(const base::PeerId& source, base::Bytes frame, base::Instant now) {
  Voice& voice = voice_of(source);
  const bool dropped = !voice.waiting.empty();
  voice.frame_bytes = frame.size();
  voice.waiting = std::move(frame);
  voice.last_push = now;
  return dropped;
}

std::optional<base::Bytes> VoiceQueue::poll(base::Instant now) {
  for (std::size_t i = 0; i < voices_.size(); ++i) {
    const std::size_t index = (next_ + i) % voices_.size();
    Voice& voice = voices_[index];
    if (!voice.waiting.empty() && now - voice.last_push > kFrameLifetime) {
      voice.waiting.clear();
      ++expired_;
    }
    if (voice.waiting.empty()) continue;
    if (below_bytes_ > 0 && below_bytes_ + voice.waiting.size() > bytes_allowed_below(now)) return std::nullopt;
    next_ = index + 1;
    below_bytes_ += voice.waiting.size();
    return std::exchange(voice.waiting, {});
  }
  return std::nullopt;
}

VoiceQueue::Voice& VoiceQueue::voice_of(const base::PeerId& source) {
  const auto known = std::find_if(voices_.begin(), voices_.end(), [&](const Voice& v) { return v.source == source; });
  if (known != voices_.end()) return *known;
  if (voices_.size() >= kVoicesMax) {
    // The one silent for longest makes room.
    const auto oldest = std::min_element(voices_.begin(), voices_.end(),
                                         [](const Voice& a, const Voice& b) { return a.last_push < b.last_push; });
    *oldest = {source, {}, {}, 0};
    return *oldest;
  }
  return voices_.emplace_back(Voice{source, {}, {}, 0});
}

std::size_t VoiceQueue::bytes_allowed_below(base::Instant now) const {
  std::size_t bytes = 0;
  for (const Voice& voice : voices_) {
    if (now - voice.last_push <= kVoiceActiveFor) bytes += kFramesBelowMax * voice.frame_bytes;
  }
  return bytes;
}

}  // namespace grove::overlay
