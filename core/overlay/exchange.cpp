#include "overlay/exchange.h"

#include <algorithm>
#include <tuple>

namespace grove::overlay {
namespace {

using Index = Graph::Index;
constexpr Index kNobody = Graph::kNobody;

// Breadth first over relays that would have to lose a child: from those that are to have room to somebody who has some.
class Search {
 public:
  Search(const TreeDraft& tree, Index newcomer, Strain below)
      : tree_(tree), terms_(tree.terms()), newcomer_(newcomer), below_(below), steps_(terms_.graph().size()) {}

  // With v in the place of one of its children.
  bool would_fit(Index relay, Index v) const {
    return !tree_.children(relay).empty() && tree_.strain(relay, v, tree_.children(relay).size() - 1) < below_;
  }
  void begin_at(Index relay) {
    steps_[relay] = {kNobody, kNobody, relay};
    frontier_.push_back(relay);
  }

  std::optional<Exchange> run() {
    for (std::size_t moves = 1; moves <= kExchangeMovesMax && !frontier_.empty(); ++moves) {
      ends_.clear();
      next_.clear();
      for (const Index relay : frontier_) look_at(relay);
      std::sort(ends_.begin(), ends_.end());
      for (const End& end : ends_) {
        if (auto exchange = follow(end)) return exchange;
      }
      frontier_.swap(next_);
    }
    return std::nullopt;
  }

 private:
  using End = std::tuple<Strain, base::Duration, Index, Index>;  // how bad, how late, who moves, where to

  struct Step {  // how a relay comes to lose a child
    Index child = kNobody;   // the one that would come here
    Index from = kNobody;    // its parent now
    Index start = kNobody;   // the first relay of this chain; kNobody: not seen yet
  };

  void look_at(Index relay) {
    const Index start = steps_[relay].start;
    for (const Index child : tree_.children(relay)) {
      for (const Graph::Link& link : terms_.graph().links(child)) {
        const Index to = link.to;
        if (to == relay) continue;
        if (to == newcomer_) {
          consider_newcomer(start, child, link);
          continue;
        }
        if (!tree_.is_attached(to) || tree_.is_below(to, child)) continue;
        const Strain strain = tree_.strain(to, child);
        if (strain < below_) {
          ends_.emplace_back(strain, tree_.cost_below(to, link.metric), child, to);
        } else if (would_fit(to, child) && steps_[to].start == kNobody) {
          steps_[to] = {child, relay, start};
          next_.push_back(to);
        }
      }
    }
  }

  // The newcomer itself may take over who makes room for it.
  void consider_newcomer(Index start, Index child, const Graph::Link& link) {
    const bool is_accused = tree_.accuses(child, newcomer_);
    const Strain strain = is_accused ? avoided(terms_.strain(newcomer_, child, 0)) : terms_.strain(newcomer_, child, 0);
    if (strain >= below_) return;
    const base::Duration above = tree_.cost_below(start, terms_.graph().link(start, newcomer_)->metric);
    ends_.emplace_back(strain, above + terms_.hop_price() + link.metric, child, newcomer_);
  }

  // Each move alone leads to no ring; whether all of them do is seen by making them one after another.
  std::optional<Exchange> follow(const End& end) const {
    auto [child, to] = std::pair(std::get<2>(end), std::get<3>(end));
    Exchange exchange;
    Index relay = tree_.parent(child);
    exchange.parent = steps_[relay].start;
    while (true) {
      if (is_above(child, to, exchange)) return std::nullopt;
      exchange.moves.emplace_back(child, to);
      if (steps_[relay].from == kNobody) return exchange;
      child = steps_[relay].child;
      to = relay;
      relay = steps_[relay].from;
    }
  }

  bool is_above(Index v, Index u, const Exchange& after) const {
    for (; u != terms_.source(); u = parent_of(u, after)) {
      if (u == v) return true;
    }
    return false;
  }

  Index parent_of(Index v, const Exchange& after) const {
    if (v == newcomer_) return after.parent;
    for (const auto& [child, parent] : after.moves) {
      if (child == v) return parent;
    }
    return tree_.parent(v);
  }

  const TreeDraft& tree_;
  const Terms& terms_;
  Index newcomer_;
  Strain below_;
  std::vector<Step> steps_;  // by relay
  std::vector<Index> frontier_, next_;
  std::vector<End> ends_;
};

}  // namespace

std::optional<Exchange> room_for(const TreeDraft& tree, Index v, Strain below) {
  Search search(tree, v, below);
  for (const Graph::Link& link : tree.terms().graph().links(v)) {
    if (tree.is_attached(link.to) && link.to != tree.terms().source() && search.would_fit(link.to, v)) search.begin_at(link.to);
  }
  return search.run();
}

void relieve(TreeDraft& tree) {
  const Terms& terms = tree.terms();
  // What was impossible for one may be possible when another has moved. Each move leaves one child less beyond a budget.
  for (bool has_moved = true; has_moved;) {
    has_moved = false;
    const std::vector<Index> relays = tree.order();
    for (const Index relay : relays) {
      if (relay == terms.source() || tree.children(relay).size() <= terms.budget(relay)) continue;
      std::optional<Exchange> exchange;
      for (const Strain below : {Strain::kAvoided, Strain::kRelayOverBudget}) {
        Search search(tree, kNobody, below);
        search.begin_at(relay);
        if (!exchange) exchange = search.run();
      }
      if (!exchange) continue;
      for (const auto& [child, parent] : exchange->moves) tree.move(child, parent);
      tree.refresh();
      has_moved = true;
    }
  }
}

}  // namespace grove::overlay
