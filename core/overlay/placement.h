// Where everybody in the room lies, as all measured links of the map have it together. What peers tell of themselves is
// where this begins: a coordinate moves by one link at a time, is told seldom, and a newcomer's is hardly one.
#pragma once

#include <array>
#include <vector>

#include "base/time.h"
#include "overlay/graph.h"

namespace grove::overlay {

class Placement {
 public:
  // Each peer moves half of the way to where its links would have it; more rounds help no more (docs/decisions/0006).
  static constexpr int kRounds = 40;
  // Places in three dimensions and a height: with fewer links nothing is known. A guess.
  static constexpr std::size_t kLinksMin = 4;

  explicit Placement(const Graph& graph);

  bool is_known(Graph::Index peer) const { return spots_[peer].is_known; }
  base::Duration distance(Graph::Index a, Graph::Index b) const;  // the round-trip time that it predicts

 private:
  struct Spot {  // in ms, as coordinate.h
    std::array<double, 3> place{};
    double height = 0;
    bool is_known = false;
  };

  void begin(const Graph& graph);
  void settle(const Graph& graph, Graph::Index peer);

  std::vector<Spot> spots_;
};

}  // namespace grove::overlay
