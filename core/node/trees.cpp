// What holds for every tree, ours and everybody else's: plans are handed down it, pulls are answered, copies go to links.
#include <algorithm>
#include <tuple>
#include <utility>

#include "node/state.h"

namespace grove::node {

using overlay::Relay;

Tree* Node::State::tree_of(const PeerId& source) {
  if (source == me_.self()) return &own_stream_.tree;
  const auto stream = streams_.find(source);
  return stream == streams_.end() ? nullptr : &stream->second.tree;
}

Stream& Node::State::stream_of(const PeerId& source, Instant now) {
  return streams_.try_emplace(source, now).first->second;
}

// --- plans -----------------------------------------------------------------------------------------------------------

// A plan that is ours or proven, and newer than what the tree has.
void Node::State::adopt_plan(Tree& tree, wire::SignedPlan signed_plan, Instant now) {
  if (signed_plan.plan.source != me_.self()) carried_due_ = std::min(carried_due_, carried_at_ + kCarriedSpacing);
  tree.replace_plan(std::move(signed_plan));
  take_duties(tree, now);
}

// What the plan says of us; again when it has not changed, but whom our own voice is for.
void Node::State::take_duties(Tree& tree, Instant now) {
  const wire::TreePlan& plan = tree.plan->plan;
  Relay::Duties duties{plan.children_of(me_.self()), {}, {}, own_.copies_max, plan.next_counter, {}};
  // Our own plan seats those whom we send nothing too, so that nobody else does.
  const bool is_ours = plan.source == me_.self();
  const auto is_served = [&](const PeerId& peer) { return tree.seats(peer) && (!is_ours || blocks_.sends_to(peer)); };
  std::vector<PeerId> readers = duties.children;
  if (is_ours) {
    std::erase_if(duties.children, [&](const PeerId& child) { return !blocks_.sends_to(child); });
    std::erase_if(readers, [&](const PeerId& child) { return blocks_.is_blocked_by(child); });
  }
  notes_.notes().learn_children({plan.source, plan.incarnation}, std::move(readers));
  for (const wire::Seat& seat : plan.seats) {
    if (!is_ours && seat.guardian == wire::kNoSeat && seat.parent == wire::kSourceSeat) duties.of_source.push_back(seat.listener);
    if (seat.guardian == wire::kNoSeat || plan.peer_at(seat.guardian) != me_.self()) continue;
    (seat.is_hot ? duties.hot_wards : duties.cold_wards).push_back(seat.listener);
  }
  const std::vector<PeerId> before = tree.relay.receivers();
  if (blocks_.blocks(plan.source)) {
    // Passed on to those to whom it was promised; a plan that knows nothing of our block yet promises no more.
    const auto is_new = [&](const PeerId& peer) { return std::find(before.begin(), before.end(), peer) == before.end(); };
    std::erase_if(duties.children, is_new);
    std::erase_if(duties.hot_wards, is_new);
  }
  // The plan goes every way that frames go: over a hot guardian they would be there long before it, and be refused.
  for (const PeerId& child : duties.children) send_plan(tree, child);
  for (const PeerId& ward : duties.hot_wards) send_plan(tree, ward);
  tree.relay.set_duties(std::move(duties), is_served, now);
  for (const PeerId& peer : tree.relay.receivers()) {
    if (std::find(before.begin(), before.end(), peer) == before.end()) send_proofs(plan.source, peer);
  }
}

// For whoever gets frames of ours from now on, those in the ring among them.
void Node::State::send_proofs(const PeerId& source, const PeerId& to) {
  const auto& proofs = source == me_.self() ? own_stream_.prover.latest() : streams_.at(source).proofs.latest();
  for (const wire::Proof& proof : proofs) send_control_to(to, proof);
}

void Node::State::send_plan(Tree& tree, const PeerId& to) {
  if (!tree.plan || !carrier_of(to)) return;
  const auto [told, is_first] = tree.plan_told.try_emplace(to, 0);
  const std::uint32_t before = std::exchange(told->second, tree.plan->plan.epoch);
  if (before == tree.plan->plan.epoch) return;
  const auto* base = before ? tree.plan_of(before) : tree.oldest_that_seats(to);
  if (const auto delta = base ? wire::delta_between(*base, *tree.plan) : std::nullopt) {
    send_control_to(to, *delta);
  } else {
    send_control_to(to, wire::PlanNews{*tree.plan});
  }
}

void Node::State::on_plan_request(LinkId from, const wire::PlanRequest& request) {
  Tree* tree = tree_of(request.source);
  if (!tree || !tree->plan) return;
  const wire::TreePlan& plan = tree->plan->plan;
  if (std::tie(request.incarnation, request.epoch) < std::tie(plan.incarnation, plan.epoch)) {
    tree->plan_told[links_.at(from).peer] = plan.epoch;
    send_control(from, wire::PlanNews{*tree->plan});
  }
}

// --- pulls -----------------------------------------------------------------------------------------------------------

void Node::State::on_pull(LinkId from, const wire::Pull& pull, Instant now) {
  const PeerId peer = links_.at(from).peer;
  const bool is_ours = pull.source == me_.self();
  const bool is_known = is_ours ? blocks_.sends_to(peer) : members_.contains(pull.source) && !blocks_.blocks(pull.source);
  if (!is_known) return send_control(from, wire::Stall{pull.source});
  Tree& tree = is_ours ? own_stream_.tree : stream_of(pull.source, now).tree;
  // Whom the source seats at itself and without a guardian it may want to send nothing.
  const wire::Seat* seat = !is_ours && tree.plan ? tree.plan->plan.seat_of(peer) : nullptr;
  const bool is_for_source_alone = seat && seat->parent == wire::kSourceSeat && seat->guardian == wire::kNoSeat;
  if (pull.wants_more && is_for_source_alone) return send_control(from, wire::Stall{pull.source});
  // On a full line another copy costs all who are served.
  const bool is_one_more = pull.wants_more && !tree.relay.serves(peer);
  if (is_one_more && copies_now(now) >= uplink_.copies_at_once() + overlay::kCopiesBeyond) return send_control(from, wire::Stall{pull.source});
  if (pull.wants_more) send_plan(tree, peer);  // a seat in the newest plan, if whoever pulls has missed it
  tree.relay.handle_pull(peer, pull.next_counter, pull.missing, pull.wants_more, now);
  if (pull.wants_more && tree.relay.serves(peer)) send_proofs(pull.source, peer);
  drain_tree(pull.source, tree, now);
}

std::size_t Node::State::copies_now(Instant now) const {
  const auto of = [&](const Tree& tree) { return now - tree.last_frame < Relay::kLiveFor ? tree.relay.copies() : 0; };
  std::size_t copies = of(own_stream_.tree);
  for (const auto& [source, stream] : streams_) copies += of(stream.tree);
  return copies;
}

void Node::State::on_stop(LinkId from, const wire::Stop& stop, Instant now) {
  Tree* tree = tree_of(stop.source);
  if (!tree) return;
  const PeerId& peer = links_.at(from).peer;
  if (!stop.declines) return tree->relay.handle_stop(peer);
  tree->relay.handle_decline(peer, now);
  streams_due_ = std::min(streams_due_, tree->relay.next_deadline());
}

// --- copies ----------------------------------------------------------------------------------------------------------

void Node::State::drain_tree(const PeerId& source, Tree& tree, Instant now) {
  std::size_t copies = 0, dropped = 0;
  while (auto output = tree.relay.poll()) {
    if (const auto* copy = std::get_if<Relay::SendCopy>(&*output)) {
      const std::uint64_t dropped_before = stats_.copies_dropped_in_queue;
      send_copy(source, *copy, now);
      if (copy->is_late) continue;  // those that were asked for are soon over
      ++copies;
      dropped += static_cast<std::size_t>(stats_.copies_dropped_in_queue - dropped_before);
    } else if (const auto* have = std::get_if<Relay::SendHave>(&*output)) {
      send_control_to(have->to, wire::Have{source, have->next_counter, have->is_silent});
    } else if (const auto* all = std::get_if<Relay::TellAll>(&*output)) {
      tell_all(tree, wire::Have{source, all->next_counter, all->is_silent});
    } else {
      send_control_to(std::get<Relay::Refused>(*output).to, wire::Stall{source});
    }
  }
  if (copies) uplink_.handle_copies(source, copies, dropped, now);
}

// Everybody linked to us that may lack the voice: seated, not by the source alone, and not told by the source itself.
void Node::State::tell_all(const Tree& tree, const wire::Have& have) {
  if (!tree.plan) return;
  const auto has_it_from_us = tree.relay.receivers();
  for (const PeerId& peer : linked_peers()) {
    const wire::Seat* seat = tree.plan->plan.seat_of(peer);
    const bool is_served = std::find(has_it_from_us.begin(), has_it_from_us.end(), peer) != has_it_from_us.end();
    const bool is_told = have.source != me_.self() && map_.are_linked(have.source, peer);
    if (seat && seat->guardian != wire::kNoSeat && !is_served && !is_told) send_control_to(peer, have);
  }
}

void Node::State::send_copy(const PeerId& source, const Relay::SendCopy& copy, Instant now) {
  const auto link = carrier_of(copy.to);
  if (!link) return;
  overlay::VoiceQueue& queue = links_.at(*link).voice;
  const bool has_dropped = copy.is_late ? queue.push_late(source, *copy.message, now)
                                        : queue.push(source, *copy.message, now);
  if (has_dropped) ++stats_.copies_dropped_in_queue;
  flush_voice(*link, now);
}

void Node::State::flush_voice(LinkId id, Instant now) {
  Link& link = links_.at(id);
  if (!link.is_open) return;
  while (auto message = link.voice.poll(now)) {
    ++stats_.copies_sent;
    emit(SendOnLink{id, Channel::kVoice, std::move(*message)});
  }
  stats_.copies_dropped_in_queue += link.voice.take_expired();
}

// Whoever has just linked to us hears at once what is being said here, before the sources' next plans know of them.
void Node::State::welcome(const PeerId& peer, Instant now) {
  const auto offer = [&](const PeerId& source, Tree& tree) {
    const auto* record = map_.find(source);
    const bool is_live = now - tree.last_frame < Relay::kLease;
    if (source == peer || tree.seats(peer) || !record || !is_live || blocks_.blocks(source)) return;
    if (source == me_.self() && !blocks_.sends_to(peer)) return;
    if (source != me_.self()) send_control_to(peer, wire::RecordNews{*record});
    send_plan(tree, peer);  // says where the source's counter stands
    tree.relay.welcome(peer, now);
    drain_tree(source, tree, now);
  };
  offer(me_.self(), own_stream_.tree);
  for (auto& [source, stream] : streams_) offer(source, stream.tree);
}

}  // namespace grove::node
