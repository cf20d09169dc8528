// What a run prints, and how it compares with an earlier one.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/run.h"

namespace grove::sim {

// For people: verdicts and figures, a line each.
std::string in_words(const RunResult& result);
// For programs: one line.
std::string in_json(const Scenario& scenario, std::uint64_t seed, const RunResult& result);

struct Worse {
  std::string figure;
  double before, now;
};
// What is worse than in `baseline` (an earlier run's JSON) by more than `tolerance` (a share), or why it cannot be read.
std::variant<std::vector<Worse>, std::string> compare(const Figures& now, std::string_view baseline, double tolerance);

}  // namespace grove::sim
