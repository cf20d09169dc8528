#include "overlay/plan_terms.h"

#include <algorithm>
#include <map>

namespace grove::overlay {

namespace {

std::size_t copies_of(const std::vector<PlanInput::Carried>& all, const base::PeerId& peer) {
  const auto found = std::lower_bound(all.begin(), all.end(), peer, [](const auto& carried, const base::PeerId& p) { return carried.peer < p; });
  return found != all.end() && found->peer == peer ? found->copies : 0;
}

const base::PeerId& peer_at(const base::PeerId& source, const std::vector<wire::Seat>& seats, wire::SeatIndex seat) {
  return seat == wire::kSourceSeat ? source : seats[seat].listener;
}

}  // namespace

void CopyCount::add_own(const PlanInput& input, const std::vector<wire::Seat>& seats) {
  for (const wire::Seat& seat : seats) {
    if (std::binary_search(input.no_send.begin(), input.no_send.end(), seat.listener)) continue;
    ++copies_[peer_at(input.source, seats, seat.parent)];
    if (seat.guardian != wire::kNoSeat && seat.is_hot) ++copies_[peer_at(input.source, seats, seat.guardian)];
  }
}

void CopyCount::add_other(const Map& map, const base::PeerId& source, const std::vector<wire::Seat>& seats) {
  std::map<base::PeerId, std::size_t> asked;
  const auto ask = [&](wire::SeatIndex of, const base::PeerId& listener) {
    const base::PeerId& relay = peer_at(source, seats, of);
    if (map.are_linked(relay, listener)) ++asked[relay];
  };
  for (const wire::Seat& seat : seats) {
    ask(seat.parent, seat.listener);
    if (seat.guardian != wire::kNoSeat && seat.is_hot) ask(seat.guardian, seat.listener);
  }
  for (const auto& [relay, copies] : asked) copies_[relay] += std::min<std::size_t>(copies, map.find(relay)->record.copies_max + kCopiesBeyond);
}

std::vector<PlanInput::Carried> CopyCount::take() {
  std::vector<PlanInput::Carried> all;
  for (const auto& [peer, copies] : copies_) all.push_back({peer, copies});
  copies_.clear();
  return all;
}

Budget budget_of(const base::PeerId& peer, Bears bears, const PlanInput& input) {
  if (bears.role != wire::Role::kDesktop) bears.copies_max = std::min(bears.copies_max, kLeafCopiesMax);
  const Budget alone{bears.copies_max, bears.copies_max + kCopiesBeyond};
  if (bears.copies_at_once == 0) return alone;
  // About three speak at once, so of the others' copies those of two go out while we speak.
  const std::size_t others = input.other_voices;
  const std::size_t beside_us = std::min(others, kVoicesAtOnce - 1);
  const std::size_t theirs = others == 0 ? 0 : (copies_of(input.carried, peer) * beside_us + others - 1) / others;
  const std::size_t share = std::max<std::size_t>(1, bears.copies_at_once / (beside_us + 1));
  const std::size_t kept = peer == input.source ? share : std::min(share, copies_of(input.ours, peer));
  const std::size_t left = std::max(kept, bears.copies_at_once - std::min(bears.copies_at_once, theirs));
  return {std::min(alone.children, left), std::min(alone.copies, left)};
}

bool is_overloaded(const Map& map, const PlanInput& input, const std::vector<wire::Seat>& seats) {
  std::map<base::PeerId, std::size_t> children;
  for (const wire::Seat& seat : seats) {
    if (!std::binary_search(input.no_send.begin(), input.no_send.end(), seat.listener)) ++children[peer_at(input.source, seats, seat.parent)];
  }
  return std::any_of(input.ours.begin(), input.ours.end(), [&](const PlanInput::Carried& ours) {
    const auto* known = map.find(ours.peer);
    if (!known) return false;
    const wire::Record& record = known->record;
    const bool is_source = ours.peer == input.source;
    const Budget budget = budget_of(ours.peer, {record.role, is_source ? input.copies_max : record.copies_max,
                                                is_source ? input.copies_at_once : record.copies_at_once}, input);
    return ours.copies > budget.copies || children[ours.peer] > budget.children;
  });
}

Terms::Terms(const Graph& graph, const PlanInput& input)
    : graph_(graph), hop_price_(kHopDelay + input.failure_price), source_(graph.find(input.source).value_or(Graph::kNobody)), peers_(graph.size()) {
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Graph::Peer& peer = graph.peer(static_cast<Index>(i));
    peers_[i].is_leaf = peer.role != wire::Role::kDesktop;
    peers_[i].budget = budget_of(peer.id, {peer.role, peer.copies_max, peer.copies_at_once}, input);
  }
  if (source_ != Graph::kNobody) {
    const Budget own = budget_of(input.source, {wire::Role::kDesktop, input.copies_max, input.copies_at_once}, input);
    peers_[source_] = {.is_wanted = false, .budget = own};
  }

  for (const base::PeerId& id : input.no_send) {
    if (const auto peer = graph.find(id)) peers_[*peer].is_wanted = false;
  }
  for (const base::PeerId& id : input.avoided_relays) {
    if (const auto peer = graph.find(id)) peers_[*peer].is_avoided = *peer != source_;
  }
  for (const auto& [a, b] : input.avoided_links) {
    const auto one = graph.find(a);
    const auto other = graph.find(b);
    if (!one || !other) continue;
    avoided_links_.emplace_back(std::min(*one, *other), std::max(*one, *other));
    if (*one != source_) peers_[*other].accused.push_back(*one);
  }
  std::sort(avoided_links_.begin(), avoided_links_.end());
  for (Peer& peer : peers_) std::sort(peer.accused.begin(), peer.accused.end());
}

bool Terms::is_avoided(Index parent, Index child) const {
  if (peers_[parent].is_avoided) return true;
  return std::binary_search(avoided_links_.begin(), avoided_links_.end(),
                            std::pair(std::min(parent, child), std::max(parent, child)));
}

Strain Terms::strain(Index u, Index v, std::size_t children) const {
  const Peer& peer = peers_[u];
  Strain strain = peer.is_leaf ? Strain::kLeafCarries : Strain::kNone;
  if (children >= peer.budget.children) {
    if (u == source_) {
      strain = Strain::kSourceOverBudget;
    } else if (children < peer.budget.children + kLeftoversBeyond) {
      strain = Strain::kRelayOverBudget;
    } else {
      return Strain::kImpossible;
    }
  }
  return is_avoided(u, v) ? avoided(strain) : strain;
}

}  // namespace grove::overlay
