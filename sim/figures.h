// The figures of a run: names and numbers, each defined in docs/simulator.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/arrivals.h"
#include "sim/block_figures.h"
#include "sim/blocks.h"
#include "sim/checkers/watches.h"
#include "sim/hearing.h"
#include "sim/holes.h"
#include "sim/traffic.h"
#include "sim/world.h"

namespace grove::sim {

using Figures = std::vector<std::pair<std::string, double>>;  // in order of telling

// The value below which `share` of `values` lie; 0 of none.
double quantile(std::vector<double> values, double share);

class FigureSet {
 public:
  // The channel's lifetime (DESIGN §3): what comes later than this after the direct path would have brought it is late.
  static constexpr Duration kLateAfter = Duration::ms(150);
  static constexpr Duration kLostAfter = Duration::s(3);     // I6
  static constexpr std::size_t kFramesToBeDeaf = 3;          // in a row: a hole that conceals badly; a guess

  FigureSet(World& world, Instant talk_begins);

  Figures compile() const;
  const Hearing& hearing() const { return hearing_; }
  const Blocks& blocks() const { return blocks_; }

 private:
  void add_delivery(Figures& to) const;
  void add_healing(Figures& to) const;
  void add_holes(Figures& to) const;
  void add_traffic(Figures& to) const;
  void add_first_sounds(Figures& to) const;
  void add_blocks(Figures& to) const;  // where there are any
  void add_delivery_since_blocks(Figures& to) const;
  // Of a frame spoken then.
  bool is_expected(PersonId source, PersonId listener, Instant at) const {
    return hearing_.is_listening(listener, at, kLostAfter) && (blocks_.is_empty() || blocks_.is_wanted(listener, source, at, kLostAfter));
  }

  // Whom each who has talked could reach when the faults stopped.
  struct ReachSeen : Observer {
    ReachSeen(const World& w, const Blocks& b) : world(w), blocks(b) {}
    void on_faults_over(Instant) override {
      for (const PersonId person : world.here()) {
        if (!blocks.is_empty() && world.person(person).frames_spoken > 0) reach[person] = blocks.reach_of(person);
      }
    }
    const World& world;
    const Blocks& blocks;
    std::map<PersonId, std::set<PersonId>> reach;
  };

  struct FaultSeen : Observer {
    std::vector<Instant> deaths;
    void on_fault(FaultKind kind, PersonId, Instant now) override {
      const bool breaks = kind == FaultKind::kDeath || kind == FaultKind::kLeave || kind == FaultKind::kPartition || kind == FaultKind::kLie;
      if (breaks && (deaths.empty() || deaths.back() != now)) deaths.push_back(now);
    }
  };

  const World& world_;
  Hearing hearing_;
  LinkWatch links_;
  Blocks blocks_;
  BlockFigures block_figures_;
  ReachSeen reach_;
  PlanWatch plans_;
  Traffic traffic_;
  Holes holes_;
  Arrivals arrivals_;
  FaultSeen faults_;
};

}  // namespace grove::sim
