// Who is in which room, and what is passed on between them: the whole rendezvous but for its sockets. Pure: the host says
// what happened and when, and does what poll() says, until it says nothing; then it sleeps until next_deadline() at the
// latest and calls handle_time(). Time never runs backwards.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/time.h"
#include "base/token_bucket.h"
#include "wire/rendezvous.h"

namespace grove::server {

// A connection as the host names it; never used twice.
struct ConnectionKey {
  std::uint64_t value = 0;
  auto operator<=>(const ConnectionKey&) const = default;
};

struct Config {
  // Guess: the largest room that the overlay plans for (DESIGN §4, "32–250").
  std::size_t room_size_max = 250;
  // Guess: a class or an office behind one address, with a spare tab each; far from what exhausts a server.
  std::size_t connections_per_address_max = 64;
  // Guess: about 10 MB of directory when each has one member. Connections are the tighter limit, set by the host.
  std::size_t rooms_max = 20'000;
  // Guess: a client sends JOIN at once; this leaves room for a very bad line.
  base::Duration join_timeout = base::Duration::s(10);
  // Messages from one connection. The largest honest burst: somebody enters a full mesh of 32 and exchanges an offer or
  // answer and about 20 candidates with each of 31, 650 messages; the burst leaves some air. A settled room is silent.
  base::TokenBucket::Rate messages{.per_second = 50, .burst = 1500};
  // Bytes that go out on behalf of one connection (blob × recipients). The burst is one largest blob to a full room.
  base::TokenBucket::Rate bytes_out{.per_second = 128 * 1024, .burst = 250 * 16'384};
  // Handed to clients in WELCOME; at most kIceServersMax, each is_ice_url.
  std::vector<std::string> ice_servers;
};

// The same bytes to each of these connections.
struct Send {
  std::vector<ConnectionKey> to;
  base::Bytes message;
};
// After all that was sent before it. The host reports handle_disconnected once the connection is gone.
struct Close {
  ConnectionKey connection;
  wire::rendezvous::RefusalCode why;
};
using Output = std::variant<Send, Close>;

struct Stats {
  std::size_t rooms = 0;
  std::size_t connections = 0;  // in a room, on the way into one, or being closed
  std::uint64_t joins = 0;
  std::uint64_t relayed = 0;     // copies
  std::uint64_t undeliverable = 0;  // RELAYs to somebody who is not there
  std::uint64_t refused = 0;
};

class Directory {
 public:
  explicit Directory(Config config);

  // Outside input. `address` is whatever connections are to be counted by; it is compared, never parsed.
  void handle_connected(ConnectionKey connection, const std::string& address, base::Instant now);
  void handle_message(ConnectionKey connection, base::ByteView message, base::Instant now);
  void handle_disconnected(ConnectionKey connection);
  void handle_time(base::Instant now);

  // Command: refuses everybody, now and from now on. For good.
  void drain();

  std::optional<Output> poll();
  base::Instant next_deadline() const;  // never() when nothing is awaited

  Stats stats() const;

 private:
  using RoomId = wire::rendezvous::RoomId;
  using ConnectionNumber = wire::rendezvous::ConnectionNumber;
  using RefusalCode = wire::rendezvous::RefusalCode;

  enum class Phase : std::uint8_t { kNew, kJoined, kClosing };
  struct Connection {
    Phase phase;
    std::string address;
    base::Instant join_deadline;
    base::TokenBucket messages;
    base::TokenBucket bytes_out;
    RoomId room;              // kJoined only
    ConnectionNumber number;  // kJoined only
  };
  struct Room {
    std::map<ConnectionNumber, ConnectionKey> members;
    std::uint32_t numbers_given = 0;
  };

  void on_join(ConnectionKey key, Connection& connection, const wire::rendezvous::Join& join);
  void on_relay(ConnectionKey key, Connection& connection, const wire::rendezvous::Relay& relay, base::Instant now);

  void refuse(ConnectionKey key, Connection& connection, RefusalCode code, std::string reason);
  void leave_room(const Connection& connection);
  void send(std::vector<ConnectionKey> to, const wire::rendezvous::FromServer& message);
  static std::vector<ConnectionKey> everybody_but(const Room& room, ConnectionNumber number);

  Config config_;
  bool is_draining_ = false;
  std::map<ConnectionKey, Connection> connections_;
  std::map<RoomId, Room> rooms_;
  std::unordered_map<std::string, std::size_t> connections_of_address_;
  std::set<std::pair<base::Instant, ConnectionKey>> awaiting_join_;
  std::deque<Output> outbox_;
  Stats stats_;
};

}  // namespace grove::server
