// Notes, small reliable messages to the whole room: ours, everybody else's, and what keeps them going round.
#include <utility>

#include "node/state.h"

namespace grove::node {

using overlay::Notes;
using room::NoteBoard;

Published Node::State::publish(ByteView body, Instant now) {
  if (has_left_) return Published::kLeft;
  count_carried(now);
  keeper_.handle_spoke(now);
  plan_when_due(now);  // a fresh plan goes first
  switch (notes_.write(body, now)) {
    case NoteBoard::Written::kSent:
      send_note_aside();
      return Published::kSent;
    case NoteBoard::Written::kEmptyOrTooLong: return Published::kEmptyOrTooLong;
    case NoteBoard::Written::kTooFast: return Published::kTooFast;
  }
  __builtin_unreachable();
}

// Whoever blocks us gets no note of ours, but how many there are: for the room it has what everybody has. From whom we keep
// our voice hangs nowhere in our tree, and reads what we write all the same.
void Node::State::send_note_aside() {
  for (const auto& [peer, aside] : asides_) {
    if (blocks_.is_blocked_by(peer)) {
      send_control(aside.link, wire::NoteDigest{0, false, {notes_.notes().own_span()}});
    } else if (!blocks_.sends_to(peer) && !aside.is_only_way) {
      if (const auto* note = notes_.notes().own_latest()) send_control(aside.link, wire::NoteNews{*note});
    }
  }
}

void Node::State::on_note(LinkId from, const wire::NoteNews& news, Instant now) {
  const auto verdict = notes_.handle_note(links_.at(from).peer, news.note, now);
  if (verdict == NoteBoard::Verdict::kForged) ++stats_.messages_refused;
}

void Node::State::on_note_digest(LinkId from, const wire::NoteDigest& digest, Instant now) {
  if (is_aside(from) && !is_only_way(links_.at(from).peer)) {
    for (const wire::NoteSpan& span : digest.spans) {
      if (span.run.author == links_.at(from).peer) notes_.notes().learn_unwanted(span);
    }
    return;
  }
  notes_.notes().handle_digest(links_.at(from).peer, digest, now);
}

void Node::State::on_note_want(LinkId from, const wire::NoteWant& want, Instant now) {
  notes_.notes().handle_want(links_.at(from).peer, want, now);
}

void Node::State::keep_notes(Instant now) {
  if (now >= notes_.notes().next_deadline()) notes_.notes().handle_time(now);
}

void Node::State::drain_notes() {
  while (auto output = notes_.notes().poll()) {
    if (const auto* send = std::get_if<Notes::Send>(&*output)) {
      send_control_to(send->to, send->message);
      continue;
    }
    auto& delivery = std::get<Notes::Deliver>(*output);
    const auto member = members_.find(delivery.author);
    std::optional<PeerNumber> peer;
    if (member != members_.end()) peer = member->second.number;
    wire::Note& note = delivery.note.note;
    emit(DeliverNote{delivery.author, peer, note.number, delivery.at_ms, delivery.missing_before, std::move(note.body)});
  }
}

}  // namespace grove::node
