#include "overlay/voice_queue.h"

#include <algorithm>
#include <utility>

namespace grove::overlay {

bool VoiceQueue::push(const base::PeerId& source, base::Bytes frame, base::Instant now) {
  Voice& voice = voice_of(source);
  const bool dropped = !voice.waiting.empty();
  voice.frame_bytes = frame.size();
  voice.waiting = std::move(frame);
  voice.waiting_since = voice.last_push = now;
  return dropped;
}

bool VoiceQueue::push_late(const base::PeerId& source, base::Bytes frame, base::Instant now) {
  Voice& voice = voice_of(source);
  voice.frame_bytes = frame.size();
  voice.last_push = now;
  const bool is_full = late_.size() >= kLateMax;
  if (is_full) late_.pop_front();
  late_.push_back({std::move(frame), now});
  return is_full;
}

std::optional<base::Bytes> VoiceQueue::poll(base::Instant now) {
  for (std::size_t i = 0; i < voices_.size(); ++i) {
    const std::size_t index = (next_ + i) % voices_.size();
    Voice& voice = voices_[index];
    if (!voice.waiting.empty() && now - voice.waiting_since > kFrameLifetime) {
      voice.waiting.clear();
      ++expired_;
    }
    if (voice.waiting.empty()) continue;
    if (!has_room_for(voice.waiting.size(), now)) return std::nullopt;
    next_ = index + 1;
    below_bytes_ += voice.waiting.size();
    return std::exchange(voice.waiting, {});
  }
  while (!late_.empty()) {
    Late& late = late_.front();
    const bool is_over = now - late.since > kFrameLifetime;
    if (!is_over && !has_room_for(late.frame.size(), now)) return std::nullopt;
    base::Bytes frame = std::move(late.frame);
    late_.pop_front();
    if (!is_over) {
      below_bytes_ += frame.size();
      return frame;
    }
    ++expired_;
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
    *oldest = {.source = source};
    return *oldest;
  }
  return voices_.emplace_back(Voice{.source = source});
}

bool VoiceQueue::has_room_for(std::size_t bytes, base::Instant now) const {
  if (below_bytes_ == 0) return true;
  std::size_t allowed = 0;
  for (const Voice& voice : voices_) {
    if (now - voice.last_push <= kVoiceActiveFor) allowed += kFramesBelowMax * voice.frame_bytes;
  }
  return below_bytes_ + bytes <= allowed;
}

}  // namespace grove::overlay
