// Local moves that shorten a tree once everybody has a place in it (DESIGN §4 "improve").
#pragma once

#include "overlay/tree_draft.h"

namespace grove::overlay {

inline constexpr int kImproveRounds = 4;  // DESIGN §4

// Hangs peers elsewhere, where need be by giving a full parent's child another place, as long as that lessens the sum of
// everybody's cost. Never into the own subtree; never over a budget that was kept.
void improve(TreeDraft& tree);

// Who lost a place, and after how long everybody heard before.
struct Hurt {
  std::vector<Graph::Index> peers;
  std::vector<base::Duration> heard_after;  // by peer
};
inline constexpr base::Duration kNeverHeard = base::Duration::s(1'000);  // so nothing is later
// A listener's buffer holds some 60 ms (DESIGN §6): whoever moves by less than this hears nothing of it. A guess.
inline constexpr base::Duration kUnnoticed = base::Duration::ms(20);

// Those of them whose new place is later than the old by more than kUnnoticed move as in improve(), and nobody else does but
// who makes room for them without hearing later than before by more than that.
void mend(TreeDraft& tree, const Hurt& hurt);

}  // namespace grove::overlay
