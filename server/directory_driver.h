// For tests: drives a Directory as its host does, and keeps what each connection was told.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/assert.h"
#include "server/directory.h"

namespace grove::server {

namespace rendezvous = wire::rendezvous;

class DirectoryDriver {
 public:
  explicit DirectoryDriver(Config config = {}) : directory_(std::move(config)) {}

  ConnectionKey connect(const std::string& address = "somewhere") {
    const ConnectionKey key{++keys_given_};
    heard_[key];
    directory_.handle_connected(key, address, now_);
    take_outputs();
    return key;
  }
  void disconnect(ConnectionKey key) {
    directory_.handle_disconnected(key);
    heard_.erase(key);
    closed_.erase(key);
    take_outputs();
  }
  void receive(ConnectionKey from, base::ByteView message) {
    directory_.handle_message(from, message, now_);
    take_outputs();
  }
  void receive(ConnectionKey from, const rendezvous::FromClient& message) { receive(from, rendezvous::encode(message)); }
  void pass(base::Duration time) {
    now_ = now_ + time;
    directory_.handle_time(now_);
    take_outputs();
  }
  void drain() {
    directory_.drain();
    take_outputs();
  }

  ConnectionKey connect_and_join(std::uint8_t room, const std::string& address = "somewhere") {
    const ConnectionKey key = connect(address);
    receive(key, rendezvous::Join{room_id(room)});
    return key;
  }

  // What it was told since the last call.
  std::vector<rendezvous::FromServer> heard(ConnectionKey key) { return std::exchange(heard_.at(key), {}); }
  bool is_closed(ConnectionKey key) const { return closed_.contains(key); }
  const Directory& directory() const { return directory_; }
  base::Instant now() const { return now_; }

  static rendezvous::RoomId room_id(std::uint8_t n) {
    rendezvous::RoomId id;
    id.bytes.fill(n);
    return id;
  }

 private:
  // The host's side of the contract: nothing is said to a connection that is gone, nor after its Close.
  void take_outputs() {
    while (auto output = directory_.poll()) {
      if (const auto* send = std::get_if<Send>(&*output)) {
        const auto message = rendezvous::decode_from_server(send->message);
        GROVE_ASSERT(message);
        for (const ConnectionKey key : send->to) {
          GROVE_ASSERT(heard_.contains(key) && !closed_.contains(key));
          heard_[key].push_back(*message);
        }
      } else {
        const auto& close = std::get<Close>(*output);
        GROVE_ASSERT(heard_.contains(close.connection) && !closed_.contains(close.connection));
        closed_[close.connection] = close.why;
      }
    }
  }

  Directory directory_;
  base::Instant now_;
  std::uint64_t keys_given_ = 0;
  std::map<ConnectionKey, std::vector<rendezvous::FromServer>> heard_;
  std::map<ConnectionKey, rendezvous::RefusalCode> closed_;
};

}  // namespace grove::server
