// Who should be next to us in trees: our own children in the tree that we would plan if everybody were linked to everybody, as
// coordinates have it, and our parents in such trees of a few others. A room in which everybody asks for these few links
// has good trees for whoever speaks (docs/decisions/0006).
//
// Plans of a whole room are dear, and links that come and go are dearer: whoever knows where it is looks once, again when
// the room has become another, and else ever more seldom. A look is one plan at a time, so that voices pass between them.
#pragma once

#include <cstdint>
#include <vector>

#include "base/id.h"
#include "base/random.h"
#include "base/time.h"
#include "overlay/plan.h"

namespace grove::overlay {

class TreeLinks {
 public:
  // Measured: docs/decisions/0006.
  static constexpr std::size_t kChildren = 8;
  static constexpr std::size_t kTreesOfOthers = 8;
  // As the planner believes coordinates; whoever has waited so long looks all the same.
  static constexpr std::uint8_t kUnsurePercent = 30;                      // a guess
  static constexpr base::Duration kUnsureFor = base::Duration::s(3);      // its links, once measured, say where it is; a guess
  static constexpr base::Duration kAskAgain = base::Duration::ms(500);    // a guess
  // Another room: a tenth of it came or left. While people stream in, a look at least so often.
  static constexpr std::size_t kChangedPercent = 10;                      // a guess
  static constexpr base::Duration kCalmFor = base::Duration::s(1);        // a guess
  static constexpr base::Duration kStaleMax = base::Duration::s(15);      // a guess
  static constexpr base::Duration kPauseFirst = base::Duration::s(60);    // links have become known; then four times as long. A guess
  static constexpr base::Duration kPauseMax = base::Duration::s(640);     // a guess
  static constexpr base::Duration kBetweenPlans = base::Duration::ms(100);  // a guess: five frames' time
  // What a link that is not there yet must save each listener below it: in a room that is new to us, and later, when it costs
  // everybody two records for one of many trees. Guesses.
  static constexpr base::Duration kPriceAtFirst = base::Duration::ms(1);
  static constexpr base::Duration kPriceLater = base::Duration::ms(15);

  // Of distances that are predicted a chain of relays takes the most flattering ones; docs/decisions/0011.
  static constexpr base::Duration kPredictedFailurePrice = base::Duration::ms(13);

  // The seed keeps a room from looking all at once.
  explicit TreeLinks(std::uint64_t seed) : random_(seed) {}

  // Asked after every change, and at next_deadline().
  bool is_due(std::size_t people, std::uint8_t error_percent, base::Instant now);
  // One plan. `input` is our own, with the links avoided that cannot be had.
  bool look(const Graph& room, PlanInput input, base::Instant now);  // whether this was the last of a whole look

  const std::vector<base::PeerId>& peers() const { return peers_; }  // of the last whole look; sorted
  bool has_looked() const { return people_at_look_ > 0; }
  base::Instant next_deadline() const { return due_; }  // after is_due() and look() always to come

 private:
  void want(const base::PeerId& peer);
  void want_our_children(const Graph& all, PlanInput input);
  void want_our_parent(const Graph& all, PlanInput input, const base::PeerId& source);
  base::Duration between(base::Duration most);  // 0 and it

  base::Random random_;
  std::vector<base::PeerId> peers_;
  std::vector<base::PeerId> found_;   // by this look so far
  std::size_t plans_made_ = 0;        // of this look
  base::Instant began_ = base::Instant::never();
  base::Instant due_ = base::Instant::never();
  base::Duration pause_ = kPauseFirst;
  std::size_t people_ = 0;          // now
  std::size_t people_at_look_ = 0;
  base::Instant stale_since_ = base::Instant::never();
};

}  // namespace grove::overlay
