// A PlanInput by number: who listens, who carries, and what is avoided. What the planner's parts share.
#pragma once

#include <span>
#include <vector>

#include "overlay/graph.h"
#include "overlay/plan.h"

namespace grove::overlay {

// Why an edge is worse than it should be; a tree takes a worse kind only where a better one reaches nobody.
enum class Strain : std::uint8_t {
  kNone = 0,
  kLeafCarries = 1,        // a phone, a hidden tab or a metered line has to relay
  kSourceOverBudget = 2,
  kAvoided = 4,            // somebody complained of this link or relay; above each of those before
  kRelayOverBudget = 8,    // I3: only where somebody would be deaf; no complaint is reason enough
  kImpossible = 16,
};

// How far beyond its budget a relay goes, when no exchange of places gives a listener another parent
// (docs/decisions/0004).
inline constexpr std::size_t kLeftoversBeyond = 1;

inline Strain avoided(Strain strain) {
  if (strain == Strain::kImpossible) return strain;
  return static_cast<Strain>(static_cast<int>(strain) | static_cast<int>(Strain::kAvoided));
}

// What one peer can send of one voice.
struct Budget {
  std::size_t children = 0;
  std::size_t copies = 0;  // hot wards too
};
struct Bears {
  wire::Role role;
  std::size_t copies_max, copies_at_once;
};
Budget budget_of(const base::PeerId& peer, Bears bears, const PlanInput& input);

class Terms {
 public:
  using Index = Graph::Index;

  Terms(const Graph& graph, const PlanInput& input);

  const Graph& graph() const { return graph_; }
  Index source() const { return source_; }  // kNobody: the map does not know it
  bool is_wanted(Index peer) const { return peers_[peer].is_wanted; }
  bool is_leaf(Index peer) const { return peers_[peer].is_leaf; }
  std::size_t budget(Index peer) const { return peers_[peer].budget.children; }
  std::size_t copies(Index peer) const { return peers_[peer].budget.copies; }
  bool is_avoided_relay(Index peer) const { return peers_[peer].is_avoided; }
  bool is_avoided(Index parent, Index child) const;
  // Whom `listener` complained of: rather nowhere above it. Sorted; never the source, who is above everybody.
  std::span<const Index> accused_by(Index listener) const { return peers_[listener].accused; }
  base::Duration hop_price() const { return hop_price_; }  // what each relay adds to cost
  bool has_accusers() const { return !avoided_links_.empty(); }

  // What one more child `v` of `u` means, when u has `children` already.
  Strain strain(Index u, Index v, std::size_t children) const;

 private:
  struct Peer {
    bool is_wanted = true;   // listens to this source
    bool is_leaf = false;    // by its role
    bool is_avoided = false;  // as relay
    Budget budget = {};
    std::vector<Index> accused = {};
  };

  const Graph& graph_;
  base::Duration hop_price_;
  Index source_;
  std::vector<Peer> peers_;
  std::vector<std::pair<Index, Index>> avoided_links_;  // the lower number first; sorted
};

}  // namespace grove::overlay
