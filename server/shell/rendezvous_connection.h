// One WebSocket of the rendezvous: a bounded queue out, messages in, pings.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "server/shell/lobby.h"
#include "server/shell/options.h"
#include "server/shell/responder.h"

namespace grove::server {

class RendezvousConnection final : public Visitor, public std::enable_shared_from_this<RendezvousConnection> {
 public:
  RendezvousConnection(boost::beast::tcp_stream stream, Lobby& lobby, const Limits& limits);

  // From the upgrade to the end of the connection.
  boost::asio::awaitable<void> run(HttpRequest upgrade, std::string address);

  void send(SharedMessage message) override;
  void close(wire::rendezvous::RefusalCode why) override;

 private:
  boost::asio::awaitable<void> read_all(ConnectionKey key);
  boost::asio::awaitable<void> write_all();
  void cut();

  boost::beast::websocket::stream<boost::beast::tcp_stream> socket_;
  Lobby& lobby_;
  const Limits& limits_;

  std::deque<SharedMessage> queue_;  // the front is being written
  std::size_t queued_bytes_ = 0;
  std::optional<boost::beast::websocket::close_code> close_code_;
  bool is_cut_ = false;
  boost::asio::steady_timer something_to_do_;  // never expires; cancelled to wake the writer
};

}  // namespace grove::server
