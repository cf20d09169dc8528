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
      sealer_({}, {}),
      next_record_(now),
      next_digest_(now + kDigestEvery),
      last_seen_(now) {
  own_.public_key = me_.identity.public_key();
  own_.incarnation = me_.incarnation;
  own_.sending_salt = keys_.take<16>();
  own_.copies_max = config.copies_cap ? config.copies_cap : kCopiesMax;
  own_.role = config.role;
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
}

void Node::State::settle(Instant now) {
  if (has_left_) return;
  on_rendezvous_outputs(now);
  on_introductions(now);
  on_rendezvous_outputs(now);  // what the introductions had to send
}

std::optional<Output> Node::State::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

Instant Node::State::next_deadline() const {
  if (has_left_) return Instant::never();
  Instant deadline = std::min(rendezvous_.next_deadline(), introducer_.next_deadline());
  for (const auto& [id, link] : links_) {
    if (link.is_open) deadline = std::min(deadline, link.pulse.next_deadline());
  }
  if (is_own_record_stale_) deadline = std::min(deadline, next_record_);
  return std::min(deadline, next_digest_);
}

Node::State::Link* Node::State::open_link_of(const PeerId& peer) {
  const auto member = members_.find(peer);
  if (member == members_.end() || !member->second.link) return nullptr;
  return &links_.at(*member->second.link);
}

std::vector<PeerId> Node::State::linked_peers() const {
  std::vector<PeerId> peers;
  for (const auto& [peer, member] : members_) {
    if (member.link) peers.push_back(peer);
  }
  return peers;
}

std::uint8_t Node::State::loss_from(const PeerId& peer) const {
  const auto member = members_.find(peer);
  return member == members_.end() ? 0 : member->second.loss.percent();
}

void Node::State::send_control(LinkId link, const wire::LinkMessage& message) {
  emit(SendOnLink{link, Channel::kControl, wire::encode(message)});
}

void Node::State::tell_link_state(const PeerId& peer, LinkState state) {
  Member& member = members_.at(peer);
  member.state = state;
  const auto rtt = member.link ? links_.at(*member.link).pulse.rtt() : std::nullopt;
  member.told_rtt = rtt;
  emit(PeerLinkChanged{member.number, state, rtt});
}

}  // namespace grove::node
