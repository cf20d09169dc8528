// A source's tree as the source itself planned it, in the simulator's names.
#pragma once

#include <optional>
#include <vector>

#include "sim/world.h"

namespace grove::sim {

struct TreeSeat {
  PersonId listener, parent;
  std::optional<PersonId> guardian;
  bool is_hot = false;  // the guardian: sends its copy always
};

struct Tree {
  PersonId source;
  std::uint32_t epoch = 0;
  std::vector<TreeSeat> seats;

  // Everybody whose frames pass through `person`, at any depth.
  std::vector<PersonId> below(PersonId person) const;
  bool is_relay(PersonId person) const;
  // The seat right below `gone` on the way down to `listener`: whose guardian has to serve them both when `gone` is gone.
  // Null: the listener does not hang below it.
  const TreeSeat* orphan(PersonId gone, PersonId listener) const;
};

// None: the source is gone, or has planned nothing.
std::optional<Tree> tree_of(const World& world, PersonId source);

}  // namespace grove::sim
