// Blocking (DESIGN §5): what we and others want to hear nothing of, and links of which the room is not told.
//
// Two of whom one blocks the other look to everybody else like two who cannot connect. If they have a link, it is set *aside*:
// for the room, for records, gossip, notes and link selection it is gone, and both go on trying in vain to make another. Over
// it go their words to each other, what plans from before still ask of it, and each one's own voice to a willing other whom
// nobody else can reach.
#include <algorithm>
#include <utility>

#include "node/state.h"

namespace grove::node {

using overlay::Relay;
using overlay::TreeKeeper;

void Node::State::set_blocked(const PeerId& peer, bool is_blocked, Instant now) {
  if (has_left_ || peer == me_.self() || !blocks_.set_blocked(peer, is_blocked, now)) return;
  notes_.notes().set_wanted(peer, !is_blocked, now);
  if (is_blocked) {
    unheard_[peer] = {now + rtt_by_way(peer).value_or(Relay::kLease) + kBeyondRtt, {}};
    if (const auto stream = streams_.find(peer); stream != streams_.end()) {
      const bool is_under_way = !stream->second.intake.is_silent() && !stream->second.tree.relay.is_needed();
      const std::vector<PeerId> senders = is_under_way ? stream->second.intake.senders() : std::vector<PeerId>{};
      for (const PeerId& sender : senders) decline(peer, sender, now);
      stream->second.intake = overlay::Intake(now);  // passed on, but missed no more
    }
  } else {
    unheard_.erase(peer);
  }
  on_block_changed(peer, now);
}

void Node::State::set_withheld(const PeerId& peer, bool is_withheld, Instant now) {
  if (has_left_ || peer == me_.self() || !blocks_.set_withheld(peer, is_withheld)) return;
  keep_from(peer, now);
}

void Node::State::on_hearing(const PeerId& from, const wire::Hearing& hearing, Instant now) {
  // Each change costs a plan and a record. What is not said back is said again.
  const auto member = members_.find(from);
  if (member == members_.end()) return;
  if (!hearing.is_echo && !member->second.hearing_rate.try_take(1, now)) return;
  if (blocks_.handle_hearing(from, hearing)) on_block_changed(from, now);
}

void Node::State::on_block_changed(const PeerId& peer, Instant now) {
  say_hearings(now);  // before anything that follows from it
  if (blocks_.is_apart(peer)) {
    set_aside(peer, now);
  } else {
    take_back(peer, now);
    seek_link(peer, now);
  }
  keep_from(peer, now);
}

// Our voice is for this peer, or no longer.
void Node::State::keep_from(const PeerId& peer, Instant now) {
  keeper_.set_no_send(blocks_.no_send(), now);
  plan_when_due(now);
  Tree& tree = own_stream_.tree;
  tree.relay.keep_ring_from(peer);
  if (tree.plan) take_duties(tree, now);  // a star's plan stays the same
  drain_own_stream(now);
}

void Node::State::say_hearings(Instant now) {
  while (const auto say = blocks_.poll(now)) {
    if (carrier_of(say->to)) {
      send_control_to(say->to, say->hearing);
    } else {
      say_over_others(*say);
    }
  }
}

// Where no link leads, by several ways at once that share nobody: when many block at once, links of a way may be gone that our
// map still has, and every 20 ms another frame comes. Our own links aside are surely there. Without a way: said again later.
void Node::State::say_over_others(const room::BlockList::Say& say) {
  std::vector<PeerId> used;  // by none of the next ways
  const auto say_over = [&](const std::vector<PeerId>& first, std::size_t ways) {
    std::size_t said = 0;
    for (; said < ways; ++said) {
      const auto hops = route_over(first, say.to, used);
      const auto envelope = hops ? seal_petition(say.to, say.hearing) : std::nullopt;
      if (!envelope) break;  // nor are they here: handle_met() says it again
      send_control_to(hops->front(), wire::Routed{*hops, *envelope});
      used.insert(used.end(), hops->begin(), hops->end() - 1);
    }
    return said;
  };
  const std::size_t ways = say.hearing.is_echo ? 2 : kWaysOfHearing;
  const std::size_t said = say_over(peers_aside(), ways / 2);
  say_over(linked_peers(), say.hearing.is_echo ? 1 : ways - said);
}

// The room hears that the link is gone; trees that run over it are left to their sources, which move everybody without a hole.
void Node::State::set_aside(const PeerId& peer, Instant now) {
  const auto member = members_.find(peer);
  if (member == members_.end() || !member->second.link) return;
  const LinkId link = *std::exchange(member->second.link, std::nullopt);
  asides_[peer] = {link};
  links_.at(link).news.clear();
  keep_asides(now);
  introducer_.handle_link_closed(link, now);
  notes_.notes().handle_link_closed(peer, now);
  tell_unlinked(peer, TreeKeeper::Change::kFailure, now);
  review_asides(now);
  for (auto& [source, stream] : streams_) take_place(source, stream, now);
}

void Node::State::keep_asides(Instant now) {
  std::vector<overlay::PlanInput::Aside> links;
  for (const auto& [peer, aside] : asides_) links.push_back({peer, rtt_to(peer)});
  keeper_.set_aside(std::move(links), now);
}

void Node::State::take_back(const PeerId& peer, Instant now) {
  const auto aside = asides_.find(peer);
  const auto member = members_.find(peer);
  if (aside == asides_.end() || member == members_.end()) return;
  const LinkId link = aside->second.link;
  if (aside->second.is_only_way) notes_.notes().handle_link_closed(peer, now);
  asides_.erase(aside);
  keep_asides(now);
  introducer_.adopt_link(peer, link);
  member->second.link = link;
  on_introductions(now);
  join_link(link, now);
}

// They had none when the block came; in a large room they may never want one.
void Node::State::seek_link(const PeerId& peer, Instant now) {
  neighbours_.forget_failures(peer, now);
  choose_due_ = now;
  const auto* record = map_.find(peer);
  if (!record || carrier_of(peer) || !introducer_.is_trying(peer)) return;
  introducer_.ask_anew(peer, record->record.incarnation, now);
  on_introductions(now);
}

bool Node::State::is_aside(LinkId link) const {
  return std::any_of(asides_.begin(), asides_.end(), [&](const auto& aside) { return aside.second.link == link; });
}

// While nobody else joins the two of us, the link carries all that a link carries: records, envelopes and notes too. Each end
// tells the other of its own part of the room; whoever is in the same part and has no such link learns nothing of the other.
void Node::State::review_asides(Instant now) {
  keep_asides(now);
  for (auto& [peer, aside] : asides_) {
    const bool is_only_way = !map_.has_in_reach(peer);
    if (std::exchange(aside.is_only_way, is_only_way) == is_only_way) continue;
    if (!is_only_way) {
      notes_.notes().handle_link_closed(peer, now);
      continue;
    }
    send_own_record(aside.link);
    send_control(aside.link, map_.hashes());
    notes_.notes().handle_link_open(peer, now);
  }
}

bool Node::State::is_only_way(const PeerId& peer) const {
  const auto aside = asides_.find(peer);
  return aside != asides_.end() && aside->second.is_only_way;
}

std::vector<PeerId> Node::State::only_ways() const {
  std::vector<PeerId> peers;
  for (const auto& [peer, aside] : asides_) {
    if (aside.is_only_way) peers.push_back(peer);
  }
  return peers;
}

// The two of a pair set apart never come together: neither gives its browser the other's candidates. All else is as with any
// two who try, so that whoever passes the envelopes on sees what they see of a pair that cannot connect. Without a link at
// all, and without anybody between them, they need one; so also if nobody between them would carry a voice that one of them
// wants.
bool Node::State::must_not_connect(const PeerId& peer, Instant now) const {
  if (!blocks_.is_apart(peer)) return false;
  const auto meant = meant_.find(peer);
  const bool is_meant = meant != meant_.end() && now < meant->second.until;
  return asides_.contains(peer) || (map_.has_in_reach(peer) && !is_meant);
}

// They, who block us and whom we want to hear, say that their next attempt is meant.
void Node::State::on_meant(const PeerId& from, Instant now) {
  if (!members_.contains(from) || !blocks_.is_blocked_by(from) || blocks_.blocks(from)) return;
  Meant& theirs = meant_[from];
  if (now < theirs.until - kMeantFor + kWishEvery) return;  // each drops what is tried
  theirs.until = now + kMeantFor;
  seek_link(from, now);
}

std::optional<LinkId> Node::State::carrier_of(const PeerId& peer) const {
  const auto member = members_.find(peer);
  if (member == members_.end()) return std::nullopt;
  if (member->second.link) return member->second.link;
  const auto aside = asides_.find(peer);
  if (aside == asides_.end()) return std::nullopt;
  return aside->second.link;
}

// Their voice came, though we want nothing of it. For a while we take it and pass it on unheard, because others were promised
// it by their plan of before.
bool Node::State::passes_on_unheard(const PeerId& source, const PeerId& from, Instant now) {
  const auto unheard = unheard_.find(source);
  if (unheard == unheard_.end()) return true;
  ++stats_.frames_unheard;
  const Tree* tree = tree_of(source);
  const Instant until = unheard->second.until;
  const bool is_needed = now < until && tree && tree->relay.is_needed();
  if (!is_needed || now >= until - rtt_to(from)) decline(source, from, now);
  return is_needed;
}

// Nobody is served by us with this voice any more, or soon: whoever brings it need not wait for a plan that says so, which
// comes over the source.
void Node::State::decline(const PeerId& source, const PeerId& from, Instant now) {
  Instant& next_stop = unheard_.at(source).next_stop[from];
  if (now < next_stop) return;
  next_stop = now + kStopEvery;
  send_control_to(from, wire::Stop{source, true});
  blocks_.handle_unwanted(source, now);
}

// Whom we still carried it to, by a plan of before, turns to a guardian.
void Node::State::forget_unheard(Instant now) {
  for (const auto& [source, unheard] : unheard_) {
    const auto stream = streams_.find(source);
    if (now < unheard.until || stream == streams_.end()) continue;
    for (const PeerId& child : stream->second.tree.relay.children()) send_control_to(child, wire::Stall{source});
    streams_.erase(stream);
  }
}

Instant Node::State::unheard_due() const {
  Instant due = Instant::never();
  for (const auto& [source, unheard] : unheard_) {
    if (streams_.contains(source)) due = std::min(due, unheard.until);
  }
  return due;
}

// Of our word to this peer and of what comes of it: over our link or the shortest way.
std::optional<base::Duration> Node::State::rtt_by_way(const PeerId& peer) const {
  if (carrier_of(peer)) return rtt_to(peer);
  std::vector<PeerId> first = linked_peers();
  const std::vector<PeerId> aside = peers_aside();
  first.insert(first.end(), aside.begin(), aside.end());
  const auto hops = route_over(first, peer, {});
  if (!hops) return std::nullopt;
  base::Duration rtt = rtt_to(hops->front());
  for (std::size_t hop = 1; hop < hops->size(); ++hop) {
    const auto* claim = map_.find((*hops)[hop - 1])->record.claim_of((*hops)[hop]);
    rtt = rtt + (claim && claim->rtt_tenth_ms ? base::Duration::us(100) * claim->rtt_tenth_ms : kRttUnknown);
  }
  return rtt;
}

bool Node::State::may_pass_aside(const PeerId& peer, const wire::LinkMessage& message) const {
  if (is_only_way(peer)) return true;
  const bool is_gossip = std::holds_alternative<wire::MapHashes>(message) || std::holds_alternative<wire::Digest>(message) ||
                         std::holds_alternative<wire::News>(message) || std::holds_alternative<wire::Want>(message);
  if (is_gossip || std::holds_alternative<wire::NoteWant>(message)) return false;
  if (const auto* news = std::get_if<wire::NoteNews>(&message)) return crypto::peer_id_of(news->note.note.public_key) == peer;
  if (const auto* delta = std::get_if<wire::RecordDelta>(&message)) return delta->base.peer == wire::short_of(peer);
  if (const auto* news = std::get_if<wire::RecordNews>(&message)) {
    return crypto::peer_id_of(news->record.record.public_key) == peer;
  }
  return true;
}

}  // namespace grove::node
