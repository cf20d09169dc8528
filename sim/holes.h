// Holes: what a listener misses after somebody above it in a tree dies or leaves.
#pragma once

#include <vector>

#include "sim/blocks.h"
#include "sim/hearing.h"
#include "sim/observer.h"
#include "sim/trees.h"

namespace grove::sim {

class Holes : public Observer {
 public:
  static constexpr Duration kBuffer = Duration::ms(60);      // of the model listener, above its median transit
  static constexpr std::size_t kMedianOf = 50;               // frames before the fault
  static constexpr std::size_t kMedianOfAtLeast = 10;        // fewer: too little was heard to tell
  static constexpr Duration kWatchedFor = Duration::s(5);    // after the fault
  static constexpr Duration kSpokeWithin = Duration::s(5);   // before it: else the source is silent

  Holes(const World& world, const Hearing& hearing, const Blocks& blocks) : world_(world), hearing_(hearing), blocks_(blocks) {}

  // Whom the orphan could turn to, as the source planned it: the listener itself, or whoever above it hung below the one
  // who is gone.
  enum class Guard : std::uint8_t { kNone, kCold, kHot };

  struct Hole {
    FaultKind kind;
    Guard guard;
    double missed_ms;   // speech that did not arrive in time for the model listener
    double adapting_ms; // the same for a listener that adapts: what never came, and the furthest that it must move its playing
    double gap_ms;      // the longest wait between two arrivals, the speaker's own pauses taken off
  };
  struct Wound {  // somebody above `listener` in the tree of `source` is gone
    FaultKind kind;
    Instant at;
    PersonId source, listener;
    Guard guard = Guard::kNone;
  };
  void add_wound(const Wound& wound) { wounds_.push_back(wound); }

  // One for each fault, source and listener below whoever died or left. Ask when all is over.
  std::vector<Hole> found() const;

  static Guard guard_of(const Tree& tree, PersonId gone, PersonId listener);

  void on_fault(FaultKind kind, PersonId person, Instant now) override;

 private:
  std::vector<Hole> hole_of(const Wound& wound) const;

  const World& world_;
  const Hearing& hearing_;
  const Blocks& blocks_;
  std::vector<Wound> wounds_;
};

}  // namespace grove::sim
