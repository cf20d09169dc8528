// How people come into the room and leave it.
#include <utility>

#include "base/on.h"
#include "node/state.h"

namespace grove::node {
namespace {

namespace rendezvous = wire::rendezvous;
using room::Introducer;
using room::RendezvousClient;

using base::On;

RendezvousState state_of(RendezvousClient::State state) {
  switch (state) {
    case RendezvousClient::State::kConnecting: return RendezvousState::kConnecting;
    case RendezvousClient::State::kOpen: return RendezvousState::kOpen;
    case RendezvousClient::State::kWaiting: return RendezvousState::kWaiting;
    case RendezvousClient::State::kRefused: return RendezvousState::kRefused;
  }
  __builtin_unreachable();
}

std::string one_a_line(const std::vector<std::string>& urls) {
  std::string lines;
  for (const std::string& url : urls) lines += (lines.empty() ? "" : "\n") + url;
  return lines;
}

}  // namespace

void Node::State::start(Instant now) {
  change_own_record(Urgency::kGained, now);
  rendezvous_.start(now);
}

void Node::State::leave(Instant now) {
  if (has_left_) return;
  // Our last word goes on to those who have no link to us.
  ++own_.version;
  own_.links.clear();
  own_.is_leaving = true;
  own_signed_ = me_.sign(own_);
  for (const auto& [id, link] : links_) {
    if (!link.is_open) continue;
    send_control(id, wire::RecordNews{own_signed_});
    send_control(id, wire::Bye{});
  }
  for (const auto& [id, link] : links_) emit(CloseLink{id});
  links_.clear();
  asides_.clear();
  members_.clear();
  streams_.clear();
  rendezvous_.stop();
  on_rendezvous_outputs(now);
  has_left_ = true;
}

void Node::State::on_rendezvous_outputs(Instant now) {
  while (auto output = rendezvous_.poll()) {
    std::visit(On{
                   [&](RendezvousClient::Open) { emit(OpenRendezvous{}); },
                   [&](RendezvousClient::Close) { emit(CloseRendezvous{}); },
                   [&](RendezvousClient::Send& send) { emit(SendRendezvous{std::move(send.message)}); },
                   [&](RendezvousClient::StateChanged& change) {
                     emit(RendezvousChanged{state_of(change.state), change.retry_in, std::move(change.reason)});
                     if (own_.is_at_door != rendezvous_.is_open()) change_own_record(Urgency::kGained, now);
                   },
                   [&](const rendezvous::Welcome& welcome) {
                     if (!welcome.ice_servers.empty()) emit(IceServers{one_a_line(welcome.ice_servers)});
                     introducer_.handle_welcome(welcome.present, now);
                   },
                   [&](const rendezvous::Entered&) {},  // the newcomer says hello
                   [&](const rendezvous::Gone& gone) { introducer_.handle_gone(gone.who, now); },
                   [&](const rendezvous::Relayed& relayed) {
                     if (!introducer_.handle_blob(relayed.from, relayed.blob, now)) ++stats_.envelopes_refused;
                   },
               },
               *output);
  }
}

void Node::State::on_introductions(Instant now) {
  while (auto output = introducer_.poll()) {
    std::visit(On{
                   [&](Introducer::SendBlob& send) { send_blob(send); },
                   [&](const Introducer::StartLink& start) {
                     links_.emplace(start.link, Link(start.peer, now));
                     neighbours_.handle_attempt(now);
                     emit(CreateLink{start.link, start.role});
                   },
                   [&](Introducer::ApplySignal& signal) {
                     const auto link = links_.find(signal.link);
                     const bool is_vain = link != links_.end() && must_not_connect(link->second.peer, now);
                     if (is_vain && signal.kind == SignalKind::kCandidate) return;
                     emit(ApplySignal{signal.link, signal.kind, std::move(signal.text)});
                   },
                   [&](const Introducer::DropLink& drop) { on_drop_link(drop, now); },
                   [&](const Introducer::Met& met) { on_met(met, now); },
                   [&](const Introducer::Ended& ended) {
                     // Gone from the rendezvous and without a link to us; but others may have one.
                     const auto member = members_.find(ended.peer);
                     if (member != members_.end() && member->second.missing_since) on_ended(ended.peer, LeaveReason::kLost, now);
                   },
               },
               *output);
  }
}

void Node::State::on_drop_link(const Introducer::DropLink& drop, Instant now) {
  emit(CloseLink{drop.link});
  links_.erase(drop.link);
  const auto member = members_.find(drop.peer);
  if (member == members_.end()) return;
  if (member->second.link == drop.link) {
    member->second.link.reset();
    tell_link_state(drop.peer, LinkState::kConnecting);
    on_peer_unlinked(drop.peer, overlay::TreeKeeper::Change::kFailure, now);
  } else if (drop.reason == Introducer::DropReason::kTimedOut && !member->second.link) {
    neighbours_.handle_failed(drop.peer, now);
    if (member->second.state == LinkState::kConnecting) tell_link_state(drop.peer, LinkState::kFailed);
  }
}

// In a settled room a few keep the rendezvous connection for all; whoever has lost every link is alone, and comes back to it.
void Node::State::keep_the_door(Instant now) {
  if (now < std::min(door_due_, doorkeeper_.next_deadline())) return;
  std::vector<overlay::DoorMember> room{{me_.self(), own_.role, own_.incarnation, rendezvous_.is_open()}};
  const bool is_linked = !linked_peers().empty();
  for (const auto& [peer, member] : members_) {
    const auto* record = map_.find(peer);
    if (!is_linked || member.missing_since || !record) continue;
    room.push_back({peer, record->record.role, record->record.incarnation, record->record.is_at_door});
  }
  door_due_ = Instant::never();
  switch (doorkeeper_.decide(room, me_.self(), !rendezvous_.is_stopped(), now)) {
    case overlay::Doorkeeper::Decision::kStay:
      return;
    case overlay::Doorkeeper::Decision::kCome:
      rendezvous_.start(now);
      return;
    case overlay::Doorkeeper::Decision::kGo:
      rendezvous_.stop();
      introducer_.handle_rendezvous_closed(now);
      emit(RendezvousChanged{RendezvousState::kResting, {}, {}});
      change_own_record(Urgency::kGained, now);
      return;
  }
}

}  // namespace grove::node
