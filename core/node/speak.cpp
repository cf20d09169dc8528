// Frames: our own to our tree, other people's to our ear and to whom they ask us to pass them.
#include <algorithm>
#include <utility>

#include "node/state.h"
#include "overlay/plan.h"

namespace grove::node {

void Node::State::speak(ByteView frame, bool, Instant now) {
  if (has_left_ || frame.empty() || frame.size() + crypto::kFrameSealOverhead > wire::kFrameBytesMax) return;
  ++stats_.frames_spoken;
  send_copies(our_listeners_, me_.self(), {sealer_.seal(frame)}, now);
}

void Node::State::replan(Instant) {
  if (has_left_) return;
  overlay::Planned planned;  // a star still, whoever has not claimed our link yet among them
  for (const PeerId& peer : linked_peers()) planned.seats.push_back({peer});
  std::sort(planned.seats.begin(), planned.seats.end(), [](const auto& a, const auto& b) { return a.listener < b.listener; });
  const wire::SignedPlan plan =
      me_.sign(wire::TreePlan{me_.self(), me_.incarnation, ++plan_epoch_, sealer_.next_counter(), planned.seats});
  our_listeners_ = plan.plan.children_of(me_.self());
  for (const PeerId& child : our_listeners_) send_control(*members_.at(child).link, wire::PlanNews{plan});
}

void Node::State::on_plan(const wire::SignedPlan& signed_plan) {
  const wire::TreePlan& plan = signed_plan.plan;
  const auto* source = map_.find(plan.source);
  if (!source || !me_.is_plan_of(signed_plan, source->record)) {
    ++stats_.messages_refused;
    return;
  }
  const auto known = plans_.find(plan.source);
  const bool is_old = known != plans_.end() && std::tie(plan.incarnation, plan.epoch) <=
                                                   std::tie(known->second.plan.incarnation, known->second.plan.epoch);
  if (is_old) return;

  listening_.learn_plan(plan.source, plan.next_counter, plan.parent_of(me_.self()));
  const KnownPlan& kept =
      plans_.insert_or_assign(plan.source, KnownPlan{plan, plan.children_of(me_.self())}).first->second;
  for (const PeerId& child : kept.our_children) {
    const auto member = members_.find(child);
    if (member != members_.end() && member->second.link) send_control(*member->second.link, wire::PlanNews{signed_plan});
  }
}

void Node::State::on_frame(const PeerId& from, const wire::FrameNews& frame, Instant now) {
  auto outcome = listening_.open(frame.sealed, from);
  if (const auto* refused = std::get_if<room::Listening::Refused>(&outcome)) {
    ++(*refused == room::Listening::Refused::kReplayed ? stats_.frames_replayed : stats_.frames_refused);
    return;
  }
  auto& heard = std::get<room::Listening::Heard>(outcome);
  const auto member = members_.find(heard.source);
  if (member == members_.end() || !member->second.frame_rate.try_take(1, now)) {
    ++stats_.frames_refused;
    return;
  }
  const auto plan = plans_.find(heard.source);
  if (plan != plans_.end()) plan->second.last_frame = now;
  if (plan != plans_.end()) send_copies(plan->second.our_children, heard.source, frame, now);
  ++stats_.frames_delivered;
  member->second.loss.handle_counter(heard.opened.counter);
  emit(DeliverFrame{member->second.number, heard.opened.counter, std::move(heard.opened.frame)});
}

void Node::State::send_copies(const std::vector<PeerId>& children, const PeerId& source, const wire::FrameNews& frame,
                              Instant now) {
  if (children.empty()) return;
  const base::Bytes message = wire::encode(frame);
  for (const PeerId& child : children) {
    Link* link = open_link_of(child);
    if (!link) continue;
    if (link->voice.push(source, message, now)) ++stats_.copies_dropped_in_queue;
    flush_voice(*members_.at(child).link, now);
  }
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

}  // namespace grove::node
