#include "node/state.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace grove::node {

Node::State::State(const Config& config, Instant now)
    : me_{crypto::Identity(config.identity_seed), crypto::RoomKeys(config.room_secret), {config.wall_clock_ms}},
      keys_(config.entropy),
      random_(keys_.take_u64()),
      rendezvous_({me_.keys.room_id()}, keys_.take_u64()),
      introducer_(me_, keys_, keys_.take_u64()),
      listening_(me_),
      map_(me_.self()),
      neighbours_(me_.self(), keys_.take_u64()),
      tree_links_(keys_.take_u64()),
      whereabouts_(keys_.take_u64()),
      uplink_(config.role, config.copies_cap, now),
      doorkeeper_(keys_.take_u64()),
      keeper_(me_.self(), me_.incarnation, uplink_.copies_max(), uplink_.copies_at_once()),
      notes_(me_, config.wall_clock_ms, random_.next(), now),
      blocks_(me_.incarnation),
      sealer_({}, {}),
      detours_rate_(kDetoursRate, now),
      next_record_(now),
      next_digest_(now + kDigestEvery),
      choose_due_(now),
      last_seen_(now) {
  own_.public_key = me_.identity.public_key();
  own_.incarnation = me_.incarnation;
  own_.sending_salt = keys_.take<16>();
  own_.role = config.role;
  own_.copies_max = uplink_.copies_max();
  own_.copies_at_once = uplink_.copies_at_once();
  own_.name = wire::fit_name(config.name);
  sealer_ = crypto::FrameSealer(me_.keys.sending_key(me_.self(), own_.sending_salt),
                                crypto::key_id_of(me_.self(), own_.sending_salt));
}

void Node::State::observe(Instant now) {
  GROVE_ASSERT(now >= last_seen_);
  const base::Duration gap = now - last_seen_;
  last_seen_ = now;
  if (gap <= room::LinkPulse::kSleptAfter) return;
  for (auto& [id, link] : links_) link.pulse.handle_own_sleep(gap);
  for (auto& [source, stream] : streams_) {
    stream.intake.handle_own_sleep(now);
    stream.proofs.forgive();
  }
}

void Node::State::settle(Instant now) {
  if (has_left_) return;
  on_rendezvous_outputs(now);
  on_introductions(now);
  on_rendezvous_outputs(now);  // what the introductions had to send
  if (uplink_.is_less_than(own_.copies_max, own_.copies_at_once)) change_own_record(Urgency::kAtOnce, now);
  say_hearings(now);
  drain_notes();
}

void Node::State::on_time(Instant now) {
  if (has_left_) return;
  rendezvous_.handle_time(now);
  introducer_.handle_time(now);
  keep_pulses(now);
  publish_record_when_due(now);
  gossip(now);
  count_members(now);
  choose_links(now);
  keep_the_door(now);
  plan_when_due(now);
  keep_streams(now);
  keep_notes(now);
  forget_unheard(now);
}

std::optional<Output> Node::State::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Instant Node::State::next_deadline() const {
  if (has_left_) return Instant::never();
  return std::min({rendezvous_.next_deadline(), introducer_.next_deadline(), keeper_.next_deadline(),
                               doorkeeper_.next_deadline(), next_digest_, next_news_, count_due_, choose_due_, door_due_,
                               pulses_due_, streams_due_, std::max(std::min(record_due_, gained_due_), next_record_),
                               own_stream_.next_deadline(), notes_.notes().next_deadline(), blocks_.next_deadline(), unheard_due()});
}

Node::State::Link* Node::State::open_link_of(const PeerId& peer) {
  const auto member = members_.find(peer);
  if (member == members_.end() || !member->second.link) return nullptr;
  return &links_.at(*member->second.link);
}

bool Node::State::is_doubtful(const PeerId& peer) {
  const Link* link = open_link_of(peer);
  return !link || link->pulse.is_doubted();
}

std::vector<PeerId> Node::State::linked_peers() const {
  std::vector<PeerId> peers;
  for (const auto& [peer, member] : members_) {
    if (member.link) peers.push_back(peer);
  }
  return peers;
}

std::vector<PeerId> Node::State::ways_out() const {
  std::vector<PeerId> peers = linked_peers();
  const std::vector<PeerId> beyond = only_ways();
  peers.insert(peers.end(), beyond.begin(), beyond.end());
  return peers;
}

std::vector<PeerId> Node::State::peers_aside() const {
  std::vector<PeerId> peers;
  for (const auto& [peer, aside] : asides_) peers.push_back(peer);
  return peers;
}

base::Duration Node::State::rtt_to(const PeerId& peer) const {
  const auto link = carrier_of(peer);
  return link ? links_.at(*link).pulse.rtt().value_or(kRttUnknown) : kRttUnknown;
}

std::uint8_t Node::State::loss_from(const PeerId& peer) const {
  const auto member = members_.find(peer);
  return member == members_.end() ? 0 : member->second.loss.percent();
}

void Node::State::send_control(LinkId link, const wire::LinkMessage& message) {
  emit(SendOnLink{link, Channel::kControl, wire::encode(message)});
}

void Node::State::send_control_to(const PeerId& peer, const wire::LinkMessage& message) {
  if (const auto link = carrier_of(peer)) send_control(*link, message);
}

const overlay::Graph& Node::State::graph() {
  if (!graph_) graph_.emplace(map_);
  return *graph_;
}

}  // namespace grove::node
