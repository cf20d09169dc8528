#include "node/node.h"

#include "node/state.h"

namespace grove::node {

Node::Node(const Config& config, Instant now) : state_(std::make_unique<State>(config, now)) {
  state_->start(now);
  state_->settle(now);
}
Node::~Node() = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(Node&&) noexcept = default;

void Node::handle_rendezvous_open(Instant now) {
  state_->observe(now);
  state_->rendezvous_.handle_open(now);
  state_->settle(now);
}

void Node::handle_rendezvous_message(ByteView message, Instant now) {
  state_->observe(now);
  if (!state_->rendezvous_.handle_message(message, now)) ++state_->stats_.messages_refused;
  state_->settle(now);
}

void Node::handle_rendezvous_closed(Instant now) {
  state_->observe(now);
  state_->rendezvous_.handle_closed(now);
  state_->introducer_.handle_rendezvous_closed(now);
  state_->settle(now);
}

void Node::handle_signal(LinkId link, SignalKind kind, std::string_view text, Instant now) {
  state_->observe(now);
  state_->introducer_.handle_own_signal(link, kind, text, state_->own_signed_);
  state_->settle(now);
}

void Node::handle_link_open(LinkId link, Instant now) {
  state_->observe(now);
  state_->on_link_open(link, now);
  state_->settle(now);
}

void Node::handle_link_closed(LinkId link, Instant now) {
  state_->observe(now);
  state_->on_link_closed(link, now);
  state_->settle(now);
}

void Node::handle_link_message(LinkId link, Channel channel, ByteView message, Instant now) {
  state_->observe(now);
  state_->on_link_message(link, channel, message, now);
  state_->settle(now);
}

void Node::handle_link_buffered(LinkId link, std::size_t bytes, Instant now) {
  state_->observe(now);
  const auto known = state_->links_.find(link);
  if (known == state_->links_.end()) return;
  known->second.voice.handle_buffered(bytes);
  state_->flush_voice(link, now);
  std::size_t waiting = 0;
  for (const auto& [id, other] : state_->links_) waiting += other.voice.below_bytes();
  state_->uplink_.handle_buffered(waiting, now);
}

void Node::handle_time(Instant now) {
  state_->observe(now);
  state_->on_time(now);
  state_->settle(now);
}

void Node::speak(ByteView frame, bool ends_spurt, Instant now) {
  state_->observe(now);
  state_->speak(frame, ends_spurt, now);
}

void Node::set_name(std::string_view name, Instant now) {
  state_->observe(now);
  state_->own_.name = wire::fit_name(name);
  state_->change_own_record(State::Urgency::kAtOnce, now);
}

void Node::set_muted(bool is_muted, Instant now) {
  state_->observe(now);
  state_->own_.is_muted = is_muted;
  state_->change_own_record(State::Urgency::kAtOnce, now);
}

void Node::set_role(wire::Role role, Instant now) {
  state_->observe(now);
  state_->own_.role = role;
  state_->uplink_.handle_role(role);
  state_->change_own_record(State::Urgency::kGained, now);
}

void Node::set_blocked(const PeerId& peer, bool is_blocked, Instant now) {
  state_->observe(now);
  state_->set_blocked(peer, is_blocked, now);
  state_->settle(now);
}

void Node::set_withheld(const PeerId& peer, bool is_withheld, Instant now) {
  state_->observe(now);
  state_->set_withheld(peer, is_withheld, now);
  state_->settle(now);
}

Published Node::publish(ByteView body, Instant now) {
  state_->observe(now);
  const Published published = state_->publish(body, now);
  state_->settle(now);
  return published;
}

void Node::leave(Instant now) {
  state_->observe(now);
  state_->leave(now);
}

std::optional<Output> Node::poll() { return state_->poll(); }
Instant Node::next_deadline() const { return state_->next_deadline(); }
PeerId Node::id() const { return state_->me_.self(); }
RoomView Node::view() const { return state_->view(state_->last_seen_); }
const Stats& Node::stats() const { return state_->stats_; }

}  // namespace grove::node
