// Making room: a full relay takes somebody more when one of its children can hang elsewhere (DESIGN §4 "leftovers": nobody
// goes over its budget while a few moves serve everybody).
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "overlay/tree_draft.h"

namespace grove::overlay {

// The longest chain: one child goes where another's leaving made room, and so on (a guess; two hardly ever do not do).
inline constexpr std::size_t kExchangeMovesMax = 4;

struct Exchange {
  Graph::Index parent = Graph::kNobody;                          // of the newcomer
  std::vector<std::pair<Graph::Index, Graph::Index>> moves = {};  // a child, its new parent; in this order
};

// How v, alone in the air, gets a place below a relay that is full: nobody ends beyond its budget but the source. The shortest
// chain there is, of edges less strained than `below`. `tree` is refreshed.
std::optional<Exchange> room_for(const TreeDraft& tree, Graph::Index v, Strain below);

// Takes from relays beyond their budget every child that an exchange can place.
void relieve(TreeDraft& tree);

}  // namespace grove::overlay
