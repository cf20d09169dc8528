// The host's part around the production server::Directory: WebSockets as delays, a server that dies and comes back empty.
// A WebSocket loses nothing while it lives (TCP repairs); what that costs in time is not modelled.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "server/directory.h"
#include "sim/event_queue.h"
#include "sim/network.h"

namespace grove::sim {

using base::Bytes;
using base::ByteView;

struct PersonId {
  std::uint32_t value = 0;  // from 0 up; a new one for every run of a person
  auto operator<=>(const PersonId&) const = default;
};

class Rendezvous {
 public:
  // TCP, TLS 1.3 and the HTTP upgrade take a round trip each (RFC 9293, RFC 8446, RFC 6455).
  static constexpr int kRoundTripsToOpen = 3;
  // Until a connection that went silent is given up: the server's ping (server/shell). A guess at a browser's patience too.
  static constexpr Duration kSilenceNoticedAfter = Duration::s(30);

  Rendezvous(Network& network, EventQueue& queue, HostId host);

  bool is_up() const { return directory_.has_value(); }
  void go_up(Instant now);  // with empty memory, as a restarted server has
  void go_down(Instant now);
  void notice_partition(Instant now);

  // What people do.
  void open(PersonId person, HostId at, Instant now);
  void send(PersonId person, Bytes message, Instant now);
  void close(PersonId person, Instant now);
  void vanish(PersonId person, Instant now);  // dies without a word

  // Events.
  enum class Line : std::uint8_t { kUnchanged, kOpen, kClosed };
  Line on_accepts(PersonId person, std::uint32_t attempt, Instant now);
  Line on_lost(PersonId person, std::uint32_t attempt);
  void on_missed(PersonId person, std::uint32_t attempt, Instant now);
  void on_letter_to_server(std::uint32_t letter, Instant now);
  struct Delivery {
    PersonId to;
    Bytes message;
  };
  std::optional<Delivery> on_letter_to_person(std::uint32_t letter);
  PersonId addressee_of(std::uint32_t letter) const { return letters_[letter].person; }
  void on_wake(Instant now);

 private:
  enum class Phase : std::uint8_t { kNone, kOpening, kOpen };
  struct Connection {
    HostId host;
    std::uint32_t attempt = 0;
    Phase phase = Phase::kNone;
  };
  struct Letter {
    PersonId person;
    std::uint32_t attempt = 0;
    Bytes message;
  };

  static server::ConnectionKey key_of(PersonId person, std::uint32_t attempt) {
    return {std::uint64_t{person.value} << 32 | attempt};
  }
  Duration one_way(HostId to) const { return network_.one_way(host_, to); }
  void disconnect(server::ConnectionKey key, Instant now);
  void take_outputs(Instant now);

  Network& network_;
  EventQueue& queue_;
  HostId host_;
  std::optional<server::Directory> directory_;
  std::map<PersonId, Connection> connections_;
  std::map<server::ConnectionKey, PersonId> known_;  // to the server
  Slots<Letter> letters_;
  Instant wake_ = Instant::never();
};

}  // namespace grove::sim
