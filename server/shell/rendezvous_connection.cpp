#include "server/shell/rendezvous_connection.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <utility>

namespace grove::server {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using wire::rendezvous::RefusalCode;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// Guess: for the upgrade, and for the other end to answer a close.
constexpr std::chrono::seconds kHandshakeTimeout{5};

// One byte more than allowed is enough to know that a message is too large; the rest is never held.
constexpr std::size_t kReadBytesMax = wire::rendezvous::kClientMessageBytesMax + 1;

}  // namespace

RendezvousConnection::RendezvousConnection(beast::tcp_stream stream, Lobby& lobby, const Limits& limits)
    : socket_(std::move(stream)), lobby_(lobby), limits_(limits), something_to_do_(socket_.get_executor()) {
  something_to_do_.expires_at(asio::steady_timer::time_point::max());
}

asio::awaitable<void> RendezvousConnection::run(HttpRequest upgrade, std::string address) {
  const auto self = shared_from_this();
  beast::get_lowest_layer(socket_).expires_never();  // the WebSocket has timeouts of its own
  socket_.set_option(websocket::stream_base::timeout{kHandshakeTimeout, limits_.idle_timeout, true});
  socket_.set_option(websocket::stream_base::decorator(
      [](websocket::response_type& response) { response.set(beast::http::field::server, "grove"); }));
  socket_.read_message_max(0);  // read_all has the limit: Beast's own would reset the connection before our words arrive
  socket_.binary(true);

  const auto [error] = co_await socket_.async_accept(upgrade, kNoThrow);
  if (error) co_return;
  const ConnectionKey key = lobby_.enter(self, address);
  spdlog::debug("connection {} is open", key.value);
  asio::co_spawn(
      socket_.get_executor(), [self]() -> asio::awaitable<void> { co_await self->write_all(); }, asio::detached);
  co_await read_all(key);
  spdlog::debug("connection {} is gone", key.value);
  lobby_.leave(key);
  cut();
}

asio::awaitable<void> RendezvousConnection::read_all(ConnectionKey key) {
  beast::flat_buffer buffer;
  while (true) {
    const auto [error, size] = co_await socket_.async_read_some(buffer, kReadBytesMax - buffer.size(), kNoThrow);
    if (error) co_return;
    if (!socket_.is_message_done() && buffer.size() < kReadBytesMax) continue;
    // The protocol is binary: text is malformed, which is what an empty message is to the directory. Too large a message
    // is refused by its first part; the directory does not hear the others any more.
    const auto data = buffer.cdata();
    const base::ByteView message(static_cast<const std::uint8_t*>(data.data()), socket_.got_text() ? 0 : data.size());
    lobby_.handle_message(key, message);
    buffer.clear();
  }
}

asio::awaitable<void> RendezvousConnection::write_all() {
  while (!is_cut_) {
    if (!queue_.empty()) {
      const SharedMessage message = queue_.front();
      const auto [error, size] = co_await socket_.async_write(asio::buffer(*message), kNoThrow);
      if (error) co_return cut();
      queued_bytes_ -= message->size();
      queue_.pop_front();
    } else if (close_code_) {
      // Goes on reading, and throwing away, until the other end answers: closing at once would reset the connection and
      // take our last words with it.
      co_await socket_.async_close(*close_code_, kNoThrow);
      co_return cut();
    } else {
      co_await something_to_do_.async_wait(kNoThrow);
    }
  }
}

void RendezvousConnection::send(SharedMessage message) {
  if (is_cut_) return;
  if (queued_bytes_ + message->size() > limits_.queue_bytes_max) {
    spdlog::debug("a slow reader is cut off");
    return cut();
  }
  queued_bytes_ += message->size();
  queue_.push_back(std::move(message));
  something_to_do_.cancel();
}

void RendezvousConnection::close(RefusalCode why) {
  close_code_ = why == RefusalCode::kGoingDown ? websocket::close_code::going_away : websocket::close_code::policy_error;
  something_to_do_.cancel();
}

// Both loops end with an error soon after.
void RendezvousConnection::cut() {
  if (std::exchange(is_cut_, true)) return;
  beast::get_lowest_layer(socket_).close();
  something_to_do_.cancel();
}

}  // namespace grove::server
