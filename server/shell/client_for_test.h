// For tests: people who talk to the server over real sockets, well or badly behaved.
#pragma once

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "wire/rendezvous.h"

namespace grove::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;
namespace websocket = boost::beast::websocket;
namespace rendezvous = wire::rendezvous;
using asio::ip::tcp;
using Fields = std::map<std::string, std::string>;
using Response = http::response<http::string_body>;

class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(io_) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }
  void write(std::string_view bytes) {
    boost::system::error_code ignored;  // the server may have hung up before it read everything
    asio::write(socket_, asio::buffer(bytes.data(), bytes.size()), ignored);
  }
  // Everything until the server hangs up.
  std::string read_all() {
    std::string text;
    boost::system::error_code error;
    asio::read(socket_, asio::dynamic_buffer(text), error);
    return text;
  }
  Response request(http::verb verb, std::string_view target, const Fields& fields = {}) {
    http::request<http::empty_body> request(verb, boost::beast::string_view(target.data(), target.size()), 11);
    request.set(http::field::host, "localhost");
    for (const auto& [name, value] : fields) request.set(name, value);
    http::write(socket_, request);
    http::response_parser<http::string_body> parser;
    if (verb == http::verb::head) parser.skip(true);
    http::read(socket_, buffer_, parser);
    return parser.release();
  }
  tcp::socket& socket() { return socket_; }

 private:
  asio::io_context io_;
  tcp::socket socket_;
  boost::beast::flat_buffer buffer_;
};

inline Response get(std::uint16_t port, std::string_view target, const Fields& fields = {}) {
  return RawClient(port).request(http::verb::get, target, fields);
}

inline unsigned status_of(std::string_view response) {
  return response.starts_with("HTTP/1.1 ") ? static_cast<unsigned>(std::stoi(std::string(response.substr(9, 3)))) : 0;
}

inline rendezvous::RoomId a_room() {
  rendezvous::RoomId room;
  room.bytes.fill(0xab);
  return room;
}

// A member of the rendezvous, or somebody who wants to be.
class WebSocketClient {
 public:
  explicit WebSocketClient(std::uint16_t port, const Fields& fields = {}) : socket_(io_) {
    socket_.next_layer().connect({asio::ip::address_v4::loopback(), port});
    socket_.binary(true);
    socket_.set_option(websocket::stream_base::decorator([fields](websocket::request_type& request) {
      for (const auto& [name, value] : fields) request.set(name, value);
    }));
    websocket::response_type response;
    boost::system::error_code error;
    socket_.handshake(response, "localhost", "/rendezvous", error);
    status_ = response.result_int();
  }

  unsigned status() const { return status_; }  // 101: it is a WebSocket now

  void send_bytes(base::ByteView bytes) {
    boost::system::error_code ignored;  // as above
    socket_.write(asio::buffer(bytes.data(), bytes.size()), ignored);
  }
  void send(const rendezvous::FromClient& message) { send_bytes(rendezvous::encode(message)); }
  void send_text(std::string_view text) {
    socket_.text(true);
    send_bytes(base::as_bytes(text));
    socket_.binary(true);
  }

  // The next message; none when the server closed.
  std::optional<rendezvous::FromServer> receive() {
    boost::beast::flat_buffer buffer;
    boost::system::error_code error;
    socket_.read(buffer, error);
    if (error) return std::nullopt;
    const auto data = buffer.cdata();
    auto message = rendezvous::decode_from_server({static_cast<const std::uint8_t*>(data.data()), data.size()});
    if (!message) throw std::runtime_error("the server broke the protocol");
    return *message;
  }
  template <typename Message>
  Message receive_a() {
    const auto message = receive();
    if (!message || !std::holds_alternative<Message>(*message)) throw std::runtime_error("another message was expected");
    return std::get<Message>(*message);
  }
  rendezvous::Welcome join() {
    send(rendezvous::Join{a_room()});
    return receive_a<rendezvous::Welcome>();
  }
  // Reads to the end; the code of the REFUSED that came last.
  std::optional<rendezvous::RefusalCode> refusal() {
    std::optional<rendezvous::FromServer> last;
    while (auto message = receive()) last = std::move(message);
    const auto* refused = last ? std::get_if<rendezvous::Refused>(&*last) : nullptr;
    return refused ? std::optional(refused->code) : std::nullopt;
  }
  std::uint16_t close_code() const { return socket_.reason().code; }
  void hang_up() { socket_.next_layer().close(); }

 private:
  asio::io_context io_;
  websocket::stream<tcp::socket> socket_;
  unsigned status_ = 0;
};

}  // namespace grove::server
