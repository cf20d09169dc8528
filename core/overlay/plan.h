// The plan at the root: each source alone computes the tree of its own voice from its map (DESIGN §4). Pure and
// deterministic; ties are broken by id. While the source's own budget covers everybody the plan is a star.
//
//   plan_tree   the best tree we know to make, from nothing
//   patch_tree  the tree that was, with every edge that still holds
//   wishes      links that the source would rather have
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "overlay/graph.h"
#include "overlay/relay.h"
#include "wire/tree_plan.h"

namespace grove::overlay {

// What a relay costs its listeners, in delay and in the risk that it fails; DESIGN §4 has 4 and 10 ms: docs/decisions/0011.
inline constexpr base::Duration kHopDelay = base::Duration::ms(1);
inline constexpr base::Duration kFailurePrice = base::Duration::ms(1);
// DESIGN §4.3: a guardian farther away than this sends its copy always.
inline constexpr base::Duration kColdGuardianRttMax = base::Duration::ms(60);
// DESIGN §4 Budgets: what a phone, a hidden tab or a metered line carries at most, when nobody else can.
inline constexpr std::size_t kLeafCopiesMax = 4;

struct PlanInput {
  base::PeerId source;
  std::size_t copies_max;  // how many children the source's uplink serves
  // Those who get nothing of this source. They have seats all the same, at the source and without a guardian: so nobody takes
  // them for newcomers who lack something, and nobody sees that they are left out.
  std::vector<base::PeerId> no_send = {};
  // What listeners complained about, {whom, who complains}: that link, whichever way, and the accused anywhere above the
  // complainer. And relays that serve nobody. Used only where nothing else reaches somebody.
  std::vector<std::pair<base::PeerId, base::PeerId>> avoided_links = {};
  std::vector<base::PeerId> avoided_relays = {};
  base::Duration failure_price = kFailurePrice;
  // Links of the source's own of which the room is not told. To whomever no listed link leads they lead, and those carry on
  // for whom they alone reach.
  struct Aside {
    base::PeerId peer;
    base::Duration rtt;
    bool operator==(const Aside&) const = default;
  };
  std::vector<Aside> aside = {};
  // Other voices that are live share everybody's uplink with this one. What they leave is ours; and what we have, up to an even
  // share: so who comes later takes nobody's place, and of those who came at once each gives up what is beyond its share.
  std::size_t copies_at_once = 0;  // the source's own, of all voices together; 0 = as many as it likes
  struct Carried {
    base::PeerId peer;
    std::size_t copies;  // children and hot wards
    bool operator==(const Carried&) const = default;
  };
  std::size_t other_voices = 0;
  std::vector<Carried> carried = {};  // in all those voices' trees; sorted by peer
  std::vector<Carried> ours = {};     // in the tree that we have; sorted by peer
};

// What trees ask of everybody, added up.
class CopyCount {
 public:
  // Our own, without whoever has a seat in name only.
  void add_own(const PlanInput& input, const std::vector<wire::Seat>& seats);
  // Somebody else's plan may claim anything: what counts runs over links of the map, and is no more than its relay tells that it serves.
  void add_other(const Map& map, const base::PeerId& source, const std::vector<wire::Seat>& seats);
  std::vector<PlanInput::Carried> take();

 private:
  std::map<base::PeerId, std::size_t> copies_;
};

// DESIGN §4 Budgets: about so many people speak at once, however many have spoken of late.
inline constexpr std::size_t kVoicesAtOnce = 3;

// Somebody in this tree sends more than others' voices leave it.
bool is_overloaded(const Map& map, const PlanInput& input, const std::vector<wire::Seat>& seats);

struct Planned {
  std::vector<wire::Seat> seats;           // sorted by listener
  std::vector<base::Duration> delays = {};     // of each seat: half round trips, losses' price and hops from the source on; 0 for those without a path in the map
  std::vector<base::PeerId> unreached = {};    // in the map and willing, with no way to them: ask for a link (WISH)
  base::Duration mean_delay = {};
  std::size_t hot_guardians = 0;           // copies sent for one frame: seats + these
  std::size_t copies_over_budget = 0;      // children beyond their parent's copies_max, or below whoever should carry none
  bool is_over_budget = false;             // the source itself has more children than its copies_max
};

Planned plan_tree(const Graph& graph, const PlanInput& input);

// Keeps every edge of `before` that still holds, re-attaches orphans with all that hangs below them where possible, and
// renews guardians where needed. Quick, and changes little: whom a new place makes much later than `before` did, moves on to a
// better one, and others make room only if they stay about where they were. What else has become long is plan_tree's to shorten.
Planned patch_tree(const Graph& graph, const PlanInput& input, const Planned& before);

// Links that this tree lacks most: those of the tree that we would plan if everybody were linked to everybody, as their
// coordinates have it. The first helps most. Costs as much as several plans; while we speak once in 10 s will do.
struct WishedLink {
  base::PeerId one;
  base::PeerId other;
  bool operator==(const WishedLink&) const = default;
};
inline constexpr std::size_t kWishesMax = 6;  // a guess
std::vector<WishedLink> wished_links(const Graph& graph, const PlanInput& input, const Planned& planned);

}  // namespace grove::overlay
