// Our end of the rendezvous connection: opens it, joins the room, passes blobs, and comes back by itself when it breaks.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <variant>

#include "base/bytes.h"
#include "base/random.h"
#include "base/time.h"
#include "wire/rendezvous.h"

namespace grove::room {

using wire::rendezvous::ConnectionNumber;

class RendezvousClient {
 public:
  // Guesses, in the shape of every WebSocket client: double from half a second to a quarter of a minute.
  static constexpr base::Duration kRetryFirst = base::Duration::ms(500);
  static constexpr base::Duration kRetryMax = base::Duration::s(15);
  // TCP's first retransmissions (1, 2, 4 s) fit before we give up on a try.
  static constexpr base::Duration kOpenTimeout = base::Duration::s(10);
  static constexpr std::size_t kOutputsMax = 4'096;

  struct Open {};
  struct Close {};
  struct Send {
    base::Bytes message;
  };
  enum class State { kConnecting, kOpen, kWaiting, kRefused };
  struct StateChanged {
    State state;
    base::Duration retry_in;
    std::string reason;
  };
  using Output = std::variant<Open, Close, Send, StateChanged, wire::rendezvous::Welcome, wire::rendezvous::Entered,
                              wire::rendezvous::Gone, wire::rendezvous::Relayed>;

  RendezvousClient(const wire::rendezvous::RoomId& room, std::uint64_t seed) : room_(room), random_(seed) {}

  void start(base::Instant now);
  void stop();  // start() comes back
  bool is_stopped() const { return phase_ == Phase::kStopped; }
  void relay(ConnectionNumber to, base::Bytes blob);  // dropped while not open

  void handle_open(base::Instant now);
  // False if the server said something that breaks the protocol.
  bool handle_message(base::ByteView message, base::Instant now);
  void handle_closed(base::Instant now);
  void handle_time(base::Instant now);

  std::optional<Output> poll();
  base::Instant next_deadline() const { return deadline_; }
  bool is_open() const { return phase_ == Phase::kJoined; }

 private:
  enum class Phase { kIdle, kConnecting, kJoining, kJoined, kWaiting, kStopped };

  void connect(base::Instant now);
  void wait(base::Instant now);
  void on_refused(const wire::rendezvous::Refused& refused);
  void emit(Output output);

  wire::rendezvous::RoomId room_;
  base::Random random_;
  Phase phase_ = Phase::kIdle;
  base::Duration backoff_ = kRetryFirst;
  std::optional<std::string> refusal_;
  base::Instant deadline_ = base::Instant::never();
  std::deque<Output> outputs_;
};

}  // namespace grove::room
