// The two data channels of every link, over one SCTP association each (RFC 8831, RFC 9260): `control` reliable and ordered,
// `voice` unordered with a lifetime. What is modelled: 93 bytes of headers a message, fragments, loss and its repair (three
// later packets that arrive, or the timer), order on control, lifetime on voice, what waits in the sender's uplink.
// What is not: congestion and flow control. Pure: World posts its events and asks it what arrived.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "node/node.h"
#include "sim/event_queue.h"
#include "sim/network.h"

namespace grove::sim {

using base::Bytes;
using base::ByteView;
using node::Channel;

struct ChannelTerms {
  std::size_t header_bytes = 93;                       // DESIGN §4: of IP, UDP, DTLS and SCTP, for a message
  std::size_t fragment_bytes = 1150;                   // dcSCTP's default MTU of 1191 less its headers
  Duration voice_lifetime = Duration::ms(150);         // DESIGN §3
  Duration retransmission_timeout = Duration::s(1);    // RFC 9260 §16: RTO.Min; doubles to RTO.Max
  Duration retransmission_timeout_max = Duration::s(60);
  std::uint8_t gaps_to_retransmit = 3;                 // RFC 9260 §7.2.4: the third report of a gap
};

// One end of one association.
struct LinkEnd {
  std::uint32_t value = 0;
  LinkEnd other() const { return {value ^ 1U}; }
  std::uint32_t association() const { return value / 2; }
  auto operator<=>(const LinkEnd&) const = default;
};

class Channels {
 public:
  Channels(const ChannelTerms& terms, Network& network, EventQueue& queue)
      : terms_(terms), network_(network), queue_(queue) {}

  // A new association, up at once: its first end is at `a`, the other at `b`.
  LinkEnd connect(HostId a, HostId b);
  // Nothing goes out or comes in here any more. What is on its way to the other end still arrives.
  void close(LinkEnd end) { ends_[end.value].is_open = false; }
  bool is_open(LinkEnd end) const { return ends_[end.value].is_open; }

  void send(LinkEnd from, Channel channel, Bytes message, Instant now);
  // What waits in the sender's voice channel: what its uplink has not taken yet.
  std::size_t buffered(LinkEnd end) const { return ends_[end.value].buffered; }

  struct Arrived {
    LinkEnd at;
    Channel channel;
    Bytes message;
  };
  // kArrive: what it lets the receiving end have, in order. `arrived` is cleared first; its storage is used again.
  void on_arrive(std::uint32_t message, std::uint32_t generation, std::vector<Arrived>& arrived);
  void on_retransmit(std::uint32_t message, std::uint32_t generation, Instant now);  // kRetransmit
  void on_drained(LinkEnd end, std::size_t bytes) { ends_[end.value].buffered -= bytes; }  // kDrained
  // Whose event a kArrive is.
  LinkEnd receiver_of(std::uint32_t message) const { return messages_[message].to; }

  struct Stats {
    std::uint64_t retransmissions = 0, voice_abandoned = 0;
  };
  const Stats& stats() const { return stats_; }
  std::size_t wire_bytes(std::size_t message_bytes) const;  // with the headers of each fragment

 private:
  struct Message {
    Bytes bytes;
    LinkEnd to;
    Channel channel = Channel::kControl;
    std::uint8_t gaps = 0, timeouts = 0;
    bool was_fast = false;         // repaired once by gap reports; from then on only the timer helps (RFC 9260 §7.2.4)
    std::uint32_t generation = 0;
    std::uint32_t number = 0;      // on control: its place in the order
    Instant first_sent;
  };
  struct End {
    HostId host;
    bool is_open = true;
    std::size_t buffered = 0;
    std::uint32_t next_number = 0;           // of what we send on control
    std::uint32_t expected = 0;              // of what we receive there
    std::vector<std::uint32_t> lost{};       // of what we sent, unrepaired so far
    std::vector<std::uint32_t> out_of_order{};  // of what we received on control
  };

  bool is_too_old(const Message& message, Instant now) const {
    return message.channel == Channel::kVoice && now - message.first_sent > terms_.voice_lifetime;
  }
  void transmit(std::uint32_t index, Instant now);
  void note_gaps(End& sender, LinkEnd to, Instant arrival, Instant now);
  void release(std::uint32_t index);

  ChannelTerms terms_;
  Network& network_;
  EventQueue& queue_;
  std::vector<End> ends_;
  Slots<Message> messages_;
  std::uint32_t generations_ = 0;
  Stats stats_;
};

}  // namespace grove::sim
