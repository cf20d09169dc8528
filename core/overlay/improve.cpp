#include "overlay/improve.h"

#include <algorithm>
#include <cstdint>

namespace grove::overlay {
namespace {

using Index = Graph::Index;

// More than all delays of a room together: an edge of a worse kind is never worth it.
constexpr base::Duration kStrainPrice = base::Duration::s(1'000);

base::Duration price(Strain strain) { return kStrainPrice * static_cast<std::int64_t>(strain); }

base::Duration weighed(base::Duration each, std::size_t peers) { return each * static_cast<std::int64_t>(peers); }

class Improver {
 public:
  explicit Improver(TreeDraft& tree, const Hurt* hurt = nullptr)
      : tree_(tree), terms_(tree.terms()), graph_(terms_.graph()), elsewhere_(graph_.size()), hurt_(hurt) {
    find_slack();
  }

  bool round() {
    bool has_moved = false;
    const std::vector<Index> order = hurt_ ? hurt_->peers : tree_.order();
    for (const Index v : order) {
      if (v == terms_.source() || (hurt_ && !is_late(v))) continue;
      const Move move = best_move(v);
      if (move.gain <= base::Duration()) continue;
      apply(v, move);
      has_moved = true;
    }
    return has_moved;
  }

 private:
  struct Move {
    base::Duration gain;
    Index parent = Graph::kNobody;
    Index evicted = Graph::kNobody;  // the child of `parent` that makes room
    Index refuge = Graph::kNobody;   // where it goes
  };
  struct Place {
    base::Duration cost;
    Index parent = Graph::kNobody;
    bool is_known = false;
  };

  base::Duration latest(Index v) const { return hurt_->heard_after[v] + kUnnoticed; }
  bool is_late(Index v) const { return tree_.is_attached(v) && tree_.delay(v) > latest(v); }

  // How much later everybody below, and who is there, may hear.
  void find_slack() {
    if (!hurt_) return;
    slack_.assign(graph_.size(), kNeverHeard);
    const std::vector<Index>& order = tree_.order();
    for (std::size_t i = order.size(); i-- > 1;) {
      const Index v = order[i];
      slack_[v] = std::min(slack_[v], latest(v) - tree_.delay(v));
      slack_[tree_.parent(v)] = std::min(slack_[tree_.parent(v)], slack_[v]);
    }
  }

  // What v's edge is priced at now.
  base::Duration strain_price(Index v) const {
    const Index parent = tree_.parent(v);
    return price(tree_.strain(parent, v, tree_.children(parent).size() - 1));
  }

  Move best_move(Index v) {
    const base::Duration relief = strain_price(v);
    Move best;
    for (const Graph::Link& link : graph_.links(v)) {
      const Index u = link.to;
      if (!tree_.is_attached(u) || u == tree_.parent(v) || tree_.is_below(u, v)) continue;
      const base::Duration cost = tree_.cost_below(u, link.metric);
      const base::Duration saved = weighed(tree_.cost(v) - cost, tree_.weight(v)) + relief;
      if (saved <= best.gain) continue;
      const Strain strain = tree_.strain(u, v);
      if (strain != Strain::kImpossible && saved - price(strain) > best.gain) {
        best = {saved - price(strain), u, Graph::kNobody, Graph::kNobody};
      }
      const bool is_full = strain != Strain::kNone && tree_.strain(u, v, tree_.children(u).size() - 1) == Strain::kNone;
      if (!is_full) continue;
      for (const Index w : tree_.children(u)) consider_eviction(v, u, w, cost, saved, best);
    }
    return best;
  }

  // v takes the place of w below u; w goes below v, into v's old place, or wherever else is best.
  void consider_eviction(Index v, Index u, Index w, base::Duration cost_of_v, base::Duration saved, Move& best) {
    const std::size_t weight = tree_.weight(w) - (tree_.is_below(v, w) ? tree_.weight(v) : 0);
    const auto offer = [&](Index refuge, base::Duration cost_of_w) {
      if (hurt_ && cost_of_w - tree_.cost(w) > std::max(slack_[w], base::Duration())) return;
      const base::Duration gain = saved - weighed(cost_of_w - tree_.cost(w), weight);
      if (gain > best.gain) best = {gain, u, w, refuge};
    };
    if (const Graph::Link* link = graph_.link(v, w); link && tree_.strain(v, w) == Strain::kNone) {
      offer(v, cost_of_v + terms_.hop_price() + link->metric);
    }
    const Index old = tree_.parent(v);
    if (const Graph::Link* link = graph_.link(old, w); link && !tree_.is_below(old, w)) {
      if (tree_.strain(old, w, tree_.children(old).size() - 1) == Strain::kNone) offer(old, tree_.cost_below(old, link->metric));
    }
    const Place& place = elsewhere(w);
    if (place.parent != Graph::kNobody && !tree_.is_below(place.parent, v)) offer(place.parent, place.cost);
  }

  // The best place for w that has room and is not the one it has.
  const Place& elsewhere(Index w) {
    Place& place = elsewhere_[w];
    if (place.is_known) return place;
    place = {{}, Graph::kNobody, true};
    for (const Graph::Link& link : graph_.links(w)) {
      if (!tree_.is_attached(link.to) || link.to == tree_.parent(w) || tree_.is_below(link.to, w)) continue;
      if (tree_.strain(link.to, w) != Strain::kNone) continue;
      const base::Duration cost = tree_.cost_below(link.to, link.metric);
      if (place.parent == Graph::kNobody || cost < place.cost) place = {cost, link.to, true};
    }
    return place;
  }

  void apply(Index v, const Move& move) {
    tree_.move(v, move.parent);
    if (move.evicted != Graph::kNobody) tree_.move(move.evicted, move.refuge);
    tree_.refresh();
    for (Place& place : elsewhere_) place.is_known = false;
    find_slack();
  }

  TreeDraft& tree_;
  const Terms& terms_;
  const Graph& graph_;
  std::vector<Place> elsewhere_;
  const Hurt* hurt_;  // null: everybody may move
  std::vector<base::Duration> slack_;  // with hurt_
};

}  // namespace

void improve(TreeDraft& tree) {
  Improver improver(tree);
  for (int i = 0; i < kImproveRounds && improver.round(); ++i) {
  }
}

void mend(TreeDraft& tree, const Hurt& hurt) {
  Improver improver(tree, &hurt);
  for (int i = 0; i < kImproveRounds && improver.round(); ++i) {
  }
}

}  // namespace grove::overlay
