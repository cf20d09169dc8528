#include "server/shell/lobby.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

#include "base/assert.h"

namespace grove::server {

namespace {

using Clock = boost::asio::steady_timer::clock_type;

Clock::time_point clock_time(base::Instant instant) {
  return Clock::time_point(std::chrono::duration_cast<Clock::duration>(std::chrono::microseconds(instant.in_us())));
}

}  // namespace

Lobby::Lobby(boost::asio::io_context& io, Config config) : directory_(std::move(config)), timer_(io) {}

ConnectionKey Lobby::enter(std::shared_ptr<Visitor> visitor, const std::string& address) {
  const ConnectionKey key{++keys_given_};
  visitors_.emplace(key, std::move(visitor));
  directory_.handle_connected(key, address, now());
  do_outputs();
  return key;
}

void Lobby::handle_message(ConnectionKey key, base::ByteView message) {
  directory_.handle_message(key, message, now());
  do_outputs();
}

void Lobby::leave(ConnectionKey key) {
  visitors_.erase(key);
  directory_.handle_disconnected(key);
  do_outputs();
}

void Lobby::drain() {
  directory_.drain();
  do_outputs();
}

base::Instant Lobby::now() {
  const auto since_start = Clock::now().time_since_epoch();
  return base::Instant::from_us(std::chrono::duration_cast<std::chrono::microseconds>(since_start).count());
}

void Lobby::do_outputs() {
  while (auto output = directory_.poll()) {
    if (auto* send = std::get_if<Send>(&*output)) {
      const auto message = std::make_shared<const base::Bytes>(std::move(send->message));
      for (const ConnectionKey key : send->to) visitors_.at(key)->send(message);
    } else {
      const Close& close = std::get<Close>(*output);
      spdlog::debug("connection {} refused with code {}", close.connection.value, static_cast<int>(close.why));
      visitors_.at(close.connection)->close(close.why);
    }
  }
  wait_for_deadline();
}

void Lobby::wait_for_deadline() {
  const base::Instant deadline = directory_.next_deadline();
  if (deadline == timer_set_to_) return;
  timer_set_to_ = deadline;
  timer_.cancel();
  if (deadline.is_never()) return;
  timer_.expires_at(clock_time(deadline));
  timer_.async_wait([this](boost::system::error_code error) {
    if (error) return;
    timer_set_to_ = base::Instant::never();
    directory_.handle_time(now());
    do_outputs();
  });
}

}  // namespace grove::server
