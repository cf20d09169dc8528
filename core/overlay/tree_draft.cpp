#include "overlay/tree_draft.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"
#include "overlay/exchange.h"

namespace grove::overlay {

TreeDraft::TreeDraft(const Terms& terms)
    : terms_(terms), nodes_(terms.graph().size()), offers_(terms.graph().size()) {
  if (terms.source() == kNobody) return;
  nodes_[terms.source()].is_attached = true;
  refresh();
}

void TreeDraft::keep(const std::vector<wire::Seat>& before) {
  const Graph& graph = terms_.graph();
  for (const wire::Seat& seat : before) {
    const auto child = graph.find(seat.listener);
    const auto parent = seat.parent == wire::kSourceSeat ? std::optional(terms_.source()) : graph.find(before[seat.parent].listener);
    if (!child || !parent || *parent == kNobody || *child == terms_.source()) continue;
    if (!terms_.is_wanted(*child) || (*parent != terms_.source() && !terms_.is_wanted(*parent))) continue;
    if (!graph.link(*parent, *child) || strain(*parent, *child) > Strain::kLeafCarries) continue;
    hang(*child, *parent);
  }
  if (terms_.source() == kNobody) return;
  for (std::size_t i = 0; terms_.has_accusers() && i < nodes_.size(); ++i) {
    const auto v = static_cast<Index>(i);
    if (nodes_[v].parent != kNobody && leads_to_any(nodes_[v].parent, terms_.accused_by(v))) unhang(v);
  }
  for (const Index child : nodes_[terms_.source()].children) attach(child);
  refresh();
}

bool TreeDraft::grow() {
  if (terms_.source() == kNobody) return false;
  const std::size_t attached_before = attached_;
  const auto is_root = [&](std::size_t v) {
    return !nodes_[v].is_attached && nodes_[v].parent == kNobody && terms_.is_wanted(static_cast<Index>(v));
  };
  for (std::size_t v = 0; v < nodes_.size(); ++v) {
    if (!is_root(v)) continue;
    gather_accused(static_cast<Index>(v));
    look_around(static_cast<Index>(v));
  }
  while (true) {
    std::size_t best = nodes_.size();
    std::size_t to_dissolve = nodes_.size();
    for (std::size_t v = 0; v < nodes_.size(); ++v) {
      if (!is_root(v)) continue;
      const bool is_better = best == nodes_.size() || std::tie(offers_[v].strain, offers_[v].cost) <
                                                          std::tie(offers_[best].strain, offers_[best].cost);
      if (is_better) best = v;
      if (to_dissolve == nodes_.size() && offers_[v].strain > Strain::kNone && !nodes_[v].children.empty()) to_dissolve = v;
    }
    if (best == nodes_.size()) break;
    const Offer offer = offers_[best];
    // A subtree that finds no good place as a whole may find some in parts.
    if (offer.strain > Strain::kNone && to_dissolve != nodes_.size()) {
      const std::vector<Index> children = nodes_[to_dissolve].children;
      for (const Index child : children) {
        unhang(child);
        gather_accused(child);
        look_around(child);
      }
      gather_accused(static_cast<Index>(to_dissolve));
      look_around(static_cast<Index>(to_dissolve));
      continue;
    }
    const bool is_room_full = attached_ >= wire::kListenersMax;
    if (is_room_full) break;
    if (offer.strain >= Strain::kAvoided && join_by_exchange(Strain::kAvoided)) continue;
    if (offer.strain >= Strain::kRelayOverBudget && join_by_exchange(Strain::kRelayOverBudget)) continue;
    if (offer.strain == Strain::kImpossible) break;
    hang(static_cast<Index>(best), offer.parent);
    attach(static_cast<Index>(best));
    if (terms_.budget(static_cast<Index>(best)) > 0) no_exchange_below_ = Strain::kNone;  // a new place to move to
    for (std::size_t v = 0; v < nodes_.size(); ++v) {  // the offers that this took the room of
      if (is_root(v) && offers_[v].parent == offer.parent) look_around(static_cast<Index>(v));
    }
  }
  refresh();
  GROVE_ASSERT(attached_ + 1 == order_.size());
  return attached_ > attached_before;
}

// Somebody who has only bad places, or none, gets the place of somebody who can hang elsewhere. By now everybody in the
// air is alone there.
bool TreeDraft::join_by_exchange(Strain below) {
  if (below <= no_exchange_below_ || failed_searches_ > kFailedSearchesPerPeer * nodes_.size()) return false;
  refresh();
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    const auto v = static_cast<Index>(i);
    if (nodes_[v].is_attached || !terms_.is_wanted(v)) continue;
    const auto exchange = room_for(*this, v, below);
    if (!exchange) {
      ++failed_searches_;
      continue;
    }
    no_exchange_below_ = Strain::kNone;
    hang(v, exchange->parent);
    attach(v);
    for (const auto& [child, parent] : exchange->moves) move(child, parent);
    refresh();
    for (std::size_t other = 0; other < nodes_.size(); ++other) {
      if (!nodes_[other].is_attached && terms_.is_wanted(static_cast<Index>(other))) look_around(static_cast<Index>(other));
    }
    return true;
  }
  no_exchange_below_ = below;
  return false;
}

Strain TreeDraft::strain(Index u, Index v, std::size_t children) const {
  const Strain strain = terms_.strain(u, v, children);
  return leads_to_any(u, nodes_[v].accused) ? avoided(strain) : strain;
}

bool TreeDraft::leads_to_any(Index u, std::span<const Index> accused) const {
  if (accused.empty()) return false;
  for (; u != terms_.source() && u != kNobody; u = nodes_[u].parent) {
    if (std::binary_search(accused.begin(), accused.end(), u)) return true;
  }
  return false;
}

// From its children's lists, which stand already, and its own word.
void TreeDraft::add_up_accused(Index v) {
  std::vector<Index>& all = nodes_[v].accused;
  const auto own = terms_.accused_by(v);
  all.assign(own.begin(), own.end());
  for (const Index child : nodes_[v].children) {
    all.insert(all.end(), nodes_[child].accused.begin(), nodes_[child].accused.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
}

void TreeDraft::gather_accused(Index v) {
  if (!terms_.has_accusers()) return;
  std::vector<Index> below{v};
  for (std::size_t i = 0; i < below.size(); ++i) {
    below.insert(below.end(), nodes_[below[i]].children.begin(), nodes_[below[i]].children.end());
  }
  while (!below.empty()) {
    add_up_accused(below.back());
    below.pop_back();
  }
}

void TreeDraft::move(Index v, Index new_parent) {
  unhang(v);
  hang(v, new_parent);
}

void TreeDraft::refresh() {
  order_.assign(1, terms_.source());
  for (Node& node : nodes_) node.weight = 0;
  // Depth first, so that a subtree lies in one piece.
  std::vector<Index> open(nodes_[terms_.source()].children.rbegin(), nodes_[terms_.source()].children.rend());
  nodes_[terms_.source()].place = 0;
  while (!open.empty()) {
    const Index v = open.back();
    open.pop_back();
    Node& node = nodes_[v];
    const Node& above = nodes_[node.parent];
    const base::Duration metric = terms_.graph().link(node.parent, v)->metric;
    node.cost = cost_below(node.parent, metric);
    node.delay = above.delay + (node.parent == terms_.source() ? base::Duration() : kHopDelay) + metric;
    node.place = order_.size();
    order_.push_back(v);
    open.insert(open.end(), node.children.rbegin(), node.children.rend());
    GROVE_ASSERT(order_.size() <= nodes_.size());  // no ring
  }
  for (std::size_t i = order_.size(); i-- > 0;) {
    Node& node = nodes_[order_[i]];
    ++node.weight;
    if (i > 0) nodes_[node.parent].weight += node.weight;
  }
  if (!terms_.has_accusers()) return;
  for (std::size_t i = order_.size(); i-- > 1;) add_up_accused(order_[i]);
}

void TreeDraft::hang(Index v, Index parent) {
  nodes_[v].parent = parent;
  std::vector<Index>& siblings = nodes_[parent].children;
  siblings.insert(std::lower_bound(siblings.begin(), siblings.end(), v), v);
}

void TreeDraft::unhang(Index v) {
  std::vector<Index>& siblings = nodes_[nodes_[v].parent].children;
  siblings.erase(std::lower_bound(siblings.begin(), siblings.end(), v));
  nodes_[v].parent = kNobody;
}

void TreeDraft::attach(Index v) {
  std::vector<Index> open{v};
  while (!open.empty()) {
    const Index next = open.back();
    open.pop_back();
    Node& node = nodes_[next];
    node.is_attached = true;
    ++attached_;
    node.cost = cost_below(node.parent, terms_.graph().link(node.parent, next)->metric);
    for (const Graph::Link& link : terms_.graph().links(next)) consider(next, link);
    open.insert(open.end(), node.children.begin(), node.children.end());
  }
}

void TreeDraft::look_around(Index v) {
  offers_[v] = {};
  for (const Graph::Link& link : terms_.graph().links(v)) {
    if (nodes_[link.to].is_attached) consider(link.to, {v, link.rtt, link.metric});
  }
}

void TreeDraft::consider(Index u, const Graph::Link& link) {
  if (nodes_[link.to].is_attached) return;
  const Offer offer{strain(u, link.to), cost_below(u, link.metric), u};
  if (offer.strain == Strain::kImpossible) return;
  Offer& known = offers_[link.to];
  if (std::tie(offer.strain, offer.cost, offer.parent) < std::tie(known.strain, known.cost, known.parent)) known = offer;
}

}  // namespace grove::overlay
