#include "sim/checkers/growing_epochs.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

struct I4 : testing::Test {
  RoomForTest room;
  PlanWatch plans{room.world};
  ViewWatch views{room.world};
  GrowingEpochs checker{room.world, plans, views};

  void publish(const wire::TreePlan& plan) {
    const Passage sent = room.control(0, 1, wire::PlanNews{{plan, {}}});
    plans.on_sent(sent);
    checker.on_sent(sent);
  }
};

TEST_F(I4, accepts_epochs_that_grow_and_copies_of_one_plan) {
  publish(room.plan(0, 1, {{1, -1}}));
  publish(room.plan(0, 1, {{1, -1}}));
  publish(room.plan(0, 5, {{1, -1}}));
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I4, sees_an_epoch_that_falls_back) {
  publish(room.plan(0, 5, {{1, -1}}));
  publish(room.plan(0, 4, {{1, -1}, {2, 1}}));
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I4, sees_two_plans_of_one_epoch) {
  publish(room.plan(0, 5, {{1, -1}}));
  publish(room.plan(0, 5, {{1, -1}, {2, 1}}));
  EXPECT_EQ(checker.violations(), 1U);
}

// Real nodes meet and believe each other's real plans. One checker saw these published; the other saw only what person 0
// never planned.
struct I4InARoom : I4 {
  PlanWatch other_plans{room.world};
  GrowingEpochs other{room.world, other_plans, views};

  void SetUp() override {
    room.world.watch(plans);
    room.world.watch(views);
    room.world.watch(checker);
    room.world.start_talking(room.all[0]);  // a plan goes with the first frame
    room.world.run_until(RoomForTest::at_ms(20'000));
  }
};

TEST_F(I4InARoom, accepts_what_was_published) {
  EXPECT_FALSE(plans.published().empty());
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I4InARoom, sees_a_plan_of_a_source_that_published_none) {
  while (!views.is_fresh()) room.world.run_until(room.world.now() + Duration::ms(100));
  other.on_tick(room.world.now());
  EXPECT_GT(other.violations(), 0U);
}

TEST_F(I4InARoom, sees_a_plan_that_is_believed_but_was_never_published) {
  std::uint32_t epoch = 0;
  for (const auto& published : plans.published()) {
    if (published.source == room.all[0]) epoch = std::max(epoch, published.plan.epoch);
  }
  other_plans.on_sent(room.control(0, 1, wire::PlanNews{{room.plan(0, epoch, {{1, 2}, {2, -1}}), {}}}));
  while (!views.is_fresh()) room.world.run_until(room.world.now() + Duration::ms(100));
  other.on_tick(room.world.now());
  EXPECT_GT(other.violations(), 0U);
}

}  // namespace
}  // namespace grove::sim
