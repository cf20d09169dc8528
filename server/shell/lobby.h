// Drives the directory with real connections and a real clock.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "server/directory.h"

namespace grove::server {

// One message, shared by all the queues that it waits in.
using SharedMessage = std::shared_ptr<const base::Bytes>;

// A connection as the lobby sees it. Neither call may call the lobby back.
class Visitor {
 public:
  virtual ~Visitor() = default;
  virtual void send(SharedMessage message) = 0;
  virtual void close(wire::rendezvous::RefusalCode why) = 0;  // after what was sent before
};

class Lobby {
 public:
  Lobby(boost::asio::io_context& io, Config config);

  ConnectionKey enter(std::shared_ptr<Visitor> visitor, const std::string& address);
  void handle_message(ConnectionKey key, base::ByteView message);
  void leave(ConnectionKey key);
  void drain();

  Stats stats() const { return directory_.stats(); }

 private:
  static base::Instant now();
  void do_outputs();
  void wait_for_deadline();

  Directory directory_;
  boost::asio::steady_timer timer_;
  base::Instant timer_set_to_ = base::Instant::never();
  std::uint64_t keys_given_ = 0;
  std::map<ConnectionKey, std::shared_ptr<Visitor>> visitors_;
};

}  // namespace grove::server
