#include "overlay/voice_queue.h"

#include <algorithm>
#include <utility>

namespace grove::overlay {

bool VoiceQueue::push(const base::PeerId& source, base::Bytes frame, base::Instant now) {
  Voice& voice = voice_of(source);
  voice.frame_bytes = frame.size();
  voice.last_push = now;
  const bool is_full = voice.waiting.size() >= kFramesHereMax;
  if (is_full) voice.waiting.pop_front();
  voice.waiting.push_back({std::move(frame), now});
  return is_full;
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
    auto& waiting = voices_[index].waiting;
    drop_expired(waiting, now);
    if (waiting.empty()) continue;
    if (!has_room_for(waiting.front().frame.size(), now)) return std::nullopt;
    next_ = index + 1;
    return take_front(waiting);
  }
  drop_expired(late_, now);
  if (late_.empty() || !has_room_for(late_.front().frame.size(), now)) return std::nullopt;
  return take_front(late_);
}

void VoiceQueue::drop_expired(std::deque<Waiting>& waiting, base::Instant now) {
  for (; !waiting.empty() && now - waiting.front().since > kFrameLifetime; waiting.pop_front()) ++expired_;
}

base::Bytes VoiceQueue::take_front(std::deque<Waiting>& waiting) {
  base::Bytes frame = std::move(waiting.front().frame);
  waiting.pop_front();
  below_bytes_ += frame.size();
  return frame;
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
