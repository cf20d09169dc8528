// Local moves that shorten a tree once everybody has a place in it (DESIGN §4 "improve").
#pragma once

#include "overlay/tree_draft.h"

namespace grove::overlay {

inline constexpr int kImproveRounds = 4;  // DESIGN §4

// Hangs peers elsewhere, where need be by giving a full parent's child another place, as long as that lessens the sum of
// everybody's cost. Never into the own subtree; never over a budget that was kept.
void improve(TreeDraft& tree);

}  // namespace grove::overlay
