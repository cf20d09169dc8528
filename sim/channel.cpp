#include "sim/channel.h"

#include <algorithm>
#include <utility>

namespace grove::sim {

LinkEnd Channels::connect(HostId a, HostId b) {
  const LinkEnd first{static_cast<std::uint32_t>(ends_.size())};
  ends_.push_back({a});
  ends_.push_back({b});
  return first;
}

std::size_t Channels::wire_bytes(std::size_t message_bytes) const {
  const std::size_t fragments = std::max<std::size_t>(1, (message_bytes + terms_.fragment_bytes - 1) / terms_.fragment_bytes);
  return message_bytes + fragments * terms_.header_bytes;
}

void Channels::send(LinkEnd from, Channel channel, Bytes bytes, Instant now) {
  End& sender = ends_[from.value];
  if (!sender.is_open) return;
  Message message;
  message.to = from.other();
  message.channel = channel;
  message.first_sent = now;
  if (channel == Channel::kControl) message.number = sender.next_number++;
  message.bytes = std::move(bytes);
  const std::size_t size = message.bytes.size();
  transmit(messages_.take(std::move(message)), now);

  if (channel != Channel::kVoice) return;
  const Duration wait = network_.uplink_wait(sender.host, now);
  if (wait <= Duration()) return;
  sender.buffered += size;
  queue_.post(now + wait, EventKind::kDrained, from.value, static_cast<std::uint32_t>(size));
}

void Channels::transmit(std::uint32_t index, Instant now) {
  Message& message = messages_[index];
  message.generation = ++generations_;
  const LinkEnd from = message.to.other();
  End& sender = ends_[from.value];
  const HostId to = ends_[message.to.value].host;

  std::optional<Instant> arrival = now;
  for (std::size_t left = message.bytes.size(), first = 1; left > 0 || first; first = 0) {
    const std::size_t part = std::min(left, terms_.fragment_bytes);
    left -= part;
    const auto part_arrival = network_.carry(sender.host, to, part + terms_.header_bytes, now);
    // A lost fragment holds back the whole message; repairing it is counted as sending the whole again.
    arrival = arrival && part_arrival ? part_arrival : std::nullopt;
  }
  if (arrival) {
    queue_.post(*arrival, EventKind::kArrive, index, message.generation);
    note_gaps(sender, message.to, *arrival, now);
    return;
  }
  message.gaps = 0;
  sender.lost.push_back(index);
  if (message.channel == Channel::kVoice) return;  // its lifetime ends long before the timer
  const Duration timeout = std::min(terms_.retransmission_timeout * (std::int64_t{1} << std::min<int>(message.timeouts, 6)),
                                    terms_.retransmission_timeout_max);
  queue_.post(now + timeout, EventKind::kRetransmit, index, message.generation);
}

// Whatever arrives after a lost message makes the receiver report the gap, at once (RFC 9260 §6.7).
void Channels::note_gaps(End& sender, LinkEnd to, Instant arrival, Instant now) {
  for (std::size_t i = 0; i < sender.lost.size();) {
    const std::uint32_t index = sender.lost[i];
    Message& lost = messages_[index];
    if (is_too_old(lost, now)) {
      ++stats_.voice_abandoned;
      release(index);
      continue;  // release took it out of the list
    }
    ++i;
    if (lost.was_fast || ++lost.gaps < terms_.gaps_to_retransmit) continue;
    lost.was_fast = true;
    lost.generation = ++generations_;  // the timer is started anew
    queue_.post(arrival + network_.one_way(ends_[to.value].host, sender.host), EventKind::kRetransmit, index, lost.generation);
  }
}

void Channels::on_retransmit(std::uint32_t index, std::uint32_t generation, Instant now) {
  Message& message = messages_[index];
  if (message.generation != generation) return;
  End& sender = ends_[message.to.other().value];
  if (!sender.is_open || is_too_old(message, now)) {
    stats_.voice_abandoned += message.channel == Channel::kVoice;
    return release(index);
  }
  if (message.gaps < terms_.gaps_to_retransmit) ++message.timeouts;
  std::erase(sender.lost, index);
  ++stats_.retransmissions;
  transmit(index, now);
}

void Channels::on_arrive(std::uint32_t index, std::uint32_t generation, std::vector<Arrived>& arrived) {
  arrived.clear();
  Message& message = messages_[index];
  if (message.generation != generation) return;
  End& receiver = ends_[message.to.value];
  if (!receiver.is_open) return release(index);
  if (message.channel == Channel::kVoice) {
    arrived.push_back({message.to, Channel::kVoice, std::move(message.bytes)});
    return release(index);
  }
  receiver.out_of_order.push_back(index);
  for (std::size_t i = 0; i < receiver.out_of_order.size();) {
    const std::uint32_t next = receiver.out_of_order[i];
    if (messages_[next].number != receiver.expected) {
      ++i;
      continue;
    }
    ++receiver.expected;
    arrived.push_back({messages_[next].to, Channel::kControl, std::move(messages_[next].bytes)});
    receiver.out_of_order.erase(receiver.out_of_order.begin() + static_cast<std::ptrdiff_t>(i));
    release(next);
    i = 0;
  }
}

void Channels::release(std::uint32_t index) {
  std::erase(ends_[messages_[index].to.other().value].lost, index);
  messages_.release(index);
}

}  // namespace grove::sim
