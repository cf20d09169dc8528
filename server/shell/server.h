// Listens, counts sockets, and ends in good order.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <vector>

#include "server/shell/assets.h"
#include "server/shell/http_connection.h"
#include "server/shell/lobby.h"
#include "server/shell/options.h"

namespace grove::server {

// --listen names what is no address of this machine.
struct NoSuchAddress : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Server {
 public:
  // Binds; throws std::runtime_error with words for the person who started the server.
  Server(boost::asio::io_context& io, Options options, Assets assets);

  std::uint16_t port() const { return port_; }
  void start();
  // Tells everybody, takes nobody any more; the io_context runs out of work when all are gone, kDrainTimeout at the latest.
  void drain();
  // Not zero after the end of a drain: somebody did not listen to it. The process must then end without taking this
  // apart, as their coroutines still live.
  std::size_t sockets() const { return sockets_; }

 private:
  using Acceptor = boost::asio::ip::tcp::acceptor;
  class Admission;

  void bind();
  void bind_loopback();
  Acceptor bind_to(const boost::asio::ip::address& address, std::uint16_t port);
  boost::asio::awaitable<void> accept_all(Acceptor& acceptor);
  void admit(boost::asio::ip::tcp::socket socket);
  void forget_drain_timer();

  boost::asio::io_context& io_;
  Options options_;
  Assets assets_;
  Lobby lobby_;
  Services services_;
  std::vector<Acceptor> acceptors_;
  std::uint16_t port_ = 0;
  std::size_t sockets_ = 0;
  std::unordered_map<std::string, std::size_t> sockets_of_address_;
  boost::asio::steady_timer drain_timer_;
};

}  // namespace grove::server
