#include "sim/checkers/apart_guardians.h"

#include <gtest/gtest.h>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

struct I8 : testing::Test {
  RoomForTest room{6};
  bool is_well(const std::vector<RoomForTest::Place>& places) { return !ApartGuardians::flaw(room.plan(0, 1, places)); }
};

TEST_F(I8, accepts_guardians_in_another_subtree_and_none) {
  EXPECT_TRUE(is_well({{1, -1}, {2, -1}, {3, 1, 2}, {4, 2, 1}, {5, 3}}));
}

TEST_F(I8, sees_a_guardian_that_is_the_parent_or_below_it) {
  EXPECT_FALSE(is_well({{1, -1}, {2, -1}, {3, 1, 1}}));
  EXPECT_FALSE(is_well({{1, -1}, {3, 1, 4}, {4, 1}}));
  EXPECT_FALSE(is_well({{1, -1}, {3, 1, 5}, {4, 1}, {5, 4}}));
}

TEST_F(I8, below_the_source_sees_a_guardian_in_the_listeners_own_subtree) {
  EXPECT_TRUE(is_well({{1, -1, 2}, {2, -1, 1}}));
  EXPECT_FALSE(is_well({{1, -1, 1}}));
  EXPECT_FALSE(is_well({{1, -1, 2}, {2, 1}}));
}

TEST_F(I8, tells_of_a_bad_plan_when_it_is_published) {
  PlanWatch plans(room.world);
  ApartGuardians checker(plans);
  const Passage sent = room.control(0, 1, wire::PlanNews{{room.plan(0, 1, {{1, -1}, {3, 1, 1}}), {}}});
  plans.on_sent(sent);
  checker.on_sent(sent);
  EXPECT_EQ(checker.violations(), 1U);
}

}  // namespace
}  // namespace grove::sim
