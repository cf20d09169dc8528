// A room for tests: real nodes, the host's part played in virtual time. Links come up as DTLS lets them: only between
// two ends that each hold the very description that the other end made.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "base/assert.h"
#include "base/random.h"
#include "node/node.h"
#include "wire/rendezvous.h"

namespace grove::node {

class TestRoom {
 public:
  struct Person {
    std::unique_ptr<Node> node;
    bool is_alive = true;
    bool finds_rendezvous = true;
    std::uint32_t connection = 0;                  // at the rendezvous; 0 = none
    std::map<LinkId, std::string> own_text, their_text;
    std::set<LinkId> has_candidate;                // of theirs
    std::map<LinkId, std::pair<std::size_t, LinkId>> wires;  // links that are up: to whom
    std::vector<DeliverFrame> heard;
    std::vector<DeliverNote> notes;
    std::map<PeerNumber, std::string> names;       // who is here now
    std::map<PeerNumber, LinkState> link_states;
    std::map<PeerNumber, bool> muted;
    std::vector<LeaveReason> left;
    std::vector<RendezvousState> rendezvous;
    std::vector<std::uint8_t> loss_reported;
    std::size_t control_messages_sent = 0, voice_messages_sent = 0;
    std::size_t links_created = 0, rendezvous_messages_sent = 0;
    Instant wake = Instant::never();

    std::set<std::string> who() const {
      std::set<std::string> all;
      for (const auto& [number, name] : names) all.insert(name);
      return all;
    }
  };

  explicit TestRoom(std::uint64_t seed) : random_(seed) {}

  std::size_t enter(const std::string& name, std::uint8_t identity = 0) {
    const auto index = people_.size();
    people_.emplace_back();
    Config config;
    config.room_secret = {7};
    config.identity_seed = {identity ? identity : static_cast<std::uint8_t>(100 + index)};
    for (auto& byte : config.entropy) byte = static_cast<std::uint8_t>(random_.next());
    config.name = name;
    config.wall_clock_ms = 1'000'000 + static_cast<std::uint64_t>(now_.in_us() / 1000) + index;
    people_[index].node = std::make_unique<Node>(config, now_);
    drain(index);
    return index;
  }

  Person& person(std::size_t index) { return people_[index]; }
  Instant now() const { return now_; }

  void speak(std::size_t index, std::uint8_t tag, bool ends_spurt = false) {
    people_[index].node->speak(Bytes(80, tag), ends_spurt, now_);
    drain(index);
  }
  Published publish(std::size_t index, const std::string& text) {
    const auto published = people_[index].node->publish(base::as_bytes(text), now_);
    drain(index);
    return published;
  }
  void command(std::size_t index, const std::function<void(Node&)>& act) {
    act(*people_[index].node);
    drain(index);
  }
  void leave(std::size_t index) {
    command(index, [&](Node& node) { node.leave(now_); });
    people_[index].is_alive = false;
  }
  // Silent death: the rendezvous sees the connection break, the links just go quiet.
  void kill(std::size_t index) {
    people_[index].is_alive = false;
    people_[index].wake = Instant::never();
    disconnect(index);
  }
  void cut(std::size_t a, std::size_t b) { cut_.insert(std::minmax(a, b)); }  // the pair cannot reach each other
  // As `cut`, in mid-call: the first one's end notices at once, the other's when it hears of it.
  void break_link(std::size_t a, std::size_t b) {
    cut(a, b);
    for (const auto& wire : std::map(people_[a].wires)) {  // no structured binding: clang 14 cannot capture those
      if (wire.second.first != b) continue;
      people_[a].wires.erase(wire.first);
      act(a, [&](Node& n) { n.handle_link_closed(wire.first, now_); });
      later(30, [this, b, other = wire.second.second] {
        if (people_[b].wires.erase(other)) act(b, [&](Node& n) { n.handle_link_closed(other, now_); });
      });
    }
  }
  void mend(std::size_t a, std::size_t b) { cut_.erase(std::minmax(a, b)); }
  void stop_rendezvous() {
    is_rendezvous_up_ = false;
    for (std::size_t i = 0; i < people_.size(); ++i) {
      if (people_[i].connection == 0) continue;
      disconnect(i);
      if (people_[i].is_alive) later(1, [this, i] { act(i, [&](Node& n) { n.handle_rendezvous_closed(now_); }); });
    }
  }
  void start_rendezvous() { is_rendezvous_up_ = true; }

  // The hostile rendezvous: given each relayed blob, says what is delivered instead.
  std::function<std::vector<Bytes>(const Bytes&)> tamper = [](const Bytes& blob) { return std::vector<Bytes>{blob}; };
  std::vector<Bytes> seen_by_rendezvous;
  void inject(std::size_t to, std::uint32_t from_connection, const Bytes& blob) {
    say(to, wire::rendezvous::Relayed{{from_connection}, blob});
  }
  void inject_on_link(std::size_t to, LinkId link, Channel channel, const Bytes& message) {
    act(to, [&](Node& n) { n.handle_link_message(link, channel, message, now_); });
  }

  // Every byte string that crosses a link; may drop it.
  std::function<bool(std::size_t from, Channel channel, const Bytes& message)> lets_pass =
      [](std::size_t, Channel, const Bytes&) { return true; };
  std::function<void(std::size_t to, std::size_t from, const Bytes& message)> on_arrival =
      [](std::size_t, std::size_t, const Bytes&) {};
  std::int64_t link_set_up_ms = 60;  // from the answer to both channels open
  bool is_channel_stuck = false;  // voice channels take messages and move none

  void run_for(base::Duration time) {
    const Instant end = now_ + time;
    while (true) {
      Instant next = events_.empty() ? Instant::never() : events_.top().at;
      std::optional<std::size_t> sleeper;
      for (std::size_t i = 0; i < people_.size(); ++i) {
        if (people_[i].is_alive && people_[i].wake < next) {
          next = people_[i].wake;
          sleeper = i;
        }
      }
      if (next > end) break;
      now_ = std::max(now_, next);
      if (sleeper) {
        act(*sleeper, [&](Node& n) { n.handle_time(now_); });
      } else {
        auto event = events_.top();
        events_.pop();
        event.act();
      }
    }
    now_ = end;
  }

 private:
  struct Event {
    Instant at;
    std::uint64_t order;
    std::function<void()> act;
    bool operator<(const Event& other) const { return std::tie(at, order) > std::tie(other.at, other.order); }
  };

  void later(std::int64_t ms, std::function<void()> act) {
    events_.push({now_ + base::Duration::ms(ms), ++order_, std::move(act)});
  }

  void act(std::size_t i, const std::function<void(Node&)>& what) {
    if (!people_[i].is_alive) return;
    what(*people_[i].node);
    drain(i);
  }

  void drain(std::size_t i) {
    while (auto output = people_[i].node->poll()) std::visit([&](auto& o) { on(i, o); }, *output);
    people_[i].wake = people_[i].node->next_deadline();
  }

  // --- rendezvous ---
  void on(std::size_t i, OpenRendezvous&) {
    later(20, [this, i] {
      if (!is_rendezvous_up_ || !people_[i].finds_rendezvous) return act(i, [&](Node& n) { n.handle_rendezvous_closed(now_); });
      act(i, [&](Node& n) { n.handle_rendezvous_open(now_); });
    });
  }
  void on(std::size_t i, CloseRendezvous&) { disconnect(i); }
  void on(std::size_t i, SendRendezvous& o) {
    ++people_[i].rendezvous_messages_sent;
    later(10, [this, i, message = o.message] {
      if (!is_rendezvous_up_ || !people_[i].is_alive) return;
      const auto decoded = wire::rendezvous::decode_from_client(message);
      GROVE_ASSERT(decoded);
      if (std::holds_alternative<wire::rendezvous::Join>(*decoded)) return join(i);
      const auto& relay = std::get<wire::rendezvous::Relay>(*decoded);
      seen_by_rendezvous.push_back(relay.blob);
      for (std::size_t to = 0; to < people_.size(); ++to) {
        const bool is_meant = relay.to.value == 0 || people_[to].connection == relay.to.value;
        if (to == i || people_[to].connection == 0 || !is_meant) continue;
        for (const Bytes& blob : tamper(relay.blob)) say(to, wire::rendezvous::Relayed{{people_[i].connection}, blob});
      }
    });
  }
  void join(std::size_t i) {
    wire::rendezvous::Welcome welcome{{++connections_}, {}, {}};
    for (const auto& other : people_) {
      if (other.connection) welcome.present.push_back({other.connection});
    }
    people_[i].connection = connections_;
    for (std::size_t to = 0; to < people_.size(); ++to) {
      if (to != i && people_[to].connection) say(to, wire::rendezvous::Entered{{connections_}});
    }
    say(i, welcome);
  }
  void disconnect(std::size_t i) {
    const auto connection = std::exchange(people_[i].connection, 0);
    if (!connection) return;
    for (std::size_t to = 0; to < people_.size(); ++to) {
      if (people_[to].connection) say(to, wire::rendezvous::Gone{{connection}});
    }
  }
  void say(std::size_t to, const wire::rendezvous::FromServer& message) {
    later(10, [this, to, bytes = wire::rendezvous::encode(message)] {
      act(to, [&](Node& n) { n.handle_rendezvous_message(bytes, now_); });
    });
  }

  // --- links ---
  void on(std::size_t i, CreateLink& o) {
    ++people_[i].links_created;
    if (o.role == LinkRole::kOffers) describe(i, o.link, SignalKind::kOffer);
  }
  void describe(std::size_t i, LinkId link, SignalKind kind) {
    const std::string text = "a=fingerprint:" + std::to_string(i) + "/" + std::to_string(link.value);
    people_[i].own_text[link] = text;
    later(2, [this, i, link, kind, text] {
      act(i, [&](Node& n) { n.handle_signal(link, kind, text, now_); });
      act(i, [&](Node& n) { n.handle_signal(link, SignalKind::kCandidate, "candidate of " + std::to_string(i), now_); });
    });
  }
  void on(std::size_t i, ApplySignal& o) {
    if (o.kind == SignalKind::kCandidate) {
      people_[i].has_candidate.insert(o.link);
    } else {
      people_[i].their_text[o.link] = o.text;
    }
    if (o.kind == SignalKind::kOffer) describe(i, o.link, SignalKind::kAnswer);
    for (std::size_t j = 0; j < people_.size(); ++j) {
      if (j == i || !people_[j].is_alive || cut_.contains(std::minmax(i, j))) continue;
      for (const auto& [link, text] : people_[j].own_text) {
        if (!is_match(people_[i], o.link, people_[j], link) || people_[i].wires.contains(o.link)) continue;
        connect(i, o.link, j, link);
        break;
      }
    }
  }
  // Each holds the other's description and knows where to find it.
  static bool is_match(const Person& one, LinkId link, const Person& other, LinkId at_other) {
    const auto text = [](const std::map<LinkId, std::string>& texts, LinkId of) {
      const auto found = texts.find(of);
      return found == texts.end() ? std::string() : found->second;
    };
    const bool is_mutual = text(one.own_text, link) == text(other.their_text, at_other) && text(other.own_text, at_other) == text(one.their_text, link);
    return is_mutual && !text(one.own_text, link).empty() && !text(other.own_text, at_other).empty() &&
           one.has_candidate.contains(link) && other.has_candidate.contains(at_other);
  }
  void connect(std::size_t i, LinkId link, std::size_t j, LinkId other) {
    people_[i].wires[link] = {j, other};
    people_[j].wires[other] = {i, link};
    later(link_set_up_ms, [this, i, link] { act(i, [&](Node& n) { n.handle_link_open(link, now_); }); });
    later(link_set_up_ms + 10, [this, j, other] { act(j, [&](Node& n) { n.handle_link_open(other, now_); }); });
  }
  void on(std::size_t i, CloseLink& o) {
    const auto wire = people_[i].wires.find(o.link);
    if (wire == people_[i].wires.end()) return;
    const auto j = wire->second.first;  // no structured binding: clang 14 cannot capture those
    const auto other = wire->second.second;
    people_[i].wires.erase(wire);
    later(40, [this, j = j, other = other] {
      if (people_[j].wires.erase(other)) act(j, [&](Node& n) { n.handle_link_closed(other, now_); });
    });
  }
  void on(std::size_t i, SendOnLink& o) {
    ++(o.channel == Channel::kVoice ? people_[i].voice_messages_sent : people_[i].control_messages_sent);
    if (o.channel == Channel::kVoice) {
      const std::size_t waiting = is_channel_stuck ? stuck_bytes_ += o.message.size() : 0;
      people_[i].node->handle_link_buffered(o.link, waiting, now_);
    }
    const auto wire = people_[i].wires.find(o.link);
    if (wire == people_[i].wires.end() || !lets_pass(i, o.channel, o.message)) return;
    const auto [j, other] = wire->second;
    if (cut_.contains(std::minmax(i, j))) return;
    later(30, [this, i, j = j, other = other, channel = o.channel, message = o.message] {
      if (!people_[j].wires.contains(other)) return;
      on_arrival(j, i, message);
      act(j, [&](Node& n) { n.handle_link_message(other, channel, message, now_); });
    });
  }

  // --- what the app shows ---
  void on(std::size_t i, DeliverFrame& o) { people_[i].heard.push_back(o); }
  void on(std::size_t i, DeliverNote& o) { people_[i].notes.push_back(o); }
  void on(std::size_t i, RendezvousChanged& o) { people_[i].rendezvous.push_back(o.state); }
  void on(std::size_t i, PeerJoined& o) {
    GROVE_ASSERT(!people_[i].names.contains(o.peer));
    people_[i].names[o.peer] = o.name;
    people_[i].muted[o.peer] = o.is_muted;
  }
  void on(std::size_t i, PeerChanged& o) {
    people_[i].names[o.peer] = o.name;
    people_[i].muted[o.peer] = o.is_muted;
  }
  void on(std::size_t i, PeerLeft& o) {
    people_[i].names.erase(o.peer);
    people_[i].left.push_back(o.reason);
  }
  void on(std::size_t i, PeerLinkChanged& o) { people_[i].link_states[o.peer] = o.state; }
  void on(std::size_t i, LossReported& o) { people_[i].loss_reported.push_back(o.percent); }
  void on(std::size_t, IceServers&) {}

  base::Random random_;
  Instant now_ = Instant::from_us(1'000'000);
  std::vector<Person> people_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  std::uint32_t connections_ = 0;
  bool is_rendezvous_up_ = true;
  std::size_t stuck_bytes_ = 0;
};

}  // namespace grove::node
