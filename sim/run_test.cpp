#include "sim/run.h"

#include <gtest/gtest.h>

#include "sim/report.h"

namespace grove::sim {
namespace {

Scenario lively() {
  Scenario scenario;
  scenario.name = "lively";
  scenario.peers = 8;
  scenario.arrive_within = Duration::s(3);
  scenario.settle = Duration::s(20);
  scenario.harsh = Duration::s(15);
  scenario.converge = Duration::s(15);
  scenario.network.loss.share = 0.01;
  Fault death;
  death.at = Duration::s(3);
  death.who = Whom::kListener;
  death.back_after = Duration::s(3);
  scenario.faults.push_back(death);
  Fault freeze;
  freeze.kind = FaultKind::kFreeze;
  freeze.at = Duration::s(5);
  scenario.faults.push_back(freeze);
  Fault join;
  join.kind = FaultKind::kJoin;
  join.at = Duration::s(4);
  scenario.faults.push_back(join);
  return scenario;
}

double figure(const RunResult& result, std::string_view name) {
  for (const auto& [key, value] : result.figures) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no figure " << name;
  return -1;
}

TEST(Run, the_same_seed_gives_the_same_output_to_the_byte) {
  const Scenario scenario = lively();
  const RunResult one = run(scenario, 3, {}), same = run(scenario, 3, {}), other = run(scenario, 4, {});
  EXPECT_EQ(one.trace_hash, same.trace_hash);
  EXPECT_EQ(in_words(one) + in_json(scenario, 3, one), in_words(same) + in_json(scenario, 3, same));
  EXPECT_NE(one.trace_hash, other.trace_hash);
}

TEST(Run, a_calm_room_hears_everything_about_as_fast_as_directly) {
  Scenario scenario = lively();
  scenario.faults.clear();
  scenario.network.loss = {};
  const RunResult result = run(scenario, 1, {});
  EXPECT_TRUE(result.is_well()) << in_words(result);
  EXPECT_GT(figure(result, "frames_expected"), 1000);
  EXPECT_EQ(figure(result, "frames_delivered_percent"), 100);
  EXPECT_EQ(figure(result, "frames_forged"), 0);
  EXPECT_EQ(figure(result, "pairs_deaf"), 0);
  // DESIGN §4's goal for large rooms; a relay may even be faster than the direct path, as in the real Internet.
  EXPECT_LT(figure(result, "delay_mean_ratio"), 1.15);
  EXPECT_GT(figure(result, "delay_mean_ms"), 0);
  EXPECT_GE(figure(result, "copies_per_frame"), 1);
}

TEST(Run, a_baseline_shows_what_got_worse_and_only_that) {
  const Figures before = {{"delay_mean_ms", 100}, {"frames_on_time_percent", 99.9}, {"copies_per_frame", 1}};
  RunResult result;
  result.figures = before;
  const std::string baseline = "seed 1\n" + in_json(lively(), 1, result) + "\n";
  const auto worse = [&](const Figures& now) {
    std::string names;
    const auto compared = compare(now, baseline, 0.05);
    for (const auto& one : std::get<std::vector<Worse>>(compared)) names += one.figure + " ";
    return names;
  };
  EXPECT_EQ(worse(before), "");
  EXPECT_EQ(worse({{"delay_mean_ms", 124}, {"frames_on_time_percent", 100}, {"copies_per_frame", 0.9}}), "");
  EXPECT_EQ(worse({{"delay_mean_ms", 130}, {"frames_on_time_percent", 90}, {"copies_per_frame", 1.2}}),
            "delay_mean_ms frames_on_time_percent copies_per_frame ");
}

TEST(Run, a_baseline_that_is_none_is_refused_with_a_reason) {
  EXPECT_EQ(std::get<std::string>(compare({}, "nonsense", 0.05)), "its last line is no JSON object");
  EXPECT_EQ(std::get<std::string>(compare({}, "{}", 0.05)), "it has no \"figures\"");
}

}  // namespace
}  // namespace grove::sim
