#include "sim/world.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace grove::sim {

World::World(const WorldTerms& terms, Network& network, HostId server, std::uint64_t seed)
    : terms_(terms),
      network_(network),
      channels_(terms.channels, network, queue_),
      rendezvous_(network, queue_, server),
      random_(seed) {
  for (auto& byte : room_secret_) byte = static_cast<std::uint8_t>(random_.next());
  liar_.emplace(room_secret_);
  rendezvous_.go_up(now_);
  queue_.post(now_ + terms_.tick, EventKind::kTick);
}

PersonId World::enter(const Newcomer& newcomer) {
  const PersonId id{static_cast<std::uint32_t>(people_.size())};
  node::Config config;
  config.room_secret = room_secret_;
  std::memcpy(config.identity_seed.data(), &newcomer.host.value, sizeof newcomer.host.value);
  config.identity_seed[8] = 1;
  for (auto& byte : config.entropy) byte = static_cast<std::uint8_t>(random_.next());
  config.name = newcomer.name;
  config.role = newcomer.role;
  config.copies_cap = newcomer.copies_cap;
  config.wall_clock_ms = 1'700'000'000'000 + static_cast<std::uint64_t>(now_.in_us() / 1000);

  Person person;
  person.host = newcomer.host;
  person.links.resize(1);
  person.node = std::make_unique<node::Node>(config, now_);
  person.id = person.node->id();
  by_id_[person.id] = id;
  people_.push_back(std::move(person));
  for (auto* o : observers_) o->on_entered(id, now_);
  renew_blocks(id);
  drain(id);
  return id;
}

void World::leave(PersonId id) {
  if (!is_here(id)) return;
  act(id, [&](node::Node& node) { node.leave(now_); });
  rendezvous_.close(id, now_);
  gone(id, Departure::kSaidGoodbye);
}

void World::kill(PersonId id) {
  if (!is_here(id)) return;
  rendezvous_.vanish(id, now_);
  gone(id, Departure::kDied);
}

void World::gone(PersonId id, Departure how) {
  Person& person = people_[id.value];
  person.is_here = person.is_frozen = person.talks = false;
  ++person.turn;
  person.node.reset();
  person.waiting.clear();
  for (LinkAtHost& link : person.links) {
    if (!link.end) continue;
    if (channels_.is_open(*link.end)) {
      channels_.close(*link.end);
      queue_.post(now_ + terms_.links.consent, EventKind::kConsentLost, link.end->association());
    }
    link.is_up = false;
  }
  for (auto* o : observers_) o->on_departed(id, how, now_);
}

void World::freeze(PersonId id, Duration time) {
  Person& person = people_[id.value];
  if (!person.is_here || person.is_frozen) return;
  person.is_frozen = true;
  queue_.post(now_ + time, EventKind::kThaw, id.value);
  for (auto* o : observers_) o->on_frozen(id, now_);
}

// An app tells a new node at once what its settings hold.
void World::renew_blocks(PersonId newcomer) {
  const base::PeerId& id = people_[newcomer.value].id;
  node::Node& node = *people_[newcomer.value].node;
  const std::pair<const std::set<std::pair<base::PeerId, base::PeerId>>*, BlockKind> lists[] = {{&blocked_, BlockKind::kBlocked},
                                                                                                {&withheld_, BlockKind::kWithheld}};
  for (const auto& [pairs, kind] : lists) {
    for (const auto& [listener, source] : *pairs) {
      if (listener != id && source != id) continue;
      tell_blocked(by_id_.at(listener), by_id_.at(source), kind, true);
      if (kind == BlockKind::kBlocked && listener == id) node.set_blocked(source, true, now_);
      if (kind == BlockKind::kWithheld && source == id) node.set_withheld(listener, true, now_);
    }
  }
}

void World::set_blocked(PersonId listener, PersonId source, bool is_blocked) {
  const std::pair pair(people_[listener.value].id, people_[source.value].id);
  const bool is_change = is_blocked ? blocked_.insert(pair).second : blocked_.erase(pair) > 0;
  if (is_change) tell_blocked(listener, source, BlockKind::kBlocked, is_blocked);
  act(listener, [&](node::Node& node) { node.set_blocked(pair.second, is_blocked, now_); });
}

void World::set_withheld(PersonId source, PersonId listener, bool is_withheld) {
  const std::pair pair(people_[listener.value].id, people_[source.value].id);
  const bool is_change = is_withheld ? withheld_.insert(pair).second : withheld_.erase(pair) > 0;
  if (is_change) tell_blocked(listener, source, BlockKind::kWithheld, is_withheld);
  act(source, [&](node::Node& node) { node.set_withheld(pair.first, is_withheld, now_); });
}

void World::set_lie(PersonId id, Lie lie) { people_[id.value].lie = lie; }

void World::rendezvous_down() { rendezvous_.go_down(now_); }
void World::rendezvous_up() { rendezvous_.go_up(now_); }

void World::partition(const std::vector<HostId>& other_side) {
  for (const HostId host : other_side) network_.set_side(host, 1);
  rendezvous_.notice_partition(now_);
  for (std::uint32_t i = 0; i < owners_.size(); i += 2) {
    queue_.post(now_ + terms_.links.consent, EventKind::kConsentLost, i / 2);
  }
}

void World::heal() {
  for (std::uint32_t host = 0; host < network_.hosts(); ++host) network_.set_side({host}, 0);
}

std::optional<Event> World::run_until(Instant end) {
  while (queue_.next_at() <= end) {
    const Event event = queue_.pop();
    now_ = event.at;
    ++events_;
    note(static_cast<std::uint64_t>(event.at.in_us()) ^ static_cast<std::uint64_t>(event.kind) << 56 ^ event.a);
    if (event.kind == EventKind::kPopulation) return event;
    const auto owner = whose(event);
    if (owner && people_[owner->value].is_frozen) {
      people_[owner->value].waiting.push_back(event);
    } else {
      dispatch(event);
    }
  }
  now_ = std::max(now_, end);
  return std::nullopt;
}

// Only what reaches the node waits while its tab is frozen: the browser's network threads go on.
std::optional<PersonId> World::whose(const Event& event) const {
  switch (event.kind) {
    case EventKind::kArrive:
      return owners_[channels_.receiver_of(event.a).value].person;
    case EventKind::kWake:
    case EventKind::kSpeak:
    case EventKind::kOwnSignal:
    case EventKind::kLinkUp:
    case EventKind::kLinkLost:
    case EventKind::kServerAccepts:
    case EventKind::kServerLost:
      return PersonId{event.a};
    case EventKind::kFromServer:
      return rendezvous_.addressee_of(event.a);
    case EventKind::kDrained:
      return owners_[event.a].person;
    default:
      return std::nullopt;
  }
}

void World::dispatch(const Event& event) {
  const PersonId person{event.a};
  switch (event.kind) {
    case EventKind::kArrive:
      return on_arrive(event);
    case EventKind::kRetransmit:
      return channels_.on_retransmit(event.a, event.b, now_);
    case EventKind::kDrained: {
      const Owner owner = owners_[event.a];
      channels_.on_drained({event.a}, event.b);
      const std::size_t buffered = channels_.buffered({event.a});
      if (!people_[owner.person.value].links[owner.link.value].is_up) return;
      return act(owner.person, [&](node::Node& node) { node.handle_link_buffered(owner.link, buffered, now_); });
    }
    case EventKind::kWake: {
      Person& sleeper = people_[person.value];
      if (event.at != sleeper.wake && event.at < sleeper.wake) return;  // an earlier one replaced it
      sleeper.wake = Instant::never();
      if (!sleeper.is_here) return;
      if (sleeper.node->next_deadline() > now_) return plan_wake(person);
      return act(person, [&](node::Node& node) { node.handle_time(now_); });
    }
    case EventKind::kSpeak:
      return on_speak(person, event.b);
    case EventKind::kThaw: {
      Person& thawed = people_[person.value];
      if (!thawed.is_here) return;
      thawed.is_frozen = false;
      for (auto* o : observers_) o->on_thawed(person, now_);
      const auto missed = std::exchange(thawed.waiting, {});
      for (const Event& late : missed) dispatch(late);
      return;
    }
    case EventKind::kOwnSignal:
      return on_own_signal(person, event.b);
    case EventKind::kLinkUp:
      return on_link_up(person, {event.b});
    case EventKind::kLinkLost:
      return on_link_lost(person, {event.b});
    case EventKind::kConsentLost:
      return on_consent_lost(event.a);
    case EventKind::kServerAccepts: {
      if (!is_here(person)) return;
      const auto line = rendezvous_.on_accepts(person, event.b, now_);
      if (line == Rendezvous::Line::kOpen) act(person, [&](node::Node& node) { node.handle_rendezvous_open(now_); });
      if (line == Rendezvous::Line::kClosed) act(person, [&](node::Node& node) { node.handle_rendezvous_closed(now_); });
      return;
    }
    case EventKind::kServerLost:
      if (rendezvous_.on_lost(person, event.b) == Rendezvous::Line::kClosed) {
        act(person, [&](node::Node& node) { node.handle_rendezvous_closed(now_); });
      }
      return;
    case EventKind::kServerMissesThem:
      return rendezvous_.on_missed(person, event.b, now_);
    case EventKind::kToServer:
      return rendezvous_.on_letter_to_server(event.a, now_);
    case EventKind::kFromServer: {
      auto delivery = rendezvous_.on_letter_to_person(event.a);
      if (!delivery) return;
      return act(delivery->to, [&](node::Node& node) { node.handle_rendezvous_message(delivery->message, now_); });
    }
    case EventKind::kServerWake:
      return rendezvous_.on_wake(now_);
    case EventKind::kTick:
      for (auto* o : observers_) o->on_tick(now_);
      return queue_.post(now_ + terms_.tick, EventKind::kTick);
    case EventKind::kPopulation:
      return;  // run_until hands these out
  }
}

void World::drain(PersonId id) {
  node::Node& node = *people_[id.value].node;
  while (auto output = node.poll()) {
    std::visit([&](auto& o) { on(id, o); }, *output);
  }
  plan_wake(id);
}

void World::plan_wake(PersonId id) {
  Person& person = people_[id.value];
  const Instant deadline = person.node->next_deadline();
  if (deadline >= person.wake) return;
  person.wake = std::max(deadline, now_);
  queue_.post(person.wake, EventKind::kWake, id.value);
}

void World::note(base::ByteView bytes) {
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, 8);
    note(word);
  }
  for (; i < bytes.size(); ++i) note(bytes[i]);
}

void World::on(PersonId i, node::OpenRendezvous&) { rendezvous_.open(i, people_[i.value].host, now_); }
void World::on(PersonId i, node::SendRendezvous& o) { rendezvous_.send(i, std::move(o.message), now_); }
void World::on(PersonId i, node::CloseRendezvous&) { rendezvous_.close(i, now_); }

void World::on(PersonId i, node::PeerJoined& o) {
  auto& known = people_[i.value].people;
  if (known.size() <= o.peer.value) known.resize(o.peer.value + 1);
  known[o.peer.value] = by_id_.at(o.id);
}

void World::on(PersonId i, node::DeliverFrame& o) {
  const FrameName name{people_[i.value].people.at(o.speaker.value), o.sequence};
  const Delivered delivered{now_, i, name, is_genuine(o.frame, name)};
  for (auto* observer : observers_) observer->on_delivered(delivered);
}

VerifyStats World::signatures() const { return verify_stats(); }

std::vector<PersonId> World::here() const {
  std::vector<PersonId> all;
  for (std::uint32_t i = 0; i < people_.size(); ++i) {
    if (people_[i].is_here) all.push_back({i});
  }
  return all;
}

std::optional<PersonId> World::person_of(const base::PeerId& peer) const {
  const auto known = by_id_.find(peer);
  if (known == by_id_.end()) return std::nullopt;
  return known->second;
}

}  // namespace grove::sim
