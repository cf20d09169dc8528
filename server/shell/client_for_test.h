// For tests: people who talk to the server over real sockets, well or badly behaved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

#include "wire/rendezvous.h"

namespace grove::server {

namespace rendezvous = wire::rendezvous;
using Fields = std::map<std::string, std::string>;

struct Response {
  unsigned status = 0;
  Fields fields;
  std::string body;

  bool has(const std::string& name) const { return fields.contains(name); }
  std::string operator[](const std::string& name) const { return has(name) ? fields.at(name) : std::string(); }
};

class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  ~RawClient();

  void write(std::string_view bytes);  // the server may hang up before it has read everything
  void end_writing();
  std::string read(std::size_t n);
  std::string read_all();  // until the server hangs up
  Response request(std::string_view method, std::string_view target, const Fields& fields = {});

 private:
  struct State;
  std::unique_ptr<State> state_;
};

inline Response get(std::uint16_t port, std::string_view target, const Fields& fields = {}) {
  return RawClient(port).request("GET", target, fields);
}

inline unsigned status_of(std::string_view response) {
  return response.starts_with("HTTP/1.1 ") ? static_cast<unsigned>(std::stoi(std::string(response.substr(9, 3)))) : 0;
}

inline rendezvous::RoomId a_room() {
  rendezvous::RoomId room;
  room.bytes.fill(0xab);
  return room;
}

// RFC 6455 §7.4.1
inline constexpr std::uint16_t kCloseGoingAway = 1001;
inline constexpr std::uint16_t kClosePolicy = 1008;

// A member of the rendezvous, or somebody who wants to be.
class WebSocketClient {
 public:
  explicit WebSocketClient(std::uint16_t port, const Fields& fields = {});
  ~WebSocketClient();

  unsigned status() const;  // 101: it is a WebSocket now
  std::uint16_t close_code() const;

  void send_bytes(base::ByteView bytes);  // as RawClient::write
  void send_text(std::string_view text);
  void send(const rendezvous::FromClient& message) { send_bytes(rendezvous::encode(message)); }
  void hang_up();

  // The next message; none when the server closed.
  std::optional<rendezvous::FromServer> receive();
  template <typename Message>
  Message receive_a() {
    const auto message = receive();
    if (!message || !std::holds_alternative<Message>(*message)) throw std::runtime_error("another message was expected");
    return std::get<Message>(*message);
  }
  rendezvous::Welcome join();
  // Reads to the end; the code of the REFUSED that came last.
  std::optional<rendezvous::RefusalCode> refusal();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace grove::server
