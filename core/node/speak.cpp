// Our own voice: the tree it goes down, its frames and their proofs.
#include <algorithm>
#include <tuple>
#include <utility>

#include "node/state.h"

namespace grove::node {

using room::Introducer;

void Node::State::speak(ByteView frame, bool ends_spurt, Instant now) {
  if (has_left_ || frame.empty() || frame.size() + crypto::kFrameSealOverhead > wire::kFrameBytesMax) return;
  ++stats_.frames_spoken;
  count_carried(now);
  keeper_.handle_spoke(now);
  plan_when_due(now);
  wish_when_due(now);
  link_to_unreached(now);

  const std::uint64_t counter = sealer_.next_counter();
  wire::FrameNews news{sealer_.seal(frame, ends_spurt)};
  own_stream_.prover.handle_sent(counter, news.sealed, ends_spurt, now);
  own_stream_.tree.last_frame = now;
  own_stream_.tree.relay.handle_frame(counter, ends_spurt, std::make_shared<const Bytes>(wire::encode(news)), {}, now);
  drain_own_stream(now);
}

// What the trees of the other live voices ask of everybody, ours aside. A voice that begins counts at once; what plans change, a
// little later, so that nobody who publishes one after the other keeps us planning.
void Node::State::count_carried(Instant now) {
  if (now < carried_due_) return;
  carried_at_ = now;
  carried_due_ = now + kCarriedEvery;
  overlay::CopyCount copies;
  std::size_t voices = 0;
  for (const auto& [source, stream] : streams_) {
    if (!stream.tree.plan || now - stream.tree.last_frame > overlay::kAwakeFor) continue;
    copies.add_other(map_, source, stream.tree.plan->plan.seats);
    ++voices;
  }
  keeper_.set_carried(voices, copies.take(), map_, now);
}

void Node::State::plan_when_due(Instant now) {
  while (const auto planned = keeper_.poll(map_, now)) {
    const std::uint64_t begins_at = sealer_.next_counter() + keeper_.lead();
    adopt_plan(own_stream_.tree,
               me_.sign(wire::TreePlan{me_.self(), me_.incarnation, keeper_.epoch(), begins_at, planned->seats}), now);
  }
}

// Links that our tree lacks, while we speak: our own we open, of others the end that has fewer is asked, for whoever opens one
// has spent it.
void Node::State::wish_when_due(Instant now) {
  if (now < next_wish_ || !is_large_room() || keeper_.epoch() == 0) return;
  next_wish_ = now + std::max(kWishEvery, kWishPerPeer * static_cast<std::int64_t>(members_.size()));
  for (const overlay::WishedLink& link : overlay::wished_links(graph(), keeper_.input(), keeper_.current())) {
    const auto* one = map_.find(link.one);
    const auto* other = map_.find(link.other);
    if (!one || !other) continue;
    const bool is_for_one = link.one == me_.self() || (link.other != me_.self() && one->record.links.size() < other->record.links.size());
    const auto& [asked, record, link_to] = is_for_one ? std::tie(link.one, *one, link.other) : std::tie(link.other, *other, link.one);
    if (asked == me_.self()) {
      neighbours_.handle_wish(me_.self(), link_to, now);
    } else {
      send_petition(asked, wire::Wish{record.record.incarnation, link_to}, {});
    }
  }
}

// Who is here and willing, and whom our tree does not reach though the map joins us, gets a link of our own. Whom we block is
// told by letter that this one is meant; the word is a WISH of ours for a link to us.
void Node::State::link_to_unreached(Instant now) {
  if (keeper_.current().unreached.empty()) return;
  const std::vector<PeerId> unreached = keeper_.current().unreached;
  std::size_t asked = 0;
  for (const PeerId& peer : unreached) {
    const auto member = members_.find(peer);
    const bool is_here = member != members_.end() && !member->second.missing_since;
    if (!is_here || carrier_of(peer) || !blocks_.sends_to(peer)) continue;
    const auto meant = meant_.find(peer);
    if (meant != meant_.end() && now < meant->second.again) continue;
    const auto* record = map_.find(peer);
    if (!record || !map_.has_in_reach(peer) || ++asked > kUnreachedAtOnce) continue;
    Meant& ours = meant_[peer];
    const bool is_first = ours.pause == base::Duration();
    ours.pause = is_first ? kWishEvery : std::min(ours.pause * 2, Introducer::kRetryMax);
    ours.again = now + ours.pause;
    ours.until = now + kMeantFor;
    neighbours_.handle_wish(me_.self(), peer, now);
    if (blocks_.is_apart(peer)) send_petition(peer, wire::Wish{record->record.incarnation, me_.self()}, {});
    // What is tried already goes on, unless it was in vain on purpose.
    if (is_first && blocks_.is_apart(peer)) introducer_.ask_anew(peer, record->record.incarnation, now);
    else introducer_.ask(peer, record->record.incarnation, now);
    on_introductions(now);
  }
}

void Node::State::drain_own_stream(Instant now) {
  while (auto proof = own_stream_.prover.poll(me_, now)) {
    for (const PeerId& peer : own_stream_.tree.relay.receivers()) send_control_to(peer, *proof);
  }
  drain_tree(me_.self(), own_stream_.tree, now);
}

}  // namespace grove::node
