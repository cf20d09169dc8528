// Who is here: those whom we have met, and those to whom the map shows a chain of links.
#include <algorithm>
#include <utility>

#include "node/state.h"

namespace grove::node {

using overlay::TreeKeeper;
using room::Introducer;

namespace {

bool claims_beyond(const wire::Record& more, const wire::Record& less) {
  return std::any_of(more.links.begin(), more.links.end(), [&](const auto& claim) { return !less.claim_of(claim.to); });
}

}  // namespace

void Node::State::on_met(const Introducer::Met& met, Instant now) {
  learn_record(met.peer, met.record, now);
  const auto* known = map_.find(met.peer);
  add_member(met.peer, known ? known->record : met.record.record, now);
}

void Node::State::add_member(const PeerId& peer, const wire::Record& record, Instant now) {
  if (members_.contains(peer)) return;
  listening_.learn_source(peer, record);  // forgotten when they were lost, though their record need not have changed since
  Member member{{++peer_numbers_}, record.incarnation, record.name, record.is_muted,
                {}, LinkState::kConnecting, {}, base::TokenBucket(kFrameRate, now), {}, 0, {}, base::TokenBucket(kHearingRate, now)};
  emit(PeerJoined{member.number, peer, member.is_muted, member.name});
  members_.emplace(peer, std::move(member));
  tell_link_state(peer, LinkState::kConnecting);
  blocks_.handle_met(peer, last_seen_);
}

void Node::State::on_ended(const PeerId& peer, LeaveReason reason, Instant now) {
  const auto member = members_.find(peer);
  if (member == members_.end()) return;
  const bool was_linked = member->second.link.has_value();
  if (const auto aside = asides_.find(peer); aside != asides_.end()) {
    if (aside->second.is_only_way) notes_.notes().handle_link_closed(peer, now);
    close_link(aside->second.link);
    asides_.erase(aside);
    keep_asides(now);
    forget_link_in_trees(peer, now);
  }
  emit(PeerLeft{member->second.number, reason});
  members_.erase(member);
  listening_.forget_source(peer);
  streams_.erase(peer);
  meant_.erase(peer);
  notes_.notes().forget_tree(peer);
  if (was_linked) on_peer_unlinked(peer, reason == LeaveReason::kSaidBye ? TreeKeeper::Change::kLeave : TreeKeeper::Change::kFailure, now);
}

bool Node::State::learn_record(const PeerId& author, const wire::SignedRecord& record, Instant now) {
  const auto member = members_.find(author);
  if (member != members_.end() && member->second.incarnation < record.record.incarnation) {
    on_ended(author, LeaveReason::kLost, now);  // their own word that the run we know is over
  }
  if (blocks_.forget_words_of(author, record.record.incarnation)) on_block_changed(author, now);
  const auto* before = map_.find(author);
  // A link carries trees while both ends claim it: the second claim, which takes half a round trip, is what makes it one,
  // and the first of the two that falls away ends it, long before the map forgets who died.
  auto change = TreeKeeper::Change::kOther;
  if (!before || claims_beyond(record.record, before->record)) change = TreeKeeper::Change::kJoin;
  if (before && claims_beyond(before->record, record.record)) change = TreeKeeper::Change::kFailure;
  const bool has_shrunk = before && (record.record.copies_max < before->record.copies_max ||
                                     record.record.copies_at_once < before->record.copies_at_once);
  if (map_.merge(author, record, now) != overlay::Map::Merged::kNews) return false;
  if (record.record.is_leaving) {
    on_map_changed(TreeKeeper::Change::kLeave, now);
    on_ended(author, LeaveReason::kSaidBye, now);
    introducer_.forget(author);
    return true;
  }
  listening_.learn_source(author, record.record);
  on_map_changed(change, now);
  if (has_shrunk) keeper_.handle_shrunk(map_, now);

  const auto still = members_.find(author);
  if (still == members_.end()) return true;
  Member& known = still->second;
  if (known.name == record.record.name && known.is_muted == record.record.is_muted) return true;
  known.name = record.record.name;
  known.is_muted = record.record.is_muted;
  emit(PeerChanged{known.number, author, known.is_muted, known.name});
  return true;
}

// A record alone proves nothing: it may be an old one that somebody repeats. Whoever those present have links to is here.
void Node::State::count_members(Instant now) {
  if (now < count_due_) return;
  count_due_ = Instant::never();
  door_due_ = now;
  const overlay::Graph& room = graph();
  std::vector<bool> is_reached(room.size(), false);
  std::vector<overlay::Graph::Index> frontier;
  const auto reach = [&](const PeerId& peer, bool leads_on) {
    const auto place = room.find(peer);
    if (!place) return;
    is_reached[*place] = true;
    if (leads_on) frontier.push_back(*place);
  };
  const std::vector<PeerId> linked = linked_peers();
  reach(me_.self(), true);
  for (const PeerId& peer : linked) reach(peer, true);  // whose record may not tell of it yet
  // A part of the room that no listed link joins to ours. Its voices come over links of their own to our part: to somebody who
  // is alone in it nobody's leads but those we see here, and they pass on nothing to us.
  for (const PeerId& peer : only_ways()) reach(peer, !linked.empty());
  while (!frontier.empty()) {
    const auto peer = frontier.back();
    frontier.pop_back();
    for (const auto& link : room.links(peer)) {
      if (is_reached[link.to]) continue;
      is_reached[link.to] = true;
      frontier.push_back(link.to);
    }
  }

  for (overlay::Graph::Index i = 0; i < room.size(); ++i) {
    const PeerId& peer = room.peer(i).id;
    if (!is_reached[i] || peer == me_.self()) continue;
    add_member(peer, map_.find(peer)->record, now);
    Member& member = members_.at(peer);
    member.missing_since.reset();
    if (!member.link && member.state != LinkState::kConnected) tell_link_state(peer, LinkState::kConnected);
  }

  std::vector<PeerId> lost;
  for (auto& [peer, member] : members_) {
    const auto place = room.find(peer);
    if (carrier_of(peer) || (place && is_reached[*place])) {
      member.missing_since.reset();
      continue;
    }
    if (!member.missing_since) {
      member.missing_since = now;
      if (member.state == LinkState::kConnected) tell_link_state(peer, LinkState::kConnecting);
    }
    const Instant end = *member.missing_since + kMissingFor;
    if (introducer_.is_present(peer)) continue;
    if (now >= end) {
      lost.push_back(peer);
    } else {
      count_due_ = std::min(count_due_, end);
    }
  }
  for (const PeerId& peer : lost) on_ended(peer, LeaveReason::kLost, now);
  review_asides(now);
}

base::Duration Node::State::count_spacing() const {
  return std::max(kCountEvery, kCountPerPeer * static_cast<std::int64_t>(members_.size()));
}

void Node::State::tell_link_state(const PeerId& peer, LinkState state) {
  Member& member = members_.at(peer);
  // Whoever is blocked sees nothing of it.
  if (asides_.contains(peer)) state = LinkState::kConnected;
  member.state = state;
  const auto link = carrier_of(peer);
  const auto rtt = link ? links_.at(*link).pulse.rtt() : std::nullopt;
  member.told_rtt = rtt;
  emit(PeerLinkChanged{member.number, state, rtt});
}

}  // namespace grove::node
