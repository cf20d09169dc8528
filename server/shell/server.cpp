#include "server/shell/server.h"

#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "server/shell/negotiation.h"

namespace grove::server {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
// Time for the last words to arrive; below the 10 s after which containers are killed.
constexpr std::chrono::seconds kDrainTimeout{5};
// Out of file descriptors: some will be free again soon.
constexpr std::chrono::milliseconds kAcceptPause{200};
// Guess: how often two loopback addresses may fail to agree on a free port.
constexpr int kPortTriesMax = 10;

}  // namespace

// Counts a socket for as long as its connection lives.
class Server::Admission {
 public:
  Admission(Server& server, std::string address) : server_(&server), address_(std::move(address)) {
    ++server.sockets_;
    ++server.sockets_of_address_[address_];
  }
  Admission(Admission&& other) noexcept : server_(std::exchange(other.server_, nullptr)), address_(std::move(other.address_)) {}
  Admission& operator=(Admission&&) = delete;
  ~Admission() {
    if (!server_) return;
    --server_->sockets_;
    const auto count = server_->sockets_of_address_.find(address_);
    if (--count->second == 0) server_->sockets_of_address_.erase(count);
    server_->forget_drain_timer();
  }

 private:
  Server* server_;
  std::string address_;
};

Server::Server(asio::io_context& io, Options options, Assets assets)
    : io_(io),
      options_(std::move(options)),
      assets_(std::move(assets)),
      lobby_(io, options_.directory),
      services_{options_, assets_, lobby_},
      drain_timer_(io) {
  bind();
}

void Server::start() {
  for (Acceptor& acceptor : acceptors_) asio::co_spawn(io_, accept_all(acceptor), asio::detached);
}

void Server::drain() {
  if (std::exchange(services_.is_draining, true)) return;
  for (Acceptor& acceptor : acceptors_) {
    boost::system::error_code ignored;
    acceptor.close(ignored);
  }
  lobby_.drain();
  for (auto* stream : services_.idle) stream->cancel();
  drain_timer_.expires_after(kDrainTimeout);
  drain_timer_.async_wait([this](boost::system::error_code error) {
    if (!error) io_.stop();
  });
  forget_drain_timer();
}

void Server::forget_drain_timer() {
  if (services_.is_draining && sockets_ == 0) drain_timer_.cancel();
}

void Server::bind() {
  if (options_.listen.empty()) return bind_loopback();
  port_ = options_.port;
  for (const std::string& text : options_.listen) {
    try {
      acceptors_.push_back(bind_to(asio::ip::make_address(text), port_));
    } catch (const boost::system::system_error& failure) {
      throw NoSuchAddress("Cannot listen on " + text + " (" + failure.code().message() +
                          "). Give --listen an address of this machine (ip addr shows them; a link-local one needs its "
                          "interface, such as fe80::1%eth0), or 0.0.0.0 or :: for all of them.");
    }
    port_ = acceptors_.back().local_endpoint().port();
  }
}

// "localhost" is either address, depending on the browser and the day; machines without IPv6 have but one.
void Server::bind_loopback() {
  for (int tries = 1;; ++tries) {
    acceptors_.clear();
    acceptors_.push_back(bind_to(asio::ip::address_v4::loopback(), options_.port));
    port_ = acceptors_.back().local_endpoint().port();
    try {
      acceptors_.push_back(bind_to(asio::ip::address_v6::loopback(), port_));
      return;
    } catch (const boost::system::system_error& failure) {
      if (failure.code() == asio::error::address_in_use) throw;
      spdlog::debug("no IPv6 loopback: {}", failure.code().message());
      return;
    } catch (const std::runtime_error&) {
      if (options_.port != 0 || tries == kPortTriesMax) throw;
    }
  }
}

Server::Acceptor Server::bind_to(const asio::ip::address& address, std::uint16_t port) {
  const tcp::endpoint endpoint(address, port);
  const std::string where = (address.is_v6() ? "[" + address.to_string() + "]" : address.to_string()) + ":" + std::to_string(port);
  Acceptor acceptor(io_, endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  // "::" takes IPv4, too; any other address is one address.
  if (address.is_v6()) acceptor.set_option(asio::ip::v6_only(!address.is_unspecified()));
  boost::system::error_code error;
  acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error == asio::error::address_in_use) {
    throw std::runtime_error("Port " + std::to_string(port) + " is taken on " + where + ". Stop what uses it (ss -ltnp 'sport = :" +
                             std::to_string(port) + "' shows it), or choose another with --port.");
  }
  if (error == asio::error::access_denied) {
    throw std::runtime_error("Not allowed to listen on " + where + ". Ports below 1024 are for root: choose another with --port.");
  }
  if (error) throw boost::system::system_error(error, "Cannot listen on " + where);
  return acceptor;
}

asio::awaitable<void> Server::accept_all(Acceptor& acceptor) {
  asio::steady_timer pause(io_);
  while (acceptor.is_open()) {
    auto [error, socket] = co_await acceptor.async_accept(kNoThrow);
    if (!acceptor.is_open()) co_return;
    if (error) {
      const bool is_full = error == asio::error::no_descriptors;
      spdlog::warn("cannot accept: {}", is_full ? "out of file descriptors: raise the limit (ulimit -n) or lower --max-sockets"
                                                : error.message());
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kNoThrow);
    } else {
      admit(std::move(socket));
    }
  }
}

void Server::admit(tcp::socket socket) {
  boost::system::error_code error;
  const tcp::endpoint peer = socket.remote_endpoint(error);
  if (error) return;  // gone already
  socket.set_option(tcp::no_delay(true), error);
  std::string address = counting_key(peer.address().to_string()).value_or("?");
  const auto of_address = sockets_of_address_.find(address);
  const bool is_from_crowd = !options_.trusts_proxy && of_address != sockets_of_address_.end() &&
                             of_address->second >= options_.limits.sockets_per_address_max;
  // Those turned away are limited as well: beyond twice the number, not even a word.
  if (sockets_ >= 2 * options_.limits.sockets_max) return;
  const bool is_full = is_from_crowd || sockets_ >= options_.limits.sockets_max;
  asio::co_spawn(
      io_,
      [this, is_full, stream = boost::beast::tcp_stream(std::move(socket)), address,
       admission = Admission(*this, address)]() mutable -> asio::awaitable<void> {
        if (is_full) co_return co_await turn_away(std::move(stream));
        co_await serve_http(std::move(stream), std::move(address), services_);
      },
      asio::detached);
}

}  // namespace grove::server
