// Links: what comes over them, and whether they live.
#include <algorithm>
#include <utility>

#include "base/on.h"
#include "node/state.h"

namespace grove::node {
namespace {

using base::Duration;
using base::On;
using overlay::TreeKeeper;

// A round-trip time is worth telling the app when it moved by a tenth and a millisecond.
bool is_worth_showing(const std::optional<Duration>& told, Duration rtt) {
  if (!told) return true;
  const std::int64_t moved = std::abs((rtt - *told).in_us());
  return moved > Duration::ms(1).in_us() && moved > told->in_us() / 10;
}

// And worth telling the room when it moved by max(10 ms, 20 %): DESIGN §4 Timers. Or when it was not known yet.
bool is_worth_publishing(std::uint16_t told_tenth_ms, Duration rtt) {
  const int moved = std::abs(int{told_tenth_ms} - static_cast<int>(rtt.in_us() / 100));
  return told_tenth_ms == 0 || moved > std::max(100, told_tenth_ms / 5);
}

constexpr int kLossWorthPublishing = 2;  // percent; a guess

}  // namespace

void Node::State::on_link_open(LinkId link, Instant now) {
  const auto opened = links_.find(link);
  if (opened == links_.end() || opened->second.is_open) return;
  const PeerId peer = opened->second.peer;
  const auto member = members_.find(peer);
  if (member == members_.end()) return;  // nobody we met: the introduction never finished

  opened->second.is_open = true;
  opened->second.pulse = room::LinkPulse(now);
  pulses_due_ = now;
  // One that replaces another is known to the room.
  if (const Link* old = open_link_of(peer)) opened->second.has_word = old->has_word && !blocks_.is_apart(peer);
  // The new link first, so that closing the old one leaves no gap.
  member->second.link = link;
  introducer_.handle_link_open(link, now);
  on_introductions(now);
  if (const auto aside = asides_.find(peer); aside != asides_.end()) {
    close_link(aside->second.link);
    asides_.erase(aside);
  }
  send_control(link, blocks_.word_to(peer));  // first of all
  if (blocks_.is_apart(peer)) {
    tell_link_state(peer, LinkState::kConnected);
    return set_aside(peer, now);
  }
  join_link(link, now);
}

// From here on the link carries gossip, and what is being said.
void Node::State::join_link(LinkId link, Instant now) {
  const PeerId peer = links_.at(link).peer;
  const bool is_stranger = !map_.has_in_reach(peer);
  tell_link_state(peer, LinkState::kConnected);
  if (links_.at(link).has_word) claim_link(peer, now);
  greet(link, is_stranger, now);
  notes_.notes().handle_link_open(peer, now);
  on_map_changed(TreeKeeper::Change::kJoin, now);
  take_places(now);
  welcome(peer, now);
}

// The room is told of it.
void Node::State::claim_link(const PeerId& peer, Instant now) {
  // A link to somebody whom no other joins to us makes one room of two.
  const bool joins_two_rooms = !map_.has_in_reach(peer);
  if (joins_two_rooms) {
    change_own_record(Urgency::kAtOnce, now);
  } else if (own_.links.size() < kLinksFirst || has_hardly_a_link(peer)) {
    change_own_record(Urgency::kFirst, now);
  } else if (!is_large_room() || own_.links.size() < kLinksFew) {
    change_own_record(Urgency::kGained, now);
  }
}

// A link's first word says whether it is one that the room may know of.
void Node::State::on_word(LinkId from, const wire::Hearing& hearing, Instant now) {
  const PeerId peer = links_.at(from).peer;
  const bool is_first = !std::exchange(links_.at(from).has_word, true);
  on_hearing(peer, hearing, now);
  const auto member = members_.find(peer);
  if (!is_first || member == members_.end() || member->second.link != from) return;
  claim_link(peer, now);
  if (own_.claim_of(peer)) send_own_record(from);  // the room hears of it when it is due, this end at once
}

void Node::State::on_link_closed(LinkId link, Instant now) {
  const auto closed = links_.find(link);
  if (closed == links_.end()) return;
  const PeerId peer = closed->second.peer;
  const bool was_open = closed->second.is_open;
  const bool was_aside = is_aside(link);
  links_.erase(closed);
  emit(CloseLink{link});
  introducer_.handle_link_closed(link, now);
  if (was_aside) {
    if (asides_.at(peer).is_only_way) notes_.notes().handle_link_closed(peer, now);
    asides_.erase(peer);
    keep_asides(now);
    forget_link_in_trees(peer, now);
    count_due_ = now;
  }

  const auto member = members_.find(peer);
  if (member == members_.end()) return;
  if (member->second.link == link) {
    member->second.link.reset();
    tell_link_state(peer, LinkState::kConnecting);
    on_peer_unlinked(peer, TreeKeeper::Change::kFailure, now);
  } else if (!was_open && !member->second.link) {
    neighbours_.handle_failed(peer, now);
    if (member->second.state == LinkState::kConnecting) tell_link_state(peer, LinkState::kFailed);
  }
}

void Node::State::on_peer_unlinked(const PeerId& peer, TreeKeeper::Change change, Instant now) {
  forget_link_in_trees(peer, now);
  notes_.notes().handle_link_closed(peer, now);
  tell_unlinked(peer, change, now);
}

void Node::State::forget_link_in_trees(const PeerId& peer, Instant now) {
  own_stream_.tree.handle_peer_gone(peer);
  for (auto& [source, stream] : streams_) {
    stream.tree.handle_peer_gone(peer);
    stream.intake.handle_peer_gone(peer, now);
    drain_stream(source, stream, now);
  }
}

void Node::State::tell_unlinked(const PeerId& peer, TreeKeeper::Change change, Instant now) {
  // Over a link that only one end claims nobody has planned; a large room, where it costs everybody, need not know at once.
  const bool was_withdrawn = withdrawn_.erase(peer) > 0;
  const bool was_told = !was_withdrawn && (!is_large_room() || (own_.claim_of(peer) && map_.are_linked(me_.self(), peer)));
  tell_loss();
  change_own_record(was_told ? Urgency::kAtOnce : Urgency::kMeasured, now);
  on_map_changed(change, now);
}

void Node::State::close_link(LinkId link) {
  if (links_.erase(link) > 0) emit(CloseLink{link});
}

void Node::State::on_link_message(LinkId id, Channel channel, ByteView bytes, Instant now) {
  const auto known = links_.find(id);
  if (known == links_.end() || !known->second.is_open) return;
  Link& link = known->second;
  if (link.pulse.handle_heard(now)) review_doubts(now);

  auto message = wire::decode_link_message(bytes);
  const bool is_frame = message && std::holds_alternative<wire::FrameNews>(*message);
  const bool is_in_place = is_frame == (channel == Channel::kVoice);
  if (!message || !is_in_place || (!is_frame && !link.control_rate.try_take(1, now))) {
    ++stats_.messages_refused;
    return;
  }
  if (is_aside(id) && !may_pass_aside(link.peer, *message)) return;
  std::visit(On{
                 [&](const wire::RecordNews& m) { on_record(id, m.record, now); },
                 [&](const wire::RecordDelta& m) { on_delta(id, m, now); },
                 [&](const wire::MapHashes& m) { on_hashes(id, m, now); },
                 [&](const wire::Digest& m) { on_digest(id, m, now); },
                 [&](const wire::News& m) { want_newer(id, m.marks, now); },
                 [&](const wire::Want& m) { on_want(id, m, now); },
                 [&](const wire::PlanNews& m) { on_plan(id, m.plan, now); },
                 [&](const wire::PlanDelta& m) { on_plan_delta(id, m, now); },
                 [&](const wire::PlanRequest& m) { on_plan_request(id, m); },
                 [&](const wire::Beat& m) { on_beat(id, m, now); },
                 [&](const wire::Bye&) {
                   const PeerId peer = link.peer;
                   on_ended(peer, LeaveReason::kSaidBye, now);
                   introducer_.forget(peer);
                 },
                 [&](const wire::FrameNews& m) { on_frame(id, m, now); },
                 [&](const wire::Proof& m) { on_proof(id, m, now); },
                 [&](const wire::Have& m) { on_have(id, m, now); },
                 [&](const wire::Pull& m) { on_pull(id, m, now); },
                 [&](const wire::Stop& m) { on_stop(id, m, now); },
                 [&](const wire::Stall& m) { on_stall(id, m, now); },
                 [&](wire::Routed& m) { on_routed(id, std::move(m), now); },
                 [&](const wire::NoteNews& m) { on_note(id, m, now); },
                 [&](const wire::NoteDigest& m) { on_note_digest(id, m, now); },
                 [&](const wire::NoteWant& m) { on_note_want(id, m, now); },
                 [&](const wire::Hearing& m) { on_word(id, m, now); },
             },
             *message);
}

void Node::State::on_beat(LinkId from, const wire::Beat& beat, Instant now) {
  Link& link = links_.at(from);
  const bool was_measured = link.pulse.rtt().has_value();
  link.pulse.handle_beat(beat, now);
  pulses_due_ = std::min(pulses_due_, link.pulse.next_deadline());
  const auto member = members_.find(link.peer);
  const auto rtt = link.pulse.rtt();
  if (member == members_.end() || carrier_of(link.peer) != from) return;
  uplink_.handle_child_loss(link.peer, beat.loss_percent, now);
  if (std::exchange(member->second.their_loss_percent, beat.loss_percent) != beat.loss_percent) tell_loss();
  if (!rtt) return;
  if (is_worth_showing(member->second.told_rtt, *rtt)) tell_link_state(link.peer, LinkState::kConnected);
  if (is_aside(from)) return;  // for the room it is not there
  if (const auto* record = map_.find(link.peer)) whereabouts_.handle_rtt(record->record.coordinate, *rtt);
  if (!was_measured) {
    if (!own_.claim_of(link.peer)) change_own_record(Urgency::kGained, now);
    take_places(now);
  }

  const wire::LinkClaim* claim = own_.claim_of(link.peer);
  const bool is_news = claim &&
                       (is_worth_publishing(claim->rtt_tenth_ms, *rtt) ||
                        std::abs(claim->loss_percent - member->second.loss.percent()) >= kLossWorthPublishing);
  if (is_news || whereabouts_.is_worth_telling(own_.coordinate) || uplink_.is_worth_telling(own_.copies_max, own_.copies_at_once)) {
    const bool is_first = claim && claim->rtt_tenth_ms == 0;
    change_own_record(is_first ? Urgency::kGained : Urgency::kMeasured, now);
    keeper_.handle_map_changed(TreeKeeper::Change::kOther, now);
  }
}

void Node::State::tell_loss() {
  std::uint8_t worst = 0;
  for (const auto& [peer, member] : members_) {
    if (member.link) worst = std::max(worst, member.their_loss_percent);
  }
  if (worst == told_loss_percent_) return;
  told_loss_percent_ = worst;
  emit(LossReported{worst});
}

void Node::State::review_doubts(Instant now) {
  std::vector<PeerId> doubtful;
  for (const auto& [id, link] : links_) {
    // Whoever claims the link no more may just have closed it.
    if (link.is_open && link.pulse.is_doubted() && map_.are_linked(me_.self(), link.peer)) doubtful.push_back(link.peer);
  }
  if (!doubtful.empty() && doubtful.size() * kAlarmShare >= linked_peers().size()) {
    own_stream_.tree.relay.handle_alarm(now + kAlarmFor, now);
    for (auto& [source, stream] : streams_) {
      stream.tree.relay.handle_alarm(now + kAlarmFor, now);
      streams_due_ = now;
    }
  }
  keeper_.set_doubtful(std::move(doubtful), now);
  take_places(now);
}

void Node::State::take_places(Instant now) {
  for (auto& [source, stream] : streams_) {
    take_place(source, stream, now);
    drain_stream(source, stream, now);
  }
}

void Node::State::keep_pulses(Instant now) {
  if (now < pulses_due_) return;
  std::vector<LinkId> dead;
  bool has_doubts = false;
  for (auto& [id, link] : links_) {
    if (!link.is_open) continue;
    has_doubts |= link.pulse.take_doubt(now);
    if (link.pulse.is_dead(now)) {
      dead.push_back(id);
    } else if (const auto beat = link.pulse.poll_beat(loss_from(link.peer), now)) {
      send_control(id, *beat);
    }
  }
  for (const LinkId id : dead) on_link_closed(id, now);
  if (has_doubts || !dead.empty()) review_doubts(now);
  pulses_due_ = Instant::never();
  for (const auto& [id, link] : links_) {
    if (link.is_open) pulses_due_ = std::min(pulses_due_, link.pulse.next_deadline());
  }
}

}  // namespace grove::node
