#include "sim/trees.h"

#include <algorithm>

namespace grove::sim {

std::vector<PersonId> Tree::below(PersonId person) const {
  std::vector<PersonId> found{person};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (const TreeSeat& seat : seats) {
      const bool is_new = std::find(found.begin(), found.end(), seat.listener) == found.end();
      if (seat.parent == found[i] && is_new) found.push_back(seat.listener);
    }
  }
  found.erase(found.begin());
  return found;
}

bool Tree::is_relay(PersonId person) const {
  return person != source &&
         std::any_of(seats.begin(), seats.end(), [&](const TreeSeat& seat) { return seat.parent == person; });
}

const TreeSeat* Tree::orphan(PersonId gone, PersonId listener) const {
  for (std::size_t steps = 0; steps < seats.size(); ++steps) {
    const auto seat = std::find_if(seats.begin(), seats.end(), [&](const TreeSeat& s) { return s.listener == listener; });
    if (seat == seats.end()) return nullptr;
    if (seat->parent == gone) return &*seat;
    listener = seat->parent;
  }
  return nullptr;
}

std::optional<Tree> tree_of(const World& world, PersonId source) {
  if (!world.is_here(source)) return std::nullopt;
  const node::RoomView view = world.person(source).node->view();
  const auto person_at = [&](std::uint16_t place) -> std::optional<PersonId> {
    return place == node::RoomView::kNobody ? std::nullopt : world.person_of(view.peers[place].id);
  };
  for (const auto& tree : view.trees) {
    if (tree.source != view.self) continue;
    Tree found{source, tree.epoch, {}};
    for (const auto& seat : tree.seats) {
      const auto listener = person_at(seat.listener), parent = person_at(seat.parent);
      if (listener && parent) found.seats.push_back({*listener, *parent, person_at(seat.guardian), seat.is_hot});
    }
    return found;
  }
  return std::nullopt;
}

}  // namespace grove::sim
