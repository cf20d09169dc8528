// A tree while it is planned: who hangs below whom, how late each hears, how many each feeds.
#pragma once

#include <algorithm>
#include <span>
#include <vector>

#include "overlay/plan_terms.h"

namespace grove::overlay {

class TreeDraft {
 public:
  using Index = Graph::Index;
  static constexpr Index kNobody = Graph::kNobody;

  explicit TreeDraft(const Terms& terms);

  // Takes over the edges of an earlier plan that still hold. Their subtrees hang in the air until grow() joins them on.
  void keep(const std::vector<wire::Seat>& before);
  // Attaches everybody whom it can, the cheapest first, each by the least strained edge there is. Whether it did anybody.
  bool grow();

  const Terms& terms() const { return terms_; }
  bool is_attached(Index v) const { return nodes_[v].is_attached; }
  Index parent(Index v) const { return nodes_[v].parent; }
  const std::vector<Index>& children(Index v) const { return nodes_[v].children; }
  base::Duration cost(Index v) const { return nodes_[v].cost; }    // delay and what its relays' failures are priced at
  base::Duration delay(Index v) const { return nodes_[v].delay; }  // of the sound
  std::size_t weight(Index v) const { return nodes_[v].weight; }   // peers in its subtree, itself among them
  const std::vector<Index>& order() const { return order_; }       // attached ones, each after its parent
  bool is_below(Index v, Index u) const {  // v in subtree(u), u itself too
    return nodes_[u].place <= nodes_[v].place && nodes_[v].place < nodes_[u].place + nodes_[u].weight;
  }

  // What v would cost as child of u, `metric` away.
  base::Duration cost_below(Index u, base::Duration metric) const {
    return nodes_[u].cost + (u == terms_.source() ? base::Duration() : terms_.hop_price()) + metric;
  }
  // What one more child v means to u, or v as one of `children + 1`; with all that hangs below v.
  Strain strain(Index u, Index v) const { return strain(u, v, nodes_[u].children.size()); }
  Strain strain(Index u, Index v, std::size_t children) const;
  // Somebody in the subtree of v complained of u.
  bool accuses(Index v, Index u) const {
    return std::binary_search(nodes_[v].accused.begin(), nodes_[v].accused.end(), u);
  }

  void move(Index v, Index new_parent);  // call refresh() before costs, weights and is_below are read again
  void refresh();

 private:
  struct Node {
    Index parent = kNobody;
    std::vector<Index> children;  // sorted
    bool is_attached = false;
    base::Duration cost;
    base::Duration delay;
    std::size_t weight = 0;
    std::size_t place = 0;  // in order_
    std::vector<Index> accused;  // by whoever is in its subtree; sorted
  };
  struct Offer {  // the best edge to somebody who hangs in the air
    Strain strain = Strain::kImpossible;
    base::Duration cost;
    Index parent = kNobody;
  };

  void hang(Index v, Index parent);
  void unhang(Index v);
  void attach(Index v);  // and all below it
  bool join_by_exchange(Strain below);
  bool leads_to_any(Index u, std::span<const Index> accused) const;  // u itself or somebody above it
  void add_up_accused(Index v);
  void gather_accused(Index v);  // of a subtree that hangs in the air
  void look_around(Index v);
  void consider(Index u, const Graph::Link& link);

  const Terms& terms_;
  std::vector<Node> nodes_;
  std::vector<Index> order_;
  std::vector<Offer> offers_;
  std::size_t attached_ = 0;
  // Exchanges are for few. A map made up so that none helps must not cost us seconds (a guess; a search takes up to 0.3 ms).
  static constexpr std::size_t kFailedSearchesPerPeer = 2;
  std::size_t failed_searches_ = 0;
  Strain no_exchange_below_ = Strain::kNone;  // none with edges less strained than this, as the tree stands
};

}  // namespace grove::overlay
