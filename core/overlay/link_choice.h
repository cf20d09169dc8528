// Whom to be linked to in a room too large for everybody with everybody (DESIGN §4): pure, ties broken by id.
//
// Random links alone make detours, near ones alone make long ways. What makes short ones are links to those who would be next
// to us in trees, were everybody linked to everybody: the planner says who that is (docs/decisions/0006).
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.h"

namespace grove::overlay {

inline constexpr std::size_t kLinksTarget = 24;  // DESIGN §4: no more of our own wish
inline constexpr std::size_t kRingLinks = 8;     // DESIGN §4
// Whoever has so many links is asked for no more, whoever wishes: nearly what introductions take (a guess).
inline constexpr std::size_t kLinksMaxByWish = 55;
inline constexpr std::size_t kWishedLinks = 8;    // DESIGN §4
inline constexpr std::size_t kTreeLinks = 16;     // for DESIGN §4's 8 nearest and 8 more: docs/decisions/0006

// Somebody we could be linked to.
struct Prospect {
  base::PeerId peer;
  std::size_t wishes = 0;               // planners that would like this link
  bool is_tree_link = false;            // overlay/tree_links.h
  bool is_open = false;
  bool is_doubtful = false;             // failed before: tried beside the others, never in the place of one
  bool is_full = false;                 // takes no more links
  bool is_crowded = false;              // takes those of the ring only, and
  bool takes_wishes = true;             // those that a planner of today lacks
};

struct Choice {
  std::vector<base::PeerId> ring;        // keeps the graph whole
  std::vector<base::PeerId> tree_links;  // ways as short as they can be
  std::vector<base::PeerId> wished;      // by planners of today
};

// Who of `prospects` lies beside us on the rings.
std::vector<base::PeerId> ring_links(const base::PeerId& self, const std::vector<Prospect>& prospects);

Choice choose_links(const base::PeerId& self, const std::vector<Prospect>& prospects);

// Equal at both ends, and unlike for any two pairs.
std::uint64_t pair_hash(const base::PeerId& a, const base::PeerId& b);

}  // namespace grove::overlay
