#include "server/shell/http_connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "server/shell/negotiation.h"
#include "server/shell/rendezvous_connection.h"
#include "server/shell/responder.h"

namespace grove::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// Guess: browsers send about 1 kB.
constexpr std::uint32_t kHeaderBytesMax = 16 * 1024;
// A reader slower than 64 kB in 30 s could not talk either.
constexpr std::size_t kWriteBytes = 64 * 1024;
constexpr std::chrono::seconds kWriteTimeout{30};
// How much, and how long, we listen to somebody to whom we have said our last word.
constexpr std::size_t kLingerBytesMax = 256 * 1024;
constexpr std::chrono::seconds kLingerTimeout{2};

std::string_view field(const HttpRequest& request, std::string_view name) {
  const auto value = request[beast::string_view(name.data(), name.size())];
  return {value.data(), value.size()};
}

// RFC 9110 §5.6.7, the form that is not obsolete.
std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
}

asio::awaitable<bool> write(beast::tcp_stream& stream, const Reply& reply) {
  http::response<http::span_body<const char>> response{http::response_header<>(reply.header)};
  response.set(http::field::date, http_date());
  if (!reply.is_body_left_out) response.body() = {reply.content().data(), reply.content().size()};
  http::response_serializer<http::span_body<const char>> serializer(response);
  serializer.limit(kWriteBytes);
  while (!serializer.is_done()) {
    stream.expires_after(kWriteTimeout);
    const auto [error, size] = co_await http::async_write_some(stream, serializer, kNoThrow);
    if (error) co_return false;
  }
  co_return true;
}

// A close with unread bytes would reset the connection and might take the reply with it (RFC 9112 §9.6).
asio::awaitable<void> hang_up(beast::tcp_stream& stream) {
  boost::system::error_code ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  stream.expires_after(kLingerTimeout);
  std::array<char, 4096> thrown_away;
  for (std::size_t total = 0; total < kLingerBytesMax;) {
    const auto [error, size] = co_await stream.async_read_some(asio::buffer(thrown_away), kNoThrow);
    if (error) co_return;
    total += size;
  }
}

// The answer to what is no request; none when the other end is gone or was too slow.
std::optional<Reply> reply_to_error(beast::error_code error) {
  if (error == http::error::header_limit) {
    return plain_reply(http::status::request_header_fields_too_large, "The header is too large.\n");
  }
  if (error == http::error::body_limit || error == http::error::unexpected_body) {
    return plain_reply(http::status::payload_too_large, "Nothing here takes a body.\n");
  }
  const bool is_about_http = error.category() == make_error_code(http::error::bad_method).category();
  if (is_about_http && error != http::error::end_of_stream) {
    return plain_reply(http::status::bad_request, "This is not HTTP.\n");
  }
  return std::nullopt;
}

bool is_for_rendezvous(const HttpRequest& request) {
  const auto target = request.target();
  return beast::websocket::is_upgrade(request) && target_path({target.data(), target.size()}) == kRendezvousPath;
}

// Whom to count this connection for.
std::string address_of(const HttpRequest& request, const std::string& peer_address, bool trusts_proxy) {
  if (trusts_proxy) {
    if (auto key = counting_key(last_forwarded(field(request, "X-Forwarded-For")))) return *key;
  }
  return peer_address;
}

bool has_allowed_origin(const HttpRequest& request, const Options& options) {
  std::string_view host = field(request, "Host");
  if (options.trusts_proxy && request.count("X-Forwarded-Host") != 0) host = field(request, "X-Forwarded-Host");
  return is_origin_allowed(field(request, "Origin"), host, options.allowed_origins);
}

asio::awaitable<beast::error_code> read_request(beast::tcp_stream& stream, beast::flat_buffer& buffer,
                                                http::request_parser<http::empty_body>& parser, Services& services) {
  stream.expires_after(services.options.limits.header_timeout);
  services.idle.insert(&stream);
  const auto [error, size] = co_await http::async_read(stream, buffer, parser, kNoThrow);
  services.idle.erase(&stream);
  co_return error;
}

}  // namespace

asio::awaitable<void> serve_http(beast::tcp_stream stream, std::string peer_address, Services& services) {
  beast::flat_buffer buffer;
  while (!services.is_draining) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(kHeaderBytesMax);
    const beast::error_code error = co_await read_request(stream, buffer, parser, services);
    std::optional<Reply> reply;
    if (error) {
      reply = reply_to_error(error);
      if (!reply) co_return;
    } else if (HttpRequest request = parser.release(); !is_for_rendezvous(request)) {
      reply = respond(request, services.assets, {services.lobby.stats(), services.is_draining});
    } else if (!has_allowed_origin(request, services.options)) {
      reply = plain_reply(http::status::forbidden, "Pages from elsewhere may not ask for introductions here.\n");
    } else if (buffer.size() != 0) {
      reply = plain_reply(http::status::bad_request, "A client speaks WebSocket after the upgrade, not before.\n");
    } else {
      std::string address = address_of(request, peer_address, services.options.trusts_proxy);
      const auto connection =
          std::make_shared<RendezvousConnection>(std::move(stream), services.lobby, services.options.limits);
      co_await connection->run(std::move(request), std::move(address));
      co_return;
    }
    if (!co_await write(stream, *reply)) co_return;
    if (reply->is_last) break;
  }
  co_await hang_up(stream);
}

asio::awaitable<void> turn_away(beast::tcp_stream stream) {
  Reply reply = plain_reply(http::status::service_unavailable, "Too many connections. Try again later.\n");
  reply.header.set(http::field::retry_after, "10");
  reply.header.set(http::field::connection, "close");
  if (co_await write(stream, reply)) co_await hang_up(stream);
}

}  // namespace grove::server
