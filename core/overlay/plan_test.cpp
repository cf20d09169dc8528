#include "overlay/plan.h"

#include <gtest/gtest.h>

#include "overlay/room_draw.h"

namespace grove::overlay {
namespace {

TEST(Plan, is_a_star_while_the_uplink_lasts) {
  RoomDraw room(5);
  room.link_everybody(base::Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), {room.id(0), 4});
  ASSERT_EQ(planned.seats.size(), 4U);
  for (const wire::Seat& seat : planned.seats) EXPECT_EQ(seat.parent, wire::kSourceSeat);
  EXPECT_FALSE(planned.is_over_budget);
}

TEST(Plan, leaves_out_who_asked_for_nothing) {
  RoomDraw room(4);
  room.link_everybody(base::Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), {room.id(0), 4, {room.id(2)}});
  ASSERT_EQ(planned.seats.size(), 2U);
  EXPECT_EQ(planned.seats[0].listener, room.id(1));
  EXPECT_EQ(planned.seats[1].listener, room.id(3));
  EXPECT_TRUE(planned.unreached.empty());
}

TEST(Plan, a_one_sided_claim_carries_nothing) {
  RoomDraw room(3);
  room.link(0, 1, base::Duration::ms(30));
  room.claim(1, 2, base::Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), {room.id(0), 4});
  ASSERT_EQ(planned.seats.size(), 1U);
  EXPECT_EQ(planned.unreached, std::vector{room.id(2)});
}

TEST(Plan, beyond_its_budget_others_carry) {
  RoomDraw room(9);
  room.link_everybody(base::Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), {room.id(0), 2});
  EXPECT_EQ(planned.seats.size(), 8U);
  EXPECT_EQ(std::count_if(planned.seats.begin(), planned.seats.end(), [](const auto& s) { return s.parent == wire::kSourceSeat; }), 2);
  EXPECT_FALSE(planned.is_over_budget);
}

}  // namespace
}  // namespace grove::overlay
