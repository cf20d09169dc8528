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

// I9.
TEST(Run, an_empty_list_of_blocks_changes_nothing_to_the_byte) {
  const Scenario without = lively();
  Scenario with_empty = lively(), with_some = lively();
  with_empty.blocks = 0;
  with_some.blocks = 0.1;
  const RunResult one = run(without, 3, {}), same = run(with_empty, 3, {}), other = run(with_some, 3, {});
  EXPECT_EQ(one.trace_hash, same.trace_hash);
  EXPECT_EQ(in_words(one), in_words(same));
  EXPECT_NE(one.trace_hash, other.trace_hash);
}

TEST(Run, pairs_that_are_left_out_change_figures_alone) {
  Scenario whole = lively(), left_out = lively();
  whole.blocks = 0;
  left_out.blocks = 0.2;
  left_out.are_blocks_left_out = true;
  const RunResult one = run(whole, 3, {}), fewer = run(left_out, 3, {});
  EXPECT_EQ(one.trace_hash, fewer.trace_hash);
  EXPECT_LT(figure(fewer, "frames_expected"), figure(one, "frames_expected"));
}

TEST(Run, who_blocks_hears_nothing_more_and_costs_nobody_a_frame) {
  Scenario scenario = lively();
  scenario.faults.clear();
  scenario.network.loss = {};
  scenario.peers = 12;
  scenario.blocks = 0.2;
  scenario.blocks_at = Duration::s(3);
  const RunResult result = run(scenario, 1, {});
  EXPECT_TRUE(result.is_well()) << in_words(result);
  EXPECT_GT(figure(result, "blocked_pairs_count"), 10);
  EXPECT_EQ(figure(result, "block_wasted_copies"), 0);
  EXPECT_EQ(figure(result, "others_frames_lost"), 0);
  EXPECT_LT(figure(result, "copies_per_spoken_after"), figure(result, "copies_per_spoken_before"));
  EXPECT_LT(figure(result, "pairs_wanted_after_percent"), 100);
}

TEST(Run, who_unblocks_hears_again) {
  Scenario scenario = lively();
  scenario.network.loss = {};
  scenario.faults.clear();
  Fault block;
  block.kind = FaultKind::kBlock;
  block.at = Duration::s(2);
  block.share = 1;
  block.whom = Whom::kTalker;
  Fault unblock;
  unblock.kind = FaultKind::kUnblock;
  unblock.at = Duration::s(6);
  unblock.share = 1;
  scenario.faults = {block, unblock};
  const RunResult result = run(scenario, 1, {});
  EXPECT_TRUE(result.is_well()) << in_words(result);
  EXPECT_EQ(figure(result, "others_frames_lost"), 0);
  EXPECT_EQ(figure(result, "pairs_wanted_after_percent"), 100);
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
