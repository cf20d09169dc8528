#include "server/directory.h"

#include <utility>

#include "base/assert.h"

namespace grove::server {

namespace rendezvous = wire::rendezvous;
using base::ByteView;
using base::Instant;

Directory::Directory(Config config) : config_(std::move(config)) {
  GROVE_ASSERT(config_.room_size_max >= 1 && config_.room_size_max <= rendezvous::kPresentMax);
  GROVE_ASSERT(config_.connections_per_address_max >= 1 && config_.rooms_max >= 1);
  GROVE_ASSERT(config_.ice_servers.size() <= rendezvous::kIceServersMax);
}

void Directory::handle_connected(ConnectionKey key, const std::string& address, Instant now) {
  const Instant deadline = now + config_.join_timeout;
  const auto [place, is_new] = connections_.try_emplace(
      key, Connection{Phase::kNew, address, deadline, base::TokenBucket(config_.messages, now),
                      base::TokenBucket(config_.bytes_out, now), {}, {}});
  GROVE_ASSERT(is_new);
  Connection& connection = place->second;
  awaiting_join_.emplace(deadline, key);
  const std::size_t of_address = ++connections_of_address_[address];
  if (is_draining_) {
    refuse(key, connection, RefusalCode::kGoingDown, "The server is going down.");
  } else if (of_address > config_.connections_per_address_max) {
    refuse(key, connection, RefusalCode::kTooManyFromAddress, "Too many connections from your address.");
  }
}

void Directory::handle_message(ConnectionKey key, ByteView message, Instant now) {
  const auto place = connections_.find(key);
  if (place == connections_.end() || place->second.phase == Phase::kClosing) return;  // crossed our Close
  Connection& connection = place->second;

  if (!connection.messages.try_take(1, now)) {
    return refuse(key, connection, RefusalCode::kTooFast, "Too many messages.");
  }
  if (message.size() > rendezvous::kClientMessageBytesMax) {
    return refuse(key, connection, RefusalCode::kMessageTooLarge, "The message is too large.");
  }
  const auto decoded = rendezvous::decode_from_client(message);
  if (!decoded && rendezvous::has_wrong_version(message)) {
    return refuse(key, connection, RefusalCode::kWrongVersion, "This server speaks version 1.");
  }
  if (!decoded) return refuse(key, connection, RefusalCode::kMalformed, std::string(decoded.why()));

  if (const auto* join = std::get_if<rendezvous::Join>(&*decoded)) return on_join(key, connection, *join);
  on_relay(key, connection, std::get<rendezvous::Relay>(*decoded), now);
}

void Directory::handle_disconnected(ConnectionKey key) {
  const auto place = connections_.find(key);
  if (place == connections_.end()) return;
  const Connection& connection = place->second;
  leave_room(connection);
  awaiting_join_.erase({connection.join_deadline, key});
  const auto count = connections_of_address_.find(connection.address);
  GROVE_ASSERT(count != connections_of_address_.end());
  if (--count->second == 0) connections_of_address_.erase(count);
  connections_.erase(place);
}

void Directory::handle_time(Instant now) {
  while (!awaiting_join_.empty() && awaiting_join_.begin()->first <= now) {
    const ConnectionKey key = awaiting_join_.begin()->second;
    refuse(key, connections_.at(key), RefusalCode::kNotJoined, "No JOIN came.");
  }
}

void Directory::drain() {
  is_draining_ = true;
  // The rooms go first: nobody needs to hear GONE about everybody while all are being closed.
  rooms_.clear();
  for (auto& [key, connection] : connections_) {
    if (connection.phase == Phase::kClosing) continue;
    connection.phase = Phase::kNew;
    refuse(key, connection, RefusalCode::kGoingDown, "The server is going down.");
  }
}

std::optional<Output> Directory::poll() {
  if (outbox_.empty()) return std::nullopt;
  std::optional<Output> output(std::move(outbox_.front()));
  outbox_.pop_front();
  return output;
}

Instant Directory::next_deadline() const {
  return awaiting_join_.empty() ? Instant::never() : awaiting_join_.begin()->first;
}

Stats Directory::stats() const {
  Stats stats = stats_;
  stats.rooms = rooms_.size();
  stats.connections = connections_.size();
  return stats;
}

void Directory::on_join(ConnectionKey key, Connection& connection, const rendezvous::Join& join) {
  if (connection.phase == Phase::kJoined) {
    return refuse(key, connection, RefusalCode::kJoinedAlready, "Joined already.");
  }
  if (!rooms_.contains(join.room) && rooms_.size() >= config_.rooms_max) {
    return refuse(key, connection, RefusalCode::kRoomFull, "The server has no space for one more room.");
  }
  Room& room = rooms_[join.room];
  // A number is never used twice, so a room that has used up all of them is full for good.
  if (room.members.size() >= config_.room_size_max || room.numbers_given == UINT32_MAX) {
    return refuse(key, connection, RefusalCode::kRoomFull, "The room is full.");
  }
  awaiting_join_.erase({connection.join_deadline, key});
  connection.phase = Phase::kJoined;
  connection.room = join.room;
  connection.number = {++room.numbers_given};
  ++stats_.joins;

  rendezvous::Welcome welcome{connection.number, {}, config_.ice_servers};
  for (const auto& member : room.members) welcome.present.push_back(member.first);
  send({key}, welcome);
  room.members.emplace(connection.number, key);
  send(everybody_but(room, connection.number), rendezvous::Entered{connection.number});
}

void Directory::on_relay(ConnectionKey key, Connection& connection, const rendezvous::Relay& relay, Instant now) {
  if (connection.phase != Phase::kJoined) {
    return refuse(key, connection, RefusalCode::kNotJoined, "RELAY before JOIN.");
  }
  const Room& room = rooms_.at(connection.room);
  std::vector<ConnectionKey> to;
  if (relay.to == rendezvous::kEverybodyElse) {
    to = everybody_but(room, connection.number);
  } else if (const auto member = room.members.find(relay.to); member != room.members.end()) {
    to = {member->second};
  }
  if (to.empty()) {
    ++stats_.undeliverable;
    return;
  }
  if (!connection.bytes_out.try_take(static_cast<std::int64_t>(relay.blob.size() * to.size()), now)) {
    return refuse(key, connection, RefusalCode::kTooFast, "Too many bytes.");
  }
  stats_.relayed += to.size();
  send(std::move(to), rendezvous::Relayed{connection.number, relay.blob});
}

void Directory::refuse(ConnectionKey key, Connection& connection, RefusalCode code, std::string reason) {
  GROVE_ASSERT(connection.phase != Phase::kClosing);
  leave_room(connection);
  awaiting_join_.erase({connection.join_deadline, key});
  connection.phase = Phase::kClosing;
  ++stats_.refused;
  send({key}, rendezvous::Refused{code, std::move(reason)});
  outbox_.push_back(Close{key, code});
}

void Directory::leave_room(const Connection& connection) {
  if (connection.phase != Phase::kJoined) return;
  const auto place = rooms_.find(connection.room);
  GROVE_ASSERT(place != rooms_.end());
  Room& room = place->second;
  room.members.erase(connection.number);
  if (room.members.empty()) {
    rooms_.erase(place);
  } else {
    send(everybody_but(room, connection.number), rendezvous::Gone{connection.number});
  }
}

void Directory::send(std::vector<ConnectionKey> to, const rendezvous::FromServer& message) {
  if (to.empty()) return;
  outbox_.push_back(Send{std::move(to), rendezvous::encode(message)});
}

std::vector<ConnectionKey> Directory::everybody_but(const Room& room, ConnectionNumber number) {
  std::vector<ConnectionKey> others;
  others.reserve(room.members.size());
  for (const auto& [member, key] : room.members) {
    if (member != number) others.push_back(key);
  }
  return others;
}

}  // namespace grove::server
