// Whom to be linked to in a room too large for everybody with everybody (DESIGN §4): pure, ties broken by id.
//
// Near links alone make long ways, random ones alone make detours. What shortens our own tree is a link to somebody who
// lies on the way to many: the far ones are chosen for that, as a planner would wish (docs/decisions/0006).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "wire/record.h"

namespace grove::overlay {

inline constexpr std::size_t kLinksTarget = 24;  // DESIGN §4
inline constexpr std::size_t kRingLinks = 8;     // DESIGN §4
inline constexpr std::size_t kWishedLinks = 8;   // DESIGN §4
// DESIGN §4 says 8; 4 leave room for four more far ones: mean delay of a tree −2 % to −3 % (docs/decisions/0006).
inline constexpr std::size_t kNearLinks = 4;

// Somebody we could be linked to.
struct Prospect {
  base::PeerId peer;
  wire::Coordinate coordinate;
  std::optional<base::Duration> delay;  // round trip: measured, else predicted, else unknown
  std::size_t wishes = 0;               // planners that would like this link
  bool can_carry = true;                // others' voices
  bool is_open = false;
  bool is_wanted_by_it = false;         // an open link that stays whether we like it or not
  bool is_doubtful = false;             // failed before: tried beside the others, never in the place of one
  bool is_full = false;                 // takes no more links
  bool is_crowded = false;              // takes those of the ring only
  bool was_near = false;                // picked so last time: left only for something clearly better
  bool was_far = false;
};

struct Choice {
  std::vector<base::PeerId> ring;    // keeps the graph whole
  std::vector<base::PeerId> wished;
  std::vector<base::PeerId> near;
  std::vector<base::PeerId> far;     // what fills up to kLinksTarget
};

// Who of `prospects` lies beside us on the rings.
std::vector<base::PeerId> ring_links(const base::PeerId& self, const std::vector<Prospect>& prospects);

struct ChoiceTerms {
  std::size_t target = kLinksTarget;
  // Far ones that we have are given back only when all links together are more: two ends that both count change nothing
  // for one too many.
  std::size_t keep_until = kLinksTarget + 2;
  bool may_improve = false;  // one far one for a better one
};
Choice choose_links(const base::PeerId& self, const std::vector<Prospect>& prospects, const ChoiceTerms& terms);

// Equal at both ends, and unlike for any two pairs.
std::uint64_t pair_hash(const base::PeerId& a, const base::PeerId& b);

}  // namespace grove::overlay
