// Who serves a listener when its parent fails: a peer that has the frames by another way and is linked to it (DESIGN §4.3).
#pragma once

#include <vector>

#include "overlay/tree_draft.h"

namespace grove::overlay {

struct Guardian {
  Graph::Index peer = Graph::kNobody;
  bool is_hot = false;
};

// For every peer of the graph. What a guardian may be asked for is bounded by its budget and kCopiesBeyond:
//   its children + its hot wards + those of its cold wards that hang below one and the same parent
// so that the failure of any one relay asks nobody for more. A link's failure (the source is the parent) asks for one.
// `before`: guardians that still hold are kept.
std::vector<Guardian> choose_guardians(const TreeDraft& tree, const std::vector<wire::Seat>& before);

// I8: outside the subtree of v's parent; for the source's own children, who fear only for their link, outside their own.
bool may_guard(const TreeDraft& tree, Graph::Index guardian, Graph::Index v);

}  // namespace grove::overlay
