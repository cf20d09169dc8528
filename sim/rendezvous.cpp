#include "sim/rendezvous.h"

#include <utility>
#include <vector>

namespace grove::sim {

Rendezvous::Rendezvous(Network& network, EventQueue& queue, HostId host) : network_(network), queue_(queue), host_(host) {}

void Rendezvous::go_up(Instant now) {
  if (is_up()) return;
  server::Config config;
  config.room_size_max = 1000;  // the room's size is the scenario's, not the server's
  directory_.emplace(std::move(config));
  take_outputs(now);
}

void Rendezvous::go_down(Instant now) {
  directory_.reset();
  wake_ = Instant::never();
  for (const auto& [key, person] : known_) {
    const Connection& connection = connections_[person];
    queue_.post(now + one_way(connection.host), EventKind::kServerLost, person.value, static_cast<std::uint32_t>(key.value));
  }
  known_.clear();
}

void Rendezvous::notice_partition(Instant now) {
  for (const auto& [key, person] : known_) {
    if (network_.can_reach(connections_[person].host, host_)) continue;
    const auto attempt = static_cast<std::uint32_t>(key.value);
    queue_.post(now + kSilenceNoticedAfter, EventKind::kServerLost, person.value, attempt);
    queue_.post(now + kSilenceNoticedAfter, EventKind::kServerMissesThem, person.value, attempt);
  }
}

void Rendezvous::open(PersonId person, HostId at, Instant now) {
  Connection& connection = connections_[person];
  connection.host = at;
  connection.phase = Phase::kOpening;
  queue_.post(now + network_.rtt(at, host_) * kRoundTripsToOpen, EventKind::kServerAccepts, person.value, ++connection.attempt);
}

void Rendezvous::send(PersonId person, Bytes message, Instant now) {
  const Connection& connection = connections_[person];
  if (connection.phase != Phase::kOpen || !network_.can_reach(connection.host, host_)) return;
  const std::uint32_t letter = letters_.take({person, connection.attempt, std::move(message)});
  queue_.post(now + one_way(connection.host), EventKind::kToServer, letter);
}

void Rendezvous::close(PersonId person, Instant now) {
  Connection& connection = connections_[person];
  if (connection.phase == Phase::kNone) return;
  connection.phase = Phase::kNone;
  queue_.post(now + one_way(connection.host), EventKind::kServerMissesThem, person.value, connection.attempt);
}

void Rendezvous::vanish(PersonId person, Instant now) {
  Connection& connection = connections_[person];
  if (connection.phase == Phase::kNone) return;
  connection.phase = Phase::kNone;
  queue_.post(now + kSilenceNoticedAfter, EventKind::kServerMissesThem, person.value, connection.attempt);
}

Rendezvous::Line Rendezvous::on_accepts(PersonId person, std::uint32_t attempt, Instant now) {
  Connection& connection = connections_[person];
  if (connection.attempt != attempt || connection.phase != Phase::kOpening) return Line::kUnchanged;
  if (!is_up() || !network_.can_reach(connection.host, host_)) {
    connection.phase = Phase::kNone;
    return Line::kClosed;
  }
  connection.phase = Phase::kOpen;
  const auto key = key_of(person, attempt);
  known_[key] = person;
  directory_->handle_connected(key, "host " + std::to_string(connection.host.value), now);
  take_outputs(now);
  return Line::kOpen;
}

Rendezvous::Line Rendezvous::on_lost(PersonId person, std::uint32_t attempt) {
  Connection& connection = connections_[person];
  if (connection.attempt != attempt || connection.phase != Phase::kOpen) return Line::kUnchanged;
  connection.phase = Phase::kNone;
  return Line::kClosed;
}

void Rendezvous::on_missed(PersonId person, std::uint32_t attempt, Instant now) { disconnect(key_of(person, attempt), now); }

void Rendezvous::on_letter_to_server(std::uint32_t index, Instant now) {
  const Letter letter = std::exchange(letters_[index], {});
  letters_.release(index);
  const auto key = key_of(letter.person, letter.attempt);
  if (!is_up() || !known_.contains(key)) return;
  directory_->handle_message(key, letter.message, now);
  take_outputs(now);
}

std::optional<Rendezvous::Delivery> Rendezvous::on_letter_to_person(std::uint32_t index) {
  Letter letter = std::exchange(letters_[index], {});
  letters_.release(index);
  const Connection& connection = connections_[letter.person];
  if (connection.phase != Phase::kOpen || connection.attempt != letter.attempt) return std::nullopt;
  return Delivery{letter.person, std::move(letter.message)};
}

void Rendezvous::on_wake(Instant now) {
  if (!is_up() || now < wake_) return;
  wake_ = Instant::never();
  directory_->handle_time(now);
  take_outputs(now);
}

void Rendezvous::disconnect(server::ConnectionKey key, Instant now) {
  if (!is_up() || known_.erase(key) == 0) return;
  directory_->handle_disconnected(key);
  take_outputs(now);
}

void Rendezvous::take_outputs(Instant now) {
  std::vector<server::ConnectionKey> closed;
  while (auto output = directory_->poll()) {
    if (const auto* sent = std::get_if<server::Send>(&*output)) {
      for (const auto key : sent->to) {
        const auto known = known_.find(key);
        if (known == known_.end()) continue;
        const HostId host = connections_[known->second].host;
        if (!network_.can_reach(host, host_)) continue;
        const std::uint32_t letter = letters_.take({known->second, static_cast<std::uint32_t>(key.value), sent->message});
        queue_.post(now + one_way(host), EventKind::kFromServer, letter);
      }
    } else {
      closed.push_back(std::get<server::Close>(*output).connection);
    }
  }
  for (const auto key : closed) {
    const auto known = known_.find(key);
    if (known == known_.end()) continue;
    const PersonId person = known->second;
    queue_.post(now + one_way(connections_[person].host), EventKind::kServerLost, person.value, static_cast<std::uint32_t>(key.value));
    disconnect(key, now);
  }
  const Instant deadline = directory_->next_deadline();
  if (deadline < wake_) {
    wake_ = deadline;
    queue_.post(std::max(deadline, now), EventKind::kServerWake);
  }
}

}  // namespace grove::sim
