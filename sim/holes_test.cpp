#include "sim/holes.h"

#include <gtest/gtest.h>

#include <set>

#include "sim/geography.h"

namespace grove::sim {
namespace {

// Three real nodes that talk through the simulated network, and a fault that only Holes is told of, so that what it measures
// is known: nothing was missed, or what the test leaves out.
struct HolesInARoom : testing::Test {
  static RttMatrix globe() {
    base::Random random(3);
    return draw_geography(4, random);
  }
  Network network{globe(), {}, 3};
  World world{{}, network, {3}, 3};
  Hearing hearing;
  std::vector<PersonId> all;

  // Passes on to Hearing what was delivered, as a faulty tree would.
  struct Sieve : Observer {
    Hearing& to;
    std::set<std::uint64_t> dropped;
    Duration later;
    std::uint64_t later_from = 1'000'000;
    explicit Sieve(Hearing& hearing) : to(hearing) {}
    void on_entered(PersonId p, Instant now) override { to.on_entered(p, now); }
    void on_spoken(const Spoken& spoken) override { to.on_spoken(spoken); }
    void on_delivered(const Delivered& delivered) override {
      if (dropped.contains(delivered.frame.counter)) return;
      Delivered late = delivered;
      if (delivered.frame.counter >= later_from) late.at = late.at + later;
      to.on_delivered(late);
    }
  } sieve{hearing};

  Holes::Hole hole() {
    LinkWatch links;
  Blocks blocks(world, links);
  Holes holes(world, hearing, blocks);
    wound(holes);
    world.run_until(world.now() + Duration::s(7));
    hearing.on_faults_over(world.now());
    const auto found = holes.found();
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? Holes::Hole{} : found[0];
  }
  void SetUp() override {
    world.watch(sieve);
    for (std::uint32_t i = 0; i < 3; ++i) all.push_back(world.enter({{i}, "person"}));
    world.run_until(world.now() + Duration::s(20));
    world.start_talking(all[0]);
    world.run_until(world.now() + Duration::s(5));
  }
  void wound(Holes& holes) { holes.add_wound({FaultKind::kDeath, world.now(), all[0], all[1]}); }
  std::uint64_t next_counter() const { return hearing.spoken(all[0]).size(); }
};

TEST_F(HolesInARoom, nothing_missed_is_no_hole) {
  const auto found = hole();
  EXPECT_EQ(found.missed_ms, 0);
  EXPECT_EQ(found.adapting_ms, 0);
}

TEST_F(HolesInARoom, each_frame_that_never_comes_is_twenty_milliseconds) {
  for (std::uint64_t i = 5; i < 9; ++i) sieve.dropped.insert(next_counter() + i);
  const auto found = hole();
  EXPECT_EQ(found.missed_ms, 80);
  EXPECT_EQ(found.adapting_ms, 80);
  EXPECT_GE(found.gap_ms, 80);
}

TEST_F(HolesInARoom, a_slower_path_is_one_long_hole_for_a_buffer_that_never_moves_and_a_step_for_one_that_adapts) {
  sieve.later_from = next_counter() + 5;
  sieve.later = Duration::ms(100);
  const auto found = hole();
  EXPECT_GT(found.missed_ms, 1000);
  EXPECT_GT(found.adapting_ms, 20);
  EXPECT_LT(found.adapting_ms, 100);
}

// 0 → 1 → {2, 3 → 4}: 2 has a cold guardian, 3 a hot one, 4 one that is cold.
const Tree kTree{{0}, 1, {{{1}, {0}, {}}, {{2}, {1}, PersonId{0}, false}, {{3}, {1}, PersonId{0}, true}, {{4}, {3}, PersonId{2}, false}}};

TEST(HolesGuard, is_that_of_whoever_hung_right_below_the_one_who_is_gone) {
  EXPECT_EQ(Holes::guard_of(kTree, {1}, {2}), Holes::Guard::kCold);
  EXPECT_EQ(Holes::guard_of(kTree, {1}, {3}), Holes::Guard::kHot);
  EXPECT_EQ(Holes::guard_of(kTree, {1}, {4}), Holes::Guard::kHot);
  EXPECT_EQ(Holes::guard_of(kTree, {3}, {4}), Holes::Guard::kCold);
}

TEST(HolesGuard, is_nobody_where_the_plan_names_none_and_for_those_whom_the_loss_does_not_touch) {
  EXPECT_EQ(Holes::guard_of(kTree, {0}, {4}), Holes::Guard::kNone);
  EXPECT_EQ(Holes::guard_of(kTree, {2}, {4}), Holes::Guard::kNone);
}

TEST_F(HolesInARoom, is_told_with_the_guard_that_there_was) {
  LinkWatch links;
  Blocks blocks(world, links);
  Holes holes(world, hearing, blocks);
  holes.add_wound({FaultKind::kDeath, world.now(), all[0], all[1], Holes::Guard::kHot});
  world.run_until(world.now() + Duration::s(7));
  hearing.on_faults_over(world.now());
  const auto found = holes.found();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].guard, Holes::Guard::kHot);
}

}  // namespace
}  // namespace grove::sim
