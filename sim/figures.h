// The figures of a run: names and numbers, each defined in docs/simulator.md.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/arrivals.h"
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

 private:
  void add_delivery(Figures& to) const;
  void add_healing(Figures& to) const;
  void add_holes(Figures& to) const;
  void add_traffic(Figures& to) const;
  void add_first_sounds(Figures& to) const;

  struct FaultSeen : Observer {
    std::vector<Instant> deaths;
    void on_fault(FaultKind kind, PersonId, Instant now) override {
      const bool breaks = kind == FaultKind::kDeath || kind == FaultKind::kLeave || kind == FaultKind::kPartition || kind == FaultKind::kLie;
      if (breaks && (deaths.empty() || deaths.back() != now)) deaths.push_back(now);
    }
  };

  const World& world_;
  Hearing hearing_;
  PlanWatch plans_;
  Traffic traffic_;
  Holes holes_;
  Arrivals arrivals_;
  FaultSeen faults_;
};

}  // namespace grove::sim
