// A source's tree as the source itself planned it, in the simulator's names.
#pragma once

#include <optional>
#include <vector>

#include "sim/world.h"

namespace grove::sim {

struct TreeSeat {
  PersonId listener, parent;
  std::optional<PersonId> guardian;
};

struct Tree {
  PersonId source;
  std::uint32_t epoch = 0;
  std::vector<TreeSeat> seats;

  // Everybody whose frames pass through `person`, at any depth.
  std::vector<PersonId> below(PersonId person) const;
  bool is_relay(PersonId person) const;
};

// None: the source is gone, or has planned nothing.
std::optional<Tree> tree_of(const World& world, PersonId source);

}  // namespace grove::sim
