#include "overlay/plan_terms.h"

#include <algorithm>

namespace grove::overlay {

Terms::Terms(const Graph& graph, const PlanInput& input)
    : graph_(graph), hop_price_(kHopDelay + input.failure_price), source_(graph.find(input.source).value_or(Graph::kNobody)), peers_(graph.size()) {
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const Graph::Peer& peer = graph.peer(static_cast<Index>(i));
    peers_[i].is_leaf = peer.role != wire::Role::kDesktop;
    peers_[i].budget = peers_[i].is_leaf ? std::min<std::size_t>(peer.copies_max, kLeafCopiesMax) : peer.copies_max;
  }
  if (source_ != Graph::kNobody) peers_[source_] = {.is_wanted = false, .budget = input.copies_max};

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
  if (children >= peer.budget) {
    if (u == source_) {
      strain = Strain::kSourceOverBudget;
    } else if (children < peer.budget + kLeftoversBeyond) {
      strain = Strain::kRelayOverBudget;
    } else {
      return Strain::kImpossible;
    }
  }
  return is_avoided(u, v) ? avoided(strain) : strain;
}

}  // namespace grove::overlay
