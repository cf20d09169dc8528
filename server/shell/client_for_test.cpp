#include "server/shell/client_for_test.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <utility>

namespace grove::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;

struct RawClient::State {
  asio::io_context io;
  tcp::socket socket{io};
  beast::flat_buffer buffer;
};

RawClient::RawClient(std::uint16_t port) : state_(std::make_unique<State>()) {
  state_->socket.connect({asio::ip::address_v4::loopback(), port});
}
RawClient::~RawClient() = default;

void RawClient::write(std::string_view bytes) {
  boost::system::error_code ignored;
  asio::write(state_->socket, asio::buffer(bytes.data(), bytes.size()), ignored);
}

void RawClient::end_writing() {
  boost::system::error_code ignored;
  state_->socket.shutdown(tcp::socket::shutdown_send, ignored);
}

std::string RawClient::read(std::size_t n) {
  std::string text(n, '\0');
  asio::read(state_->socket, asio::buffer(text));
  return text;
}

std::string RawClient::read_all() {
  std::string text;
  boost::system::error_code ignored;
  asio::read(state_->socket, asio::dynamic_buffer(text), ignored);
  return text;
}

Response RawClient::request(std::string_view method, std::string_view target, const Fields& fields) {
  http::request<http::empty_body> request;
  request.version(11);
  request.method_string(beast::string_view(method.data(), method.size()));
  request.target(beast::string_view(target.data(), target.size()));
  request.set(http::field::host, "localhost");
  for (const auto& [name, value] : fields) request.set(name, value);
  http::write(state_->socket, request);
  http::response_parser<http::string_body> parser;
  parser.skip(method == "HEAD");
  http::read(state_->socket, state_->buffer, parser);
  Response response{parser.get().result_int(), {}, parser.get().body()};
  for (const auto& field : parser.get()) response.fields.emplace(std::string(field.name_string()), std::string(field.value()));
  return response;
}

struct WebSocketClient::State {
  asio::io_context io;
  websocket::stream<tcp::socket> socket{io};
  unsigned status = 0;
};

WebSocketClient::WebSocketClient(std::uint16_t port, const Fields& fields) : state_(std::make_unique<State>()) {
  auto& socket = state_->socket;
  socket.next_layer().connect({asio::ip::address_v4::loopback(), port});
  socket.binary(true);
  socket.set_option(websocket::stream_base::decorator([fields](websocket::request_type& request) {
    for (const auto& [name, value] : fields) request.set(name, value);
  }));
  websocket::response_type response;
  boost::system::error_code declined;
  socket.handshake(response, "localhost", "/rendezvous", declined);
  state_->status = response.result_int();
}
WebSocketClient::~WebSocketClient() = default;

unsigned WebSocketClient::status() const { return state_->status; }
std::uint16_t WebSocketClient::close_code() const { return state_->socket.reason().code; }

void WebSocketClient::send_bytes(base::ByteView bytes) {
  boost::system::error_code ignored;
  state_->socket.write(asio::buffer(bytes.data(), bytes.size()), ignored);
}

void WebSocketClient::send_text(std::string_view text) {
  state_->socket.text(true);
  send_bytes(base::as_bytes(text));
  state_->socket.binary(true);
}

void WebSocketClient::hang_up() { state_->socket.next_layer().close(); }

std::optional<rendezvous::FromServer> WebSocketClient::receive() {
  beast::flat_buffer buffer;
  boost::system::error_code closed;
  state_->socket.read(buffer, closed);
  if (closed) return std::nullopt;
  const auto data = buffer.cdata();
  auto message = rendezvous::decode_from_server({static_cast<const std::uint8_t*>(data.data()), data.size()});
  if (!message) throw std::runtime_error("the server broke the protocol");
  return *message;
}

rendezvous::Welcome WebSocketClient::join() {
  send(rendezvous::Join{a_room()});
  return receive_a<rendezvous::Welcome>();
}

std::optional<rendezvous::RefusalCode> WebSocketClient::refusal() {
  std::optional<rendezvous::FromServer> last;
  while (auto message = receive()) last = std::move(message);
  const auto* refused = last ? std::get_if<rendezvous::Refused>(&*last) : nullptr;
  return refused ? std::optional(refused->code) : std::nullopt;
}

}  // namespace grove::server
