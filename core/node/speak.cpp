// Our own voice: the tree it goes down, its frames and their proofs; and the last stop of every frame before a link.
#include <algorithm>
#include <utility>

#include "node/state.h"

namespace grove::node {

using overlay::Relay;

void Node::State::speak(ByteView frame, bool ends_spurt, Instant now) {
  if (has_left_ || frame.empty() || frame.size() + crypto::kFrameSealOverhead > wire::kFrameBytesMax) return;
  ++stats_.frames_spoken;
  keeper_.handle_spoke(now);
  plan_when_due(now);

  const std::uint64_t counter = sealer_.next_counter();
  wire::FrameNews news{sealer_.seal(frame, ends_spurt)};
  own_stream_.prover.handle_sent(counter, news.sealed, ends_spurt, now);
  own_stream_.last_frame = now;
  own_stream_.relay.handle_frame(counter, ends_spurt, std::make_shared<const Bytes>(wire::encode(news)), {}, now);
  drain_own_stream(now);
}

void Node::State::plan_when_due(Instant now) {
  while (const auto planned = keeper_.poll(map_, now)) {
    const wire::SignedPlan plan =
        me_.sign(wire::TreePlan{me_.self(), me_.incarnation, keeper_.epoch(), sealer_.next_counter(), planned->seats});
    own_stream_.plan = plan;
    own_stream_.plan_sent_to.clear();

    Relay::Duties duties{plan.plan.children_of(me_.self()), {}, {}, own_.copies_max};
    for (const wire::Seat& seat : plan.plan.seats) {
      if (seat.guardian != wire::kSourceSeat) continue;
      (seat.is_hot ? duties.hot_wards : duties.cold_wards).push_back(seat.listener);
    }
    notes_.notes().learn_children({me_.self(), me_.incarnation}, duties.children);
    for (const PeerId& child : duties.children) {
      own_stream_.plan_sent_to.insert(child);
      send_control_to(child, wire::PlanNews{plan});
    }
    own_stream_.relay.set_duties(std::move(duties), [&](const PeerId& peer) { return plan.plan.seat_of(peer) != nullptr; }, now);
    wish(*planned, now);
  }
}

// Links that our tree lacks: asked of one of their ends, now and then.
void Node::State::wish(const overlay::Planned& planned, Instant now) {
  if (now < next_wish_ || members_.size() < overlay::Neighbours::kMeshMax) return;
  next_wish_ = now + kWishEvery;
  for (const overlay::WishedLink& link : overlay::wished_links(graph(), keeper_.input(), planned)) {
    const auto* record = map_.find(link.one);
    if (link.one == me_.self()) {
      neighbours_.handle_wish(me_.self(), link.other, now);
    } else if (record) {
      send_petition({link.one, wire::Wish{record->record.incarnation, link.other}}, {});
    }
  }
}

void Node::State::drain_own_stream(Instant now) {
  while (auto proof = own_stream_.prover.poll(me_, now)) {
    for (const PeerId& peer : own_stream_.relay.receivers()) send_control_to(peer, *proof);
  }
  std::size_t copies = 0;
  const std::uint64_t dropped_before = stats_.copies_dropped_in_queue;
  while (auto output = own_stream_.relay.poll()) {
    if (const auto* copy = std::get_if<Relay::SendCopy>(&*output)) {
      send_copy(copy->to, me_.self(), *copy->message, now);
      ++copies;
    } else if (const auto* have = std::get_if<Relay::SendHave>(&*output)) {
      send_control_to(have->to, wire::Have{me_.self(), have->next_counter, have->is_silent});
    } else {
      send_control_to(std::get<Relay::Refused>(*output).to, wire::Stall{me_.self()});
    }
  }
  const auto dropped = static_cast<std::size_t>(stats_.copies_dropped_in_queue - dropped_before);
  if (copies) uplink_.handle_copies(copies, dropped, now);
}

void Node::State::send_copy(const PeerId& to, const PeerId& source, const Bytes& message, Instant now) {
  const auto member = members_.find(to);
  if (member == members_.end() || !member->second.link) return;
  if (links_.at(*member->second.link).voice.push(source, message, now)) ++stats_.copies_dropped_in_queue;
  flush_voice(*member->second.link, now);
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
  const auto is_live = [&](Instant last_frame) { return now - last_frame < overlay::Relay::kLease; };
  const bool is_ours_heard = own_stream_.plan && own_stream_.plan->plan.seat_of(peer);
  if (is_live(own_stream_.last_frame) && !is_ours_heard) {
    if (own_stream_.plan) send_control_to(peer, wire::PlanNews{*own_stream_.plan});
    own_stream_.relay.welcome(peer, now);
    drain_own_stream(now);
  }
  for (auto& [source, stream] : streams_) {
    const bool is_heard = source == peer || (stream.plan && stream.plan->plan.seat_of(peer));
    const auto* record = map_.find(source);
    if (is_heard || !record || !is_live(stream.last_frame)) continue;
    send_control_to(peer, wire::RecordNews{*record});
    if (stream.plan) send_control_to(peer, wire::PlanNews{*stream.plan});  // says where the source's counter stands
    stream.relay.welcome(peer, now);
    drain_stream(source, stream, now);
  }
}

}  // namespace grove::node
