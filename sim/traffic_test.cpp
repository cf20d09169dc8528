#include "sim/traffic.h"

#include <gtest/gtest.h>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

struct CopiesInARoom : testing::Test {
  RoomForTest room{5};
  PlanWatch plans{room.world};
  Traffic traffic{room.world, plans, RoomForTest::at_ms(0)};

  void SetUp() override { traffic.on_measuring(RoomForTest::at_ms(0)); }
  void publish(std::uint32_t epoch, const std::vector<RoomForTest::Place>& places, std::int64_t ms) {
    plans.on_sent(room.control(0, 1, wire::PlanNews{{room.plan(0, epoch, places), {}}}, ms));
  }
  void send(std::size_t from, std::size_t to, std::int64_t ms) { traffic.on_sent(room.frame(from, to, 0, 1, ms)); }
  void deliver(std::size_t listener, std::int64_t ms) {
    traffic.on_delivered({RoomForTest::at_ms(ms), room.all[listener], {room.all[0], 1}, true});
  }
};

TEST_F(CopiesInARoom, of_hot_guardians_are_counted_apart) {
  publish(1, {{1, -1}, {2, -1}, {3, 1, 2, true}, {4, 1, 2, false}}, 0);
  for (const auto& [from, to] : {std::pair{0, 1}, {0, 2}, {1, 3}, {2, 3}, {1, 4}}) send(static_cast<std::size_t>(from), static_cast<std::size_t>(to), 10);
  for (std::size_t listener = 1; listener < 5; ++listener) deliver(listener, 20);
  EXPECT_EQ(traffic.copies().per_frame(), 1.25);
  EXPECT_EQ(traffic.copies().per_frame_cold(), 1);
}

TEST_F(CopiesInARoom, that_a_cold_guardian_was_asked_for_are_not) {
  publish(1, {{1, -1}, {2, -1}, {3, 1, 2, false}}, 0);
  send(2, 3, 10);
  EXPECT_EQ(traffic.copies().hot, 0U);
}

TEST_F(CopiesInARoom, from_a_guardian_that_is_one_no_more_count_apart_until_it_can_know) {
  publish(1, {{1, -1}, {2, -1}, {3, 1, 2, true}}, 0);
  publish(2, {{1, -1}, {2, -1}, {3, 1}}, 100);
  send(2, 3, 150);
  EXPECT_EQ(traffic.copies().hot, 1U);
  send(2, 3, 100 + static_cast<std::int64_t>(Traffic::kPlanArrives.in_ms()));
  EXPECT_EQ(traffic.copies().hot, 1U);
}

TEST_F(CopiesInARoom, from_a_guardian_that_became_the_parent_are_a_parent_s) {
  publish(1, {{1, -1}, {2, -1}, {3, 1, 2, true}}, 0);
  publish(2, {{1, -1}, {2, -1}, {3, 2, 1, true}}, 100);
  send(2, 3, 150);
  EXPECT_EQ(traffic.copies().hot, 0U);
  send(1, 3, 150);
  EXPECT_EQ(traffic.copies().hot, 1U);
}

}  // namespace
}  // namespace grove::sim
