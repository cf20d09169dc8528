#include "voice/jitter/packet_buffer.h"

#include <algorithm>

#include "base/assert.h"

namespace grove::voice::jitter {

PacketBuffer::PacketBuffer() {
  order_.reserve(kPacketsMax);
  free_.reserve(kPacketsMax);
}

PacketBuffer::Stored PacketBuffer::store(const Packet& about, base::ByteView opus) {
  const auto is_before = [this](std::uint8_t slot, std::uint64_t sequence) { return slots_[slot].sequence < sequence; };
  auto place = std::lower_bound(order_.begin(), order_.end(), about.sequence, is_before);
  if (place != order_.end() && slots_[*place].sequence == about.sequence) return Stored::kDuplicate;

  Stored result = Stored::kYes;
  if (order_.size() == kPacketsMax) {
    drop_front();
    result = Stored::kOverflow;
    place = std::lower_bound(order_.begin(), order_.end(), about.sequence, is_before);
  }
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint8_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint8_t slot = free_.back();
  free_.pop_back();
  Packet& packet = slots_[slot];
  packet.sequence = about.sequence;
  packet.media = about.media;
  packet.samples = about.samples;
  packet.starts_spurt = about.starts_spurt;
  packet.ends_spurt = about.ends_spurt;
  packet.opus.assign(opus.begin(), opus.end());
  order_.insert(place, slot);
  return result;
}

const Packet& PacketBuffer::front() const {
  GROVE_ASSERT(!order_.empty());
  return slots_[order_.front()];
}

const Packet& PacketBuffer::back() const {
  GROVE_ASSERT(!order_.empty());
  return slots_[order_.back()];
}

void PacketBuffer::drop_front() {
  GROVE_ASSERT(!order_.empty());
  free_.push_back(order_.front());
  order_.erase(order_.begin());
}

void PacketBuffer::clear() {
  while (!order_.empty()) drop_front();
}

}  // namespace grove::voice::jitter
