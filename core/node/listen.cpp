// Other people's voices: their plans, their frames to our ear and on to whom we carry them, and what happens when frames
// stop coming.
#include <algorithm>
#include <tuple>
#include <utility>

#include "node/state.h"

namespace grove::node {
namespace {

using overlay::Intake;
using overlay::Relay;
using Verdict = crypto::FrameOpener::Verdict;

// Everybody in the subtree of `root`, itself among them.
std::set<PeerId> subtree_of(const wire::TreePlan& plan, const PeerId& root) {
  std::set<PeerId> below{root};
  for (const wire::Seat& seat : plan.seats) {
    std::vector<PeerId> way{seat.listener};
    for (auto at = seat.parent; at != wire::kSourceSeat && !below.contains(way.back()); at = plan.seats[at].parent) {
      way.push_back(plan.seats[at].listener);
    }
    if (below.contains(way.back())) below.insert(way.begin(), way.end());
  }
  return below;
}

// The way by which `from` gets the frames that it passes on: whoever is on it lives. Empty: too long for an envelope.
std::vector<PeerId> way_up(const wire::TreePlan& plan, const PeerId& from) {
  std::vector<PeerId> way{from};
  while (way.back() != plan.source && way.size() <= wire::kHopsMax) way.push_back(plan.parent_of(way.back()));
  return way.size() <= wire::kHopsMax ? way : std::vector<PeerId>{};
}

}  // namespace

// --- plans -----------------------------------------------------------------------------------------------------------

void Node::State::on_plan(LinkId, const wire::SignedPlan& signed_plan, Instant now) {
  const wire::TreePlan& plan = signed_plan.plan;
  const auto* source = map_.find(plan.source);
  if (plan.source == me_.self() || !source) {
    ++stats_.messages_refused;
    return;
  }
  // Relays hand the same plan on from several sides: look at its age before its signature.
  const Tree* known = tree_of(plan.source);
  const bool is_old = known && known->plan &&
                      std::tie(plan.incarnation, plan.epoch) <=
                          std::tie(known->plan->plan.incarnation, known->plan->plan.epoch);
  if (is_old) return;
  if (!me_.is_plan_of(signed_plan, source->record)) {
    ++stats_.messages_refused;
    return;
  }
  if (blocks_.blocks(plan.source)) {
    // What still comes goes where the newest plan says, not to others who have blocked it meanwhile.
    if (const auto stream = streams_.find(plan.source); stream != streams_.end()) adopt_plan(stream->second.tree, signed_plan, now);
    return;
  }
  Stream& stream = stream_of(plan.source, now);
  adopt_plan(stream.tree, signed_plan, now);
  listening_.learn_counter(plan.source, plan.next_counter);
  stream.intake.handle_start(plan.next_counter);
  take_place(plan.source, stream, now);
  drain_stream(plan.source, stream, now);
}

// What a delta makes of a plan that we have counts as that plan would. If we lack its base, or the signature says no, the whole is asked for.
void Node::State::on_plan_delta(LinkId from, const wire::PlanDelta& delta, Instant now) {
  const auto source = map_.find(delta.source);
  if (!source || source == me_.self()) {
    ++stats_.messages_refused;
    return;
  }
  const Tree* known = tree_of(*source);
  const bool has_plan = known && known->plan;
  const bool is_of_run = has_plan && static_cast<std::uint16_t>(known->plan->plan.incarnation.started_ms) == delta.run;
  if (is_of_run && std::uint64_t{known->plan->plan.epoch} >= std::uint64_t{delta.base_epoch} + delta.steps) return;  // old
  const auto* base = is_of_run ? known->plan_of(delta.base_epoch) : nullptr;
  const auto made = base ? wire::apply(delta, *base) : std::nullopt;
  const auto* record = map_.find(*source);
  if (made && me_.is_plan_of(*made, record->record)) return on_plan(from, *made, now);
  if (made) ++stats_.messages_refused;
  if (!members_.contains(*source)) return;
  Stream& stream = stream_of(*source, now);
  if (now < stream.next_plan_request) return;
  stream.next_plan_request = now + kPlanRequestEvery;
  send_control(from, wire::PlanRequest{*source, record->record.incarnation, is_of_run ? known->plan->plan.epoch : 0});
}

// Whoever has frames of a source has its plan.
void Node::State::want_plan(const PeerId& source, Stream& stream, const PeerId& from, Instant now) {
  if (stream.tree.plan || now < stream.next_plan_request) return;
  stream.next_plan_request = now + kPlanRequestEvery;
  send_control_to(from, wire::PlanRequest{source, members_.at(source).incarnation, 0});
}

// From whom we get this voice and who else might have it: what the plan says, and our links. Again when either changes.
void Node::State::take_place(const PeerId& source, Stream& stream, Instant now) {
  if (!stream.tree.plan || blocks_.blocks(source)) return;
  const wire::TreePlan& plan = stream.tree.plan->plan;
  Intake::Place place;
  place.epoch = plan.epoch;
  place.from_counter = plan.next_counter;
  if (const wire::Seat* seat = plan.seat_of(me_.self())) {
    place.parent = plan.peer_at(seat->parent);
    place.is_hot = seat->is_hot;
    if (seat->guardian != wire::kNoSeat) {
      const PeerId& guardian = plan.peer_at(seat->guardian);
      if (open_link_of(guardian) || (guardian == plan.source && carrier_of(guardian))) {
        place.guardian = overlay::Supplier{guardian, rtt_to(guardian), is_doubtful(guardian)};
      }
    }
  }
  const std::set<PeerId> below = subtree_of(plan, me_.self());
  for (const PeerId& peer : linked_peers()) {
    if (!below.contains(peer) && (peer == source || plan.seat_of(peer))) place.others.push_back({peer, rtt_to(peer), is_doubtful(peer)});
  }
  std::sort(place.others.begin(), place.others.end(), [](const auto& a, const auto& b) {
    return std::tie(a.rtt, a.peer) < std::tie(b.rtt, b.peer);
  });
  stream.intake.handle_place(std::move(place), now);
  if (!members_.contains(source)) return;
  const auto early = stream.early.take([&](const PeerId& from) { return stream.intake.accepts(from, source, now); }, now);
  for (const auto& [from, frame, at] : early) take_frame(source, stream, from, frame, now);
}

// --- frames ----------------------------------------------------------------------------------------------------------

void Node::State::on_frame(LinkId link, const wire::FrameNews& frame, Instant now) {
  const PeerId from = links_.at(link).peer;
  bool is_unheard = false;
  for (const PeerId& source : listening_.sources_of(frame.sealed)) {
    if (!members_.contains(source) && !count_due_.is_never()) {
      // A newcomer hears somebody before it has counted who is here.
      count_due_ = now;
      count_members(now);
    }
    if (!members_.contains(source)) continue;
    if (!passes_on_unheard(source, from, now)) {
      is_unheard = true;  // a key id may be somebody else's too
      continue;
    }
    Stream& stream = stream_of(source, now);
    if (!stream.intake.accepts(from, source, now)) {
      stream.early.keep(from, frame, now);
      stream.intake.handle_unaccepted(from, now);
      drain_stream(source, stream, now);
    } else if (take_frame(source, stream, from, frame, now)) {
      return;
    }
  }
  if (!is_unheard) ++stats_.frames_refused;
}

// False: it is none of this source's.
bool Node::State::take_frame(const PeerId& source, Stream& stream, const PeerId& from, const wire::FrameNews& frame, Instant now) {
  auto outcome = listening_.open(source, frame.sealed);
  if (outcome.verdict == Verdict::kRefused) return false;
  Member& member = members_.at(source);
  const std::uint64_t counter = outcome.opened.counter;
  const bool ends_spurt = outcome.opened.ends_spurt;
  if (outcome.verdict == Verdict::kReplayed) {
    ++stats_.frames_replayed;
    stream.tree.relay.handle_known(from, counter);
    if (!blocks_.blocks(source)) stream.intake.handle_frame(from, counter, ends_spurt, false, now);
    drain_stream(source, stream, now);
    return true;
  }
  const bool is_forged =
      stream.proofs.handle_frame(from, counter, room::hash_of_frame(frame.sealed), now) == room::ProofBook::Verdict::kForged;
  if (is_forged || !member.frame_rate.try_take(1, now)) {
    ++stats_.frames_refused;
    if (is_forged && from != source) stream.intake.handle_forgery(from, now);
    drain_stream(source, stream, now);
    return true;
  }
  if (now - stream.tree.last_frame > overlay::kAwakeFor) carried_due_ = now;  // one more voice
  stream.tree.last_frame = now;
  if (!blocks_.blocks(source)) {
    want_plan(source, stream, from, now);
    stream.intake.handle_frame(from, counter, ends_spurt, true, now);
  }
  stream.tree.relay.handle_frame(counter, ends_spurt, std::make_shared<const Bytes>(wire::encode(frame)), from, now);
  member.loss.handle_counter(counter);
  if (!blocks_.blocks(source)) {
    ++stats_.frames_delivered;
    emit(DeliverFrame{member.number, counter, std::move(outcome.opened.frame)});
  }
  drain_stream(source, stream, now);
  return true;
}

void Node::State::on_proof(LinkId, const wire::Proof& proof, Instant now) {
  const auto stream = streams_.find(proof.source);
  const auto* source = map_.find(proof.source);
  if (stream == streams_.end() || !source || !stream->second.proofs.is_news(proof)) return;
  if (!me_.is_proof_of(proof, source->record)) {
    ++stats_.messages_refused;
    return;
  }
  for (const PeerId& forger : stream->second.proofs.handle_proof(proof)) {
    ++stats_.frames_refused;
    if (forger != proof.source) stream->second.intake.handle_forgery(forger, now);
  }
  for (const PeerId& peer : stream->second.tree.relay.receivers()) send_control_to(peer, proof);
  drain_stream(proof.source, stream->second, now);
}

// --- repair ----------------------------------------------------------------------------------------------------------

void Node::State::on_have(LinkId from, const wire::Have& have, Instant now) {
  if (have.source == me_.self() || !members_.contains(have.source) || blocks_.blocks(have.source)) return;
  Stream& stream = stream_of(have.source, now);
  want_plan(have.source, stream, links_.at(from).peer, now);
  if (!stream.intake.accepts(links_.at(from).peer, have.source, now)) {
    stream.intake.handle_hint(links_.at(from).peer, have.next_counter, now);
    return drain_stream(have.source, stream, now);
  }
  stream.intake.handle_have(links_.at(from).peer, have.next_counter, have.is_silent, now);
  if (have.is_silent && stream.intake.is_silent()) stream.tree.relay.handle_silence();
  drain_stream(have.source, stream, now);
}

void Node::State::on_stall(LinkId from, const wire::Stall& stall, Instant now) {
  const auto stream = streams_.find(stall.source);
  if (stream == streams_.end()) return;
  stream->second.intake.handle_refusal(links_.at(from).peer, now);
  drain_stream(stall.source, stream->second, now);
}

void Node::State::drain_stream(const PeerId& source, Stream& stream, Instant now) {
  while (auto output = stream.intake.poll()) {
    if (const auto* pull = std::get_if<Intake::SendPull>(&*output)) {
      send_control_to(pull->to, wire::Pull{source, pull->next_counter, pull->missing, pull->wants_more});
    } else if (const auto* stop = std::get_if<Intake::SendStop>(&*output)) {
      send_control_to(stop->to, wire::Stop{source});
    } else if (std::holds_alternative<Intake::TellStall>(*output)) {
      for (const PeerId& child : stream.tree.relay.children()) send_control_to(child, wire::Stall{source});
    } else if (stream.tree.plan) {
      const auto& complaint = std::get<Intake::Complain>(*output);
      const auto reason = complaint.is_forged ? wire::Complaint::Reason::kForged : wire::Complaint::Reason::kSilent;
      const wire::TreePlan& plan = stream.tree.plan->plan;
      std::vector<PeerId> way;
      if (complaint.served_by) way = way_up(plan, *complaint.served_by);
      send_petition(source, wire::Complaint{plan.incarnation, plan.epoch, complaint.about, reason}, {complaint.about}, way);
    }
  }
  drain_tree(source, stream.tree, now);
  streams_due_ = std::min(streams_due_, stream.next_deadline());
}

void Node::State::keep_streams(Instant now) {
  Relay& own = own_stream_.tree.relay;
  own.handle_time(now);
  if (now - own_stream_.tree.last_frame >= Relay::kLiveFor) own.handle_silence();  // a microphone that failed in mid-word
  drain_own_stream(now);
  if (now < streams_due_) return;
  streams_due_ = Instant::never();
  for (auto& [source, stream] : streams_) {
    const Instant due = stream.next_deadline();
    if (now < due) {
      streams_due_ = std::min(streams_due_, due);
      continue;
    }
    stream.intake.handle_time(now);
    stream.tree.relay.handle_time(now);
    for (const PeerId& peer : stream.proofs.take_overdue(now)) {
      if (peer != source) stream.intake.handle_withheld(peer, now);
    }
    drain_stream(source, stream, now);
  }
}

}  // namespace grove::node
