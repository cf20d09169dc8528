// How people come into the room and leave it.
#include <utility>

#include "node/state.h"

namespace grove::node {
namespace {

namespace rendezvous = wire::rendezvous;
using room::Introducer;
using room::RendezvousClient;

template <typename... Cases>
struct On : Cases... {
  using Cases::operator()...;
};
template <typename... Cases>
On(Cases...) -> On<Cases...>;

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
  change_own_record(now);
  rendezvous_.start(now);
}

void Node::State::leave(Instant now) {
  if (has_left_) return;
  for (const auto& [id, link] : links_) {
    if (link.is_open) send_control(id, wire::Bye{});
  }
  for (const auto& [id, link] : links_) emit(CloseLink{id});
  links_.clear();
  members_.clear();
  our_listeners_.clear();
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
                   [&](Introducer::SendBlob& send) { rendezvous_.relay(send.to, std::move(send.blob)); },
                   [&](const Introducer::StartLink& start) {
                     links_.emplace(start.link, Link(start.peer, now));
                     emit(CreateLink{start.link, start.role});
                   },
                   [&](Introducer::ApplySignal& signal) {
                     emit(ApplySignal{signal.link, signal.kind, std::move(signal.text)});
                   },
                   [&](const Introducer::DropLink& drop) { on_drop_link(drop, now); },
                   [&](const Introducer::Met& met) { on_met(met, now); },
                   [&](const Introducer::Ended& ended) { on_ended(ended.peer, LeaveReason::kLost, now); },
               },
               *output);
  }
}

void Node::State::on_met(const Introducer::Met& met, Instant now) {
  const wire::Record& record = met.record.record;
  learn_record(met.peer, met.record, now);
  if (members_.contains(met.peer)) return;
  Member member{{++peer_numbers_}, record.incarnation, record.name, record.is_muted,
                {}, LinkState::kConnecting, {}, base::TokenBucket(kFrameRate, now), {}, 0};
  emit(PeerJoined{member.number, met.peer, member.is_muted, member.name});
  members_.emplace(met.peer, std::move(member));
  tell_link_state(met.peer, LinkState::kConnecting);
}

void Node::State::on_ended(const PeerId& peer, LeaveReason reason, Instant now) {
  const auto member = members_.find(peer);
  if (member == members_.end()) return;
  const bool was_linked = member->second.link.has_value();
  emit(PeerLeft{member->second.number, reason});
  members_.erase(member);
  listening_.forget_source(peer);
  plans_.erase(peer);
  if (!was_linked) return;
  change_own_record(now);
  replan(now);
}

void Node::State::on_drop_link(const Introducer::DropLink& drop, Instant now) {
  emit(CloseLink{drop.link});
  links_.erase(drop.link);
  const auto member = members_.find(drop.peer);
  if (member == members_.end()) return;
  if (member->second.link == drop.link) {
    member->second.link.reset();
    tell_link_state(drop.peer, LinkState::kConnecting);
    change_own_record(now);
    replan(now);
  } else if (drop.reason == Introducer::DropReason::kTimedOut && !member->second.link) {
    tell_link_state(drop.peer, LinkState::kFailed);
  }
}

}  // namespace grove::node
