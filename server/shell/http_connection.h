// One accepted socket: HTTP requests, one after the other, until one of them turns it into a WebSocket.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <set>
#include <string>

#include "server/shell/assets.h"
#include "server/shell/lobby.h"
#include "server/shell/options.h"

namespace grove::server {

// What all connections share.
struct Services {
  const Options& options;
  const Assets& assets;
  Lobby& lobby;
  bool is_draining = false;
  std::set<boost::beast::tcp_stream*> idle{};  // waiting for a request: a drain need not wait for these
};

boost::asio::awaitable<void> serve_http(boost::beast::tcp_stream stream, std::string peer_address, Services& services);

// Says 503 to somebody for whom there is no room.
boost::asio::awaitable<void> turn_away(boost::beast::tcp_stream stream);

}  // namespace grove::server
