// One run: a scenario, a seed, and what came of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/figures.h"
#include "sim/rtt_matrix.h"
#include "sim/scenario.h"

namespace grove::sim {

struct RunResult {
  struct Verdict {
    std::string invariant;
    std::uint64_t violations;
    std::vector<std::string> told;
  };
  Figures figures;
  std::vector<Verdict> verdicts;
  std::uint64_t trace_hash = 0, events = 0;
  Duration simulated;

  bool is_well() const;
};

// `slices`: round-trip times of the same hosts at successive times, each for its part of the harsh phase; none: a geography.
RunResult run(const Scenario& scenario, std::uint64_t seed, const std::vector<RttMatrix>& slices);

}  // namespace grove::sim
