// The plan at the root: each source alone computes the tree of its own voice from its map. Pure and deterministic; ties
// are broken by id.
#pragma once

#include <vector>

#include "base/id.h"
#include "overlay/map.h"
#include "wire/tree_plan.h"

namespace grove::overlay {

struct PlanInput {
  base::PeerId source;
  std::vector<base::PeerId> links;     // those the source has an open link to
  std::vector<base::PeerId> no_send;   // those who asked for nothing of this source
  std::size_t copies_max;              // how many children the source's uplink serves
};

struct Planned {
  std::vector<wire::Seat> seats;
  bool is_over_budget;  // more children than copies_max, because there is nobody else to carry them
};

// While the uplink suffices the plan is a star, and a star is all that this step builds: every willing peer that the
// source is linked to is its child, beyond the budget too (flagged, DESIGN §4 "leftovers").
Planned plan_tree(const Map& map, const PlanInput& input);

}  // namespace grove::overlay
