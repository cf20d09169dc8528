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

}  // namespace

Stream& Node::State::stream_of(const PeerId& source, Instant now) {
  return streams_.try_emplace(source, now).first->second;
}

// --- plans -----------------------------------------------------------------------------------------------------------

void Node::State::on_plan(LinkId, const wire::SignedPlan& signed_plan, Instant now) {
  const wire::TreePlan& plan = signed_plan.plan;
  const auto* source = map_.find(plan.source);
  if (plan.source == me_.self() || !source) {
    ++stats_.messages_refused;
    return;
  }
  // Relays hand the same plan on from several sides: look at its age before its signature.
  const auto known = streams_.find(plan.source);
  const bool is_old = known != streams_.end() && known->second.plan &&
                      std::tie(plan.incarnation, plan.epoch) <=
                          std::tie(known->second.plan->plan.incarnation, known->second.plan->plan.epoch);
  if (is_old) return;
  if (!me_.is_plan_of(signed_plan, source->record)) {
    ++stats_.messages_refused;
    return;
  }
  Stream& stream = stream_of(plan.source, now);
  stream.plan = signed_plan;
  stream.plan_sent_to.clear();
  listening_.learn_counter(plan.source, plan.next_counter);
  stream.intake.handle_start(plan.next_counter);
  take_place(plan.source, stream, now);
  notes_.notes().learn_children({plan.source, plan.incarnation}, stream.relay.children());
  for (const PeerId& child : stream.relay.children()) {
    stream.plan_sent_to.insert(child);
    send_control_to(child, wire::PlanNews{signed_plan});
  }
  drain_stream(plan.source, stream, now);
}

// What the plan means for us, and with which links; again when either changes.
void Node::State::take_place(const PeerId& source, Stream& stream, Instant now) {
  if (!stream.plan) return;
  const wire::TreePlan& plan = stream.plan->plan;
  const PeerId& self = me_.self();
  Relay::Duties duties{{}, {}, {}, own_.copies_max};
  Intake::Place place;
  place.epoch = plan.epoch;
  if (const wire::Seat* seat = plan.seat_of(self)) {
    place.parent = plan.peer_at(seat->parent);
    place.is_hot = seat->is_hot;
    if (seat->guardian != wire::kNoSeat) {
      const PeerId& guardian = plan.peer_at(seat->guardian);
      if (open_link_of(guardian)) place.guardian = Intake::Supplier{guardian, rtt_to(guardian)};
    }
    for (const wire::Seat& other : plan.seats) {
      if (plan.peer_at(other.parent) == self) duties.children.push_back(other.listener);
      if (other.guardian == wire::kNoSeat || plan.peer_at(other.guardian) != self) continue;
      (other.is_hot ? duties.hot_wards : duties.cold_wards).push_back(other.listener);
    }
  }
  const std::set<PeerId> below = subtree_of(plan, self);
  for (const PeerId& peer : linked_peers()) {
    if (!below.contains(peer) && (peer == source || plan.seat_of(peer))) place.others.push_back({peer, rtt_to(peer)});
  }
  std::sort(place.others.begin(), place.others.end(), [](const auto& a, const auto& b) {
    return std::tie(a.rtt, a.peer) < std::tie(b.rtt, b.peer);
  });
  stream.relay.set_duties(std::move(duties), [&](const PeerId& peer) { return plan.seat_of(peer) != nullptr; }, now);
  stream.intake.handle_place(std::move(place));
}

void Node::State::on_plan_request(LinkId from, const wire::PlanRequest& request, Instant) {
  const wire::SignedPlan* plan = nullptr;
  if (request.source == me_.self()) {
    if (own_stream_.plan) plan = &*own_stream_.plan;
  } else if (const auto stream = streams_.find(request.source); stream != streams_.end() && stream->second.plan) {
    plan = &*stream->second.plan;
  }
  if (plan && std::tie(request.incarnation, request.epoch) < std::tie(plan->plan.incarnation, plan->plan.epoch)) {
    send_control(from, wire::PlanNews{*plan});
  }
}

// --- frames ----------------------------------------------------------------------------------------------------------

void Node::State::on_frame(LinkId link, const wire::FrameNews& frame, Instant now) {
  const PeerId from = links_.at(link).peer;
  bool is_taken = false;
  for (const PeerId& source : listening_.sources_of(frame.sealed)) {
    const auto member = members_.find(source);
    if (member == members_.end()) continue;
    Stream& stream = stream_of(source, now);
    if (!stream.intake.accepts(from, source)) continue;
    auto outcome = listening_.open(source, frame.sealed);
    if (outcome.verdict == Verdict::kRefused) continue;
    is_taken = true;
    const std::uint64_t counter = outcome.opened.counter;
    if (outcome.verdict == Verdict::kReplayed) {
      ++stats_.frames_replayed;
      stream.relay.handle_known(from, counter);
      stream.intake.handle_frame(from, counter, outcome.opened.ends_spurt, false, now);
      drain_stream(source, stream, now);
      break;
    }
    const auto proven = stream.proofs.handle_frame(from, counter, room::hash_of_frame(frame.sealed), now);
    if (proven == room::ProofBook::Verdict::kForged || !member->second.frame_rate.try_take(1, now)) {
      ++stats_.frames_refused;
      if (proven == room::ProofBook::Verdict::kForged && from != source) stream.intake.handle_forgery(from, now);
      drain_stream(source, stream, now);
      break;
    }
    const bool lacks_plan = !stream.plan && now >= stream.next_plan_request;
    if (lacks_plan) {
      stream.next_plan_request = now + kPlanRequestEvery;
      send_control(link, wire::PlanRequest{source, member->second.incarnation, 0});
    }
    stream.last_frame = now;
    stream.intake.handle_frame(from, counter, outcome.opened.ends_spurt, true, now);
    stream.relay.handle_frame(counter, outcome.opened.ends_spurt, std::make_shared<const Bytes>(wire::encode(frame)), from, now);
    ++stats_.frames_delivered;
    member->second.loss.handle_counter(counter);
    emit(DeliverFrame{member->second.number, counter, std::move(outcome.opened.frame)});
    drain_stream(source, stream, now);
    break;
  }
  if (!is_taken) ++stats_.frames_refused;
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
  for (const PeerId& peer : stream->second.relay.receivers()) send_control_to(peer, proof);
  drain_stream(proof.source, stream->second, now);
}

// --- repair ----------------------------------------------------------------------------------------------------------

void Node::State::on_have(LinkId from, const wire::Have& have, Instant now) {
  if (have.source == me_.self() || !members_.contains(have.source)) return;
  Stream& stream = stream_of(have.source, now);
  if (!stream.intake.accepts(links_.at(from).peer, have.source)) return;
  stream.intake.handle_have(links_.at(from).peer, have.next_counter, have.is_silent, now);
  drain_stream(have.source, stream, now);
}

void Node::State::on_pull(LinkId from, const wire::Pull& pull, Instant now) {
  const PeerId peer = links_.at(from).peer;
  const auto answer = [&](overlay::Relay& relay, const std::optional<wire::SignedPlan>& plan, std::set<PeerId>& plan_sent_to) {
    // A seat in the newest plan, if whoever pulls has missed it.
    if (plan && pull.wants_more && plan_sent_to.insert(peer).second) send_control(from, wire::PlanNews{*plan});
    relay.handle_pull(peer, pull.next_counter, pull.missing, pull.wants_more, now);
  };
  if (pull.source == me_.self()) {
    answer(own_stream_.relay, own_stream_.plan, own_stream_.plan_sent_to);
    for (const wire::Proof& proof : own_stream_.prover.latest()) send_control(from, proof);
    return drain_own_stream(now);
  }
  if (!members_.contains(pull.source)) return send_control(from, wire::Stall{pull.source});
  Stream& stream = stream_of(pull.source, now);
  answer(stream.relay, stream.plan, stream.plan_sent_to);
  if (pull.wants_more && stream.relay.serves(peer)) {
    for (const wire::Proof& proof : stream.proofs.latest()) send_control(from, proof);
  }
  drain_stream(pull.source, stream, now);
}

void Node::State::on_stop(LinkId from, const wire::Stop& stop, Instant) {
  const PeerId& peer = links_.at(from).peer;
  if (stop.source == me_.self()) return own_stream_.relay.handle_stop(peer);
  const auto stream = streams_.find(stop.source);
  if (stream != streams_.end()) stream->second.relay.handle_stop(peer);
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
      for (const PeerId& child : stream.relay.children()) send_control_to(child, wire::Stall{source});
    } else if (stream.plan) {
      const auto& complaint = std::get<Intake::Complain>(*output);
      const auto reason = complaint.is_forged ? wire::Complaint::Reason::kForged : wire::Complaint::Reason::kSilent;
      send_petition({source, wire::Complaint{stream.plan->plan.incarnation, stream.plan->plan.epoch, complaint.about, reason}},
                    {complaint.about});
    }
  }
  std::size_t copies = 0;
  const std::uint64_t dropped_before = stats_.copies_dropped_in_queue;
  while (auto output = stream.relay.poll()) {
    if (const auto* copy = std::get_if<Relay::SendCopy>(&*output)) {
      send_copy(copy->to, source, *copy->message, now);
      ++copies;
    } else if (const auto* have = std::get_if<Relay::SendHave>(&*output)) {
      send_control_to(have->to, wire::Have{source, have->next_counter, have->is_silent});
    } else {
      send_control_to(std::get<Relay::Refused>(*output).to, wire::Stall{source});
    }
  }
  const auto dropped = static_cast<std::size_t>(stats_.copies_dropped_in_queue - dropped_before);
  if (copies) uplink_.handle_copies(copies, dropped, now);
  streams_due_ = std::min({streams_due_, stream.intake.next_deadline(), stream.relay.next_deadline()});
}

void Node::State::keep_streams(Instant now) {
  own_stream_.relay.handle_time(now);
  drain_own_stream(now);
  if (now < streams_due_) return;
  streams_due_ = Instant::never();
  for (auto& [source, stream] : streams_) {
    const Instant due = std::min(stream.intake.next_deadline(), stream.relay.next_deadline());
    if (now < due) {
      streams_due_ = std::min(streams_due_, due);
      continue;
    }
    stream.intake.handle_time(now);
    stream.relay.handle_time(now);
    for (const PeerId& peer : stream.proofs.take_overdue(now)) {
      if (peer != source) stream.intake.handle_forgery(peer, now);
    }
    drain_stream(source, stream, now);
  }
}

}  // namespace grove::node
