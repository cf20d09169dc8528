#include "overlay/plan.h"

#include <gtest/gtest.h>

#include "overlay/plan_terms.h"
#include "overlay/room_draw.h"

namespace grove::overlay {
namespace {

using base::Duration;

base::PeerId parent_of(const Planned& planned, std::size_t listener) {
  const wire::TreePlan plan{RoomDraw::id(0), {}, 0, 0, planned.seats};
  return plan.parent_of(RoomDraw::id(listener));
}

std::size_t children_of(const Planned& planned, std::size_t peer) {
  const wire::TreePlan plan{RoomDraw::id(0), {}, 0, 0, planned.seats};
  return plan.children_of(RoomDraw::id(peer)).size();
}

PlanInput from_first(std::size_t copies_max) { return {RoomDraw::id(0), copies_max}; }

struct Drawn {
  std::size_t one, other;
  std::int64_t rtt_ms;
};
RoomDraw room_of(std::size_t peers, const std::vector<Drawn>& links) {
  RoomDraw room(peers);
  for (const Drawn& link : links) room.link(link.one, link.other, Duration::ms(link.rtt_ms));
  return room;
}

TEST(Plan, is_a_star_while_the_uplink_lasts) {
  RoomDraw room(5);
  room.link_everybody(Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), from_first(4));
  EXPECT_EQ(planned.seats.size(), 4U);
  EXPECT_EQ(children_of(planned, 0), 4U);
  EXPECT_EQ(planned.mean_delay, Duration::ms(15));
  EXPECT_FALSE(planned.is_over_budget);
}

TEST(Plan, beyond_the_source_s_budget_others_carry) {
  RoomDraw room(9);
  room.link_everybody(Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), from_first(2));
  EXPECT_EQ(planned.seats.size(), 8U);
  EXPECT_EQ(children_of(planned, 0), 2U);
  EXPECT_FALSE(planned.is_over_budget);
  EXPECT_EQ(planned.copies_over_budget, 0U);
}

TEST(Plan, goes_round_a_link_that_loses) {
  RoomDraw room(3);
  room.link(0, 1, Duration::ms(30));
  room.link(1, 2, Duration::ms(30));
  room.link(0, 2, Duration::ms(30), 5);
  EXPECT_EQ(parent_of(plan_tree(room.graph(), from_first(4)), 2), RoomDraw::id(1));
}

TEST(Plan, seats_who_asked_for_nothing_in_name_only) {
  RoomDraw room(4);
  room.link_everybody(Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), {RoomDraw::id(0), 4, {RoomDraw::id(2)}});
  ASSERT_EQ(planned.seats.size(), 3U);
  EXPECT_EQ(planned.seats[1], wire::Seat{RoomDraw::id(2)});
  for (const std::size_t other : {0U, 2U}) EXPECT_NE(planned.seats[other].guardian, 1);
  EXPECT_EQ(planned.mean_delay, Duration::ms(15));
  EXPECT_TRUE(planned.unreached.empty());
}

TEST(Plan, names_those_whom_no_link_reaches) {
  RoomDraw room(3);
  room.link(0, 1, Duration::ms(30));
  room.claim(1, 2, Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), from_first(4));
  EXPECT_EQ(planned.seats.size(), 1U);
  EXPECT_EQ(planned.unreached, std::vector{RoomDraw::id(2)});
}

TEST(Plan, asks_no_phone_no_hidden_tab_and_no_metered_line_to_carry_while_others_can) {
  for (const wire::Role role : {wire::Role::kPhone, wire::Role::kHiddenTab, wire::Role::kMetered}) {
    RoomDraw room(8);
    room.link_everybody(Duration::ms(100));
    for (const std::size_t near : {1U, 2U}) {
      room.record(near).role = role;
      for (std::size_t other = 0; other < room.size(); ++other) {
        if (other != near) room.link(near, other, Duration::ms(1));
      }
    }
    const Planned planned = plan_tree(room.graph(), from_first(3));
    EXPECT_EQ(planned.seats.size(), 7U);
    EXPECT_EQ(children_of(planned, 1) + children_of(planned, 2), 0U);
  }
}

TEST(Plan, lets_a_phone_carry_where_nobody_else_reaches) {
  RoomDraw room(9);
  room.link(0, 1, Duration::ms(30));
  room.record(1).role = wire::Role::kPhone;
  for (std::size_t far = 2; far < room.size(); ++far) room.link(1, far, Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), from_first(8));
  EXPECT_EQ(children_of(planned, 1), kLeafCopiesMax + kLeftoversBeyond);
  EXPECT_EQ(planned.unreached.size(), 2U);
}

TEST(Plan, serves_leftovers_beyond_the_source_s_budget_and_says_so) {
  RoomDraw room(6);
  for (std::size_t other = 1; other < room.size(); ++other) room.link(0, other, Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), from_first(2));
  EXPECT_EQ(planned.seats.size(), 5U);
  EXPECT_TRUE(planned.is_over_budget);
  EXPECT_EQ(planned.copies_over_budget, 3U);
}

TEST(Plan, takes_a_relay_one_beyond_its_budget_rather_than_leave_somebody_deaf_and_no_further) {
  RoomDraw room(7);
  room.link(0, 1, Duration::ms(30));
  room.record(1).copies_max = 2;
  for (std::size_t far = 2; far < room.size(); ++far) room.link(1, far, Duration::ms(30));
  const Planned planned = plan_tree(room.graph(), from_first(8));
  EXPECT_EQ(children_of(planned, 1), 3U);
  EXPECT_EQ(planned.copies_over_budget, 1U);
  EXPECT_EQ(planned.unreached.size(), 2U);
}

TEST(Plan, what_other_voices_take_of_a_relay_is_not_ours_and_who_has_it_keeps_an_even_share) {
  RoomDraw room(6);
  room.link(0, 1, Duration::ms(10));
  room.link(0, 2, Duration::ms(60));
  for (std::size_t far = 3; far < room.size(); ++far) {
    room.link(1, far, Duration::ms(10));
    room.link(2, far, Duration::ms(10));
  }
  room.record(1).copies_at_once = 9;
  PlanInput input = from_first(2);
  EXPECT_EQ(children_of(plan_tree(room.graph(), input), 1), 3U);
  input.other_voices = 2;
  input.carried = {{RoomDraw::id(1), 9}};
  EXPECT_EQ(children_of(plan_tree(room.graph(), input), 1), 0U);
  input.carried = {{RoomDraw::id(1), 8}};
  EXPECT_EQ(children_of(plan_tree(room.graph(), input), 1), 1U);
  input.ours = {{RoomDraw::id(1), 3}};
  EXPECT_EQ(children_of(plan_tree(room.graph(), input), 1), 3U);
}

TEST(Plan, what_somebody_elses_plan_claims_counts_over_links_of_the_map_and_up_to_what_its_relay_serves) {
  RoomDraw room(6);
  for (std::size_t other : {2U, 3U, 4U}) room.link(1, other, Duration::ms(20));
  room.record(1).copies_max = 1;
  std::vector<wire::Seat> seats{{RoomDraw::id(1)}};  // at its source 5, to which no link leads
  for (std::size_t listener : {2U, 3U, 4U, 0U}) seats.push_back({RoomDraw::id(listener), 0, wire::kNoSeat, false});
  CopyCount copies;
  copies.add_other(room.map(), RoomDraw::id(5), seats);
  EXPECT_EQ(copies.take(), (std::vector<PlanInput::Carried>{{RoomDraw::id(1), 1 + kCopiesBeyond}}));
  PlanInput ours = from_first(3);
  ours.no_send = {RoomDraw::id(2)};
  copies.add_own(ours, {{RoomDraw::id(1)}, {RoomDraw::id(2)}});
  EXPECT_EQ(copies.take(), (std::vector<PlanInput::Carried>{{RoomDraw::id(0), 1}})) << "a seat in name only is no copy";
}

// 3 reaches the room over 1 only, whose one place goes to 2, who is nearer.
struct FullRelay : testing::Test {
  RoomDraw room{6};
  void SetUp() override {
    room.record(1).copies_max = 1;
    room.record(2).copies_max = 1;
    room.link(0, 1, Duration::ms(10));
    room.link(1, 2, Duration::ms(10));
    room.link(1, 3, Duration::ms(200));
  }
  Planned plan(std::size_t copies_max) { return plan_tree(room.graph(), from_first(copies_max)); }
};

TEST_F(FullRelay, gives_a_child_away_to_the_source_for_somebody_who_reaches_nobody_else) {
  room.record(2).copies_max = 0;
  room.link(0, 2, Duration::ms(300));
  const Planned planned = plan(1);
  EXPECT_EQ(parent_of(planned, 2), RoomDraw::id(0));
  EXPECT_EQ(parent_of(planned, 3), RoomDraw::id(1));
  EXPECT_TRUE(planned.is_over_budget);
}

TEST_F(FullRelay, gives_a_child_away_to_the_newcomer_itself) {
  room.link(2, 3, Duration::ms(200));
  room.record(2).copies_max = 0;
  const Planned planned = plan(1);
  EXPECT_EQ(parent_of(planned, 3), RoomDraw::id(1));
  EXPECT_EQ(parent_of(planned, 2), RoomDraw::id(3));
  EXPECT_EQ(planned.copies_over_budget, 0U);
}

TEST_F(FullRelay, gives_a_child_away_to_another_full_relay_whose_child_goes_elsewhere) {
  room.record(4).copies_max = 1;
  room.record(5).copies_max = 0;
  room.link(0, 4, Duration::ms(10));
  room.link(4, 5, Duration::ms(10));
  room.link(4, 2, Duration::ms(250));
  room.link(0, 5, Duration::ms(300));
  room.record(2).copies_max = 0;
  const Planned planned = plan(2);
  EXPECT_EQ(parent_of(planned, 3), RoomDraw::id(1));
  EXPECT_EQ(parent_of(planned, 2), RoomDraw::id(4));
  EXPECT_EQ(parent_of(planned, 5), RoomDraw::id(0));
}

TEST_F(FullRelay, patched_gives_a_child_away_too) {
  room.cut(1, 3);
  room.link(0, 2, Duration::ms(300));
  const Planned before = plan(1);
  ASSERT_EQ(parent_of(before, 2), RoomDraw::id(1));
  room.link(1, 3, Duration::ms(200));
  const Planned after = patch_tree(room.graph(), from_first(1), before);
  EXPECT_EQ(parent_of(after, 2), RoomDraw::id(0));
  EXPECT_EQ(parent_of(after, 3), RoomDraw::id(1));
}

TEST_F(FullRelay, does_not_go_beyond_its_budget_for_a_complaint) {
  room.link(2, 3, Duration::ms(200));
  room.cut(1, 3);
  PlanInput input = from_first(1);
  input.avoided_links = {{RoomDraw::id(2), RoomDraw::id(3)}};
  const Planned planned = plan_tree(room.graph(), input);
  EXPECT_EQ(parent_of(planned, 3), RoomDraw::id(2));
  EXPECT_EQ(planned.copies_over_budget, 0U);
}

TEST(Plan, avoids_what_was_complained_of_until_nothing_else_reaches_somebody) {
  RoomDraw room(3);
  room.link_everybody(Duration::ms(30));
  PlanInput input = from_first(4);
  input.avoided_links = {{RoomDraw::id(2), RoomDraw::id(0)}};
  EXPECT_EQ(parent_of(plan_tree(room.graph(), input), 2), RoomDraw::id(1));
  input.avoided_relays = {RoomDraw::id(1)};
  EXPECT_EQ(parent_of(plan_tree(room.graph(), input), 1), RoomDraw::id(0));
  EXPECT_EQ(plan_tree(room.graph(), input).seats.size(), 2U);
}

TEST(Plan, hangs_whoever_complained_nowhere_below_the_accused) {
  // The way over 1 and 2 is quick, the one over 4 slow.
  RoomDraw room = room_of(5, {{0, 1, 10}, {1, 2, 10}, {2, 3, 10}, {1, 3, 10}, {0, 4, 200}, {4, 3, 200}});
  PlanInput input = from_first(4);
  const Planned before = plan_tree(room.graph(), input);
  ASSERT_EQ(parent_of(before, 3), RoomDraw::id(1));
  input.avoided_links = {{RoomDraw::id(1), RoomDraw::id(3)}};
  for (const Planned& after : {plan_tree(room.graph(), input), patch_tree(room.graph(), input, before)}) {
    EXPECT_EQ(parent_of(after, 3), RoomDraw::id(4));
    EXPECT_EQ(parent_of(after, 2), RoomDraw::id(1));  // others stay
  }
  room.cut(3, 4);  // nothing else reaches it
  EXPECT_EQ(parent_of(patch_tree(room.graph(), input, before), 3), RoomDraw::id(1));
}

TEST(Plan, gives_the_source_s_scarce_copies_to_those_who_pass_them_on_best) {
  // Two towns across an ocean: one copy crosses it, the others stay in town.
  RoomDraw room(10);
  const auto town = [](std::size_t peer) { return peer % 2; };
  for (std::size_t a = 0; a < room.size(); ++a) {
    for (std::size_t b = 0; b < a; ++b) room.link(a, b, Duration::ms(town(a) == town(b) ? 4 : 100));
  }
  const Planned planned = plan_tree(room.graph(), from_first(2));
  EXPECT_LE(planned.mean_delay, Duration::ms(40));  // half of them 50 ms away, and a hop or two
}

TEST(Plan, a_guardian_has_the_frames_by_another_way_and_is_near) {
  RoomDraw room = room_of(5, {{0, 1, 30}, {0, 2, 30}, {1, 3, 10}, {2, 3, 70}, {1, 4, 10}, {2, 4, 20}});
  room.link(3, 4, Duration::ms(5));  // below the same parent: fails with it
  const Planned planned = plan_tree(room.graph(), from_first(4));
  const wire::TreePlan plan{RoomDraw::id(0), {}, 0, 0, planned.seats};
  EXPECT_EQ(plan.parent_of(RoomDraw::id(3)), RoomDraw::id(1));
  EXPECT_EQ(plan.peer_at(plan.seat_of(RoomDraw::id(3))->guardian), RoomDraw::id(2));
  EXPECT_TRUE(plan.seat_of(RoomDraw::id(3))->is_hot);
  EXPECT_EQ(plan.peer_at(plan.seat_of(RoomDraw::id(4))->guardian), RoomDraw::id(2));
  EXPECT_FALSE(plan.seat_of(RoomDraw::id(4))->is_hot);
  EXPECT_EQ(planned.hot_guardians, 1U);
}

TEST(Plan, a_guardian_by_way_of_whom_frames_come_late_is_the_second_choice) {
  // Below 1 frames are at 3 after 21 ms; 2 is nearer to it than 4, but hears late itself: 81 ms by way of it, 52 by way of 4.
  const auto links = std::vector<Drawn>{{0, 1, 20}, {0, 2, 100}, {0, 4, 40}, {1, 3, 20}, {2, 3, 60}, {4, 3, 62}};
  const auto guardian_of = [](const RoomDraw& room) {
    const Planned planned = plan_tree(room.graph(), from_first(4));
    const wire::TreePlan plan{RoomDraw::id(0), {}, 0, 0, planned.seats};
    EXPECT_EQ(plan.parent_of(RoomDraw::id(3)), RoomDraw::id(1));
    return plan.peer_at(plan.seat_of(RoomDraw::id(3))->guardian);
  };
  EXPECT_EQ(guardian_of(room_of(5, links)), RoomDraw::id(4));
  auto late = links;
  late.back().rtt_ms = 90;  // 66 ms: too late as well, but less
  EXPECT_EQ(guardian_of(room_of(5, late)), RoomDraw::id(4));
  EXPECT_EQ(guardian_of(room_of(5, {links.begin(), links.end() - 1})), RoomDraw::id(2));  // better than nobody
}

TEST(Patch, a_hot_guardian_stays_though_its_other_wards_have_to_go) {
  // 1 guards 3 and 4 (cold) and 7 (hot), and has no copy beyond those; then 6, whose parent is lost, comes to hang below it.
  RoomDraw room = room_of(8, {{0, 1, 20}, {0, 2, 20}, {0, 5, 20}, {2, 3, 10}, {2, 4, 10}, {2, 7, 10}, {1, 3, 30}, {1, 4, 30}, {1, 7, 70}, {5, 6, 10}, {1, 6, 20}});
  room.record(1).copies_max = 1;
  const Planned before = plan_tree(room.graph(), from_first(4));
  const auto has_guardian = [](const Planned& planned, std::size_t listener) {
    return wire::TreePlan{RoomDraw::id(0), {}, 0, 0, planned.seats}.seat_of(RoomDraw::id(listener))->guardian != wire::kNoSeat;
  };
  for (const std::size_t ward : {3U, 4U, 7U}) ASSERT_TRUE(has_guardian(before, ward));
  ASSERT_EQ(before.hot_guardians, 1U);
  room.lose(5);
  const Planned after = patch_tree(room.graph(), from_first(4), before);
  ASSERT_EQ(parent_of(after, 6), RoomDraw::id(1));
  EXPECT_TRUE(has_guardian(after, 7));
  EXPECT_FALSE(has_guardian(after, 4));
}

TEST(Plan, a_source_that_the_map_does_not_know_plans_nothing) {
  RoomDraw room(2);
  EXPECT_TRUE(plan_tree(room.graph(), {RoomDraw::id(50), 4}).seats.empty());
}

TEST(Plan, a_room_beyond_the_largest_is_served_in_part) {
  RoomDraw room(300);
  for (std::size_t a = 1; a < room.size(); ++a) {
    for (std::size_t b = a > 20 ? a - 20 : 0; b < a; ++b) room.link(a, b, Duration::ms(20));
  }
  const Planned planned = plan_tree(room.graph(), from_first(8));
  EXPECT_EQ(planned.seats.size(), wire::kListenersMax);
  EXPECT_EQ(planned.unreached.size(), 299 - wire::kListenersMax);
}

TEST(Patch, hangs_the_children_of_a_lost_relay_elsewhere_and_moves_nobody_else) {
  RoomDraw room(40);
  room.link_everybody(Duration::ms(30));
  const Planned before = plan_tree(room.graph(), from_first(4));
  const wire::TreePlan old{RoomDraw::id(0), {}, 0, 0, before.seats};
  const base::PeerId relay = before.seats[0].parent == wire::kSourceSeat ? before.seats[0].listener
                                                                         : old.peer_at(before.seats[0].parent);
  std::size_t lost = 1;
  while (RoomDraw::id(lost) != relay) ++lost;
  room.lose(lost);
  const Planned after = patch_tree(room.graph(), from_first(4), before);
  EXPECT_EQ(after.seats.size(), 38U);
  EXPECT_EQ(after.unreached, std::vector{relay});
  for (const wire::Seat& seat : before.seats) {
    if (seat.listener == relay || old.peer_at(seat.parent) == relay) continue;
    const wire::TreePlan now{RoomDraw::id(0), {}, 0, 0, after.seats};
    EXPECT_EQ(now.parent_of(seat.listener), old.parent_of(seat.listener));
  }
}

// 3 hung below 1, which is gone; 2 has one copy, and sends it to 4. What is left for 3 is 5, where it would hear after 93 ms
// instead of 21. 4 is at 21 ms too, and at 13 + half of `rtt_of_refuge` below 5.
RoomDraw with_one_good_place(std::int64_t rtt_of_refuge) {
  RoomDraw room = room_of(6, {{0, 1, 20}, {0, 2, 20}, {0, 5, 24}, {1, 3, 20}, {2, 3, 20}, {2, 4, 20}, {5, 3, 160}, {5, 4, rtt_of_refuge}});
  room.record(2).copies_max = 1;
  return room;
}

TEST(Patch, whoever_would_hear_much_later_gets_the_place_of_somebody_who_can_go_elsewhere_unnoticed) {
  for (const std::int64_t rtt : {24, 80}) {
    RoomDraw room = with_one_good_place(rtt);
    const Planned before = plan_tree(room.graph(), from_first(3));
    ASSERT_EQ(parent_of(before, 3), RoomDraw::id(1));
    ASSERT_EQ(parent_of(before, 4), RoomDraw::id(2));
    room.lose(1);
    const Planned after = patch_tree(room.graph(), from_first(3), before);
    const bool is_unnoticed = rtt == 24;
    EXPECT_EQ(parent_of(after, 3), RoomDraw::id(is_unnoticed ? 2 : 5));
    EXPECT_EQ(parent_of(after, 4), RoomDraw::id(is_unnoticed ? 5 : 2));
  }
}

TEST(Patch, nobody_makes_room_for_a_complaint) {
  const RoomDraw room = with_one_good_place(24);
  const Planned before = plan_tree(room.graph(), from_first(3));
  PlanInput input = from_first(3);
  input.avoided_links = {{RoomDraw::id(1), RoomDraw::id(3)}};
  const Planned after = patch_tree(room.graph(), input, before);
  EXPECT_EQ(parent_of(after, 3), RoomDraw::id(5));
  EXPECT_EQ(parent_of(after, 4), RoomDraw::id(2));
  input.avoided_relays = {RoomDraw::id(1)};  // others complained too
  EXPECT_EQ(parent_of(patch_tree(room.graph(), input, before), 3), RoomDraw::id(2));
}

TEST(Patch, a_subtree_without_a_place_as_a_whole_is_saved_in_parts) {
  RoomDraw room(5);  // 0 → 1 → 2 → {3, 4}; 2 loses its only way up, 3 and 4 have another
  room.link(0, 1, Duration::ms(30));
  room.link(1, 2, Duration::ms(30));
  room.link(2, 3, Duration::ms(30));
  room.link(2, 4, Duration::ms(30));
  const Planned before = plan_tree(room.graph(), from_first(8));
  ASSERT_EQ(parent_of(before, 4), RoomDraw::id(2));
  room.cut(1, 2);
  room.link(0, 3, Duration::ms(200));
  const Planned after = patch_tree(room.graph(), from_first(8), before);
  EXPECT_EQ(parent_of(after, 3), RoomDraw::id(0));
  EXPECT_EQ(parent_of(after, 2), RoomDraw::id(3));
  EXPECT_EQ(parent_of(after, 4), RoomDraw::id(2));
}

TEST(Patch, sends_nothing_to_whom_it_is_not_for_and_serves_who_hung_below) {
  RoomDraw room(4);
  room.link(0, 1, Duration::ms(10));
  room.link(1, 2, Duration::ms(10));
  room.link(0, 2, Duration::ms(200));
  const Planned before = plan_tree(room.graph(), from_first(4));
  ASSERT_EQ(parent_of(before, 2), RoomDraw::id(1));
  PlanInput input = from_first(4);
  input.no_send = {RoomDraw::id(1)};
  const Planned after = patch_tree(room.graph(), input, before);
  ASSERT_EQ(after.seats.size(), 2U);
  EXPECT_EQ(after.seats[0], wire::Seat{RoomDraw::id(1)});  // in name only
  EXPECT_EQ(parent_of(after, 2), RoomDraw::id(0));
  EXPECT_EQ(after.mean_delay, Duration::ms(100));
}

TEST(Plan, whom_only_the_source_can_reach_hangs_at_the_source_and_others_find_their_way_in_the_map) {
  RoomDraw room(4);
  room.link(0, 1, Duration::ms(10));
  room.link(1, 2, Duration::ms(10));
  PlanInput input = from_first(4);
  input.aside = {{RoomDraw::id(2), Duration::ms(1)}, {RoomDraw::id(3), Duration::ms(50)}};
  const Planned planned = plan_tree(room.graph(), input);
  EXPECT_EQ(parent_of(planned, 2), RoomDraw::id(1));
  EXPECT_EQ(parent_of(planned, 3), RoomDraw::id(0));
  EXPECT_TRUE(planned.unreached.empty());
}

// 0 is linked to 1; 2, 3 and 4 to each other; between the two rooms there are only links of 0's own, to 2 and 4.
struct TwoRooms : testing::Test {
  TwoRooms() {
    room.link(0, 1, Duration::ms(10));
    room.link(2, 3, Duration::ms(10));
    room.link(3, 4, Duration::ms(10));
    input.aside = {{RoomDraw::id(2), Duration::ms(20)}, {RoomDraw::id(4), Duration::ms(300)}};
  }
  RoomDraw room{5};
  PlanInput input = from_first(4);
};

TEST_F(TwoRooms, whom_the_source_reaches_aside_carries_on_for_those_beyond) {
  const Planned planned = plan_tree(room.graph(), input);
  EXPECT_TRUE(planned.unreached.empty());
  EXPECT_EQ(parent_of(planned, 1), RoomDraw::id(0));
  EXPECT_EQ(parent_of(planned, 2), RoomDraw::id(0));
  EXPECT_EQ(parent_of(planned, 3), RoomDraw::id(2));
  EXPECT_EQ(parent_of(planned, 4), RoomDraw::id(3)) << "sooner than over the link of its own";
  EXPECT_EQ(planned.delays[1], Duration::ms(10));
  EXPECT_EQ(planned.seats[3].guardian, wire::kSourceSeat);
}

TEST_F(TwoRooms, a_patch_keeps_what_hangs_at_a_link_aside) {
  const Planned before = plan_tree(room.graph(), input);
  EXPECT_EQ(patch_tree(room.graph(), input, before).seats, before.seats);
  input.aside = {{RoomDraw::id(4), Duration::ms(300)}};  // 2's is closed
  const Planned after = patch_tree(room.graph(), input, before);
  EXPECT_EQ(parent_of(after, 4), RoomDraw::id(0));
  EXPECT_EQ(parent_of(after, 3), RoomDraw::id(4));
  EXPECT_EQ(parent_of(after, 2), RoomDraw::id(3));
}

TEST_F(TwoRooms, who_wants_nothing_of_the_source_carries_nothing_aside) {
  input.no_send = {RoomDraw::id(2), RoomDraw::id(4)};
  const Planned planned = plan_tree(room.graph(), input);
  EXPECT_EQ(planned.unreached, std::vector{RoomDraw::id(3)});
}

// Everybody on one line, `places` ms from its beginning.
void place(RoomDraw& room, const std::vector<std::int16_t>& places) {
  for (std::size_t peer = 0; peer < room.size(); ++peer) {
    room.record(peer).coordinate = {{static_cast<std::int16_t>(places[peer] * 10), 0, 0}, 0, 10};
  }
}

TEST(Wishes, are_the_links_whose_lack_costs_most) {
  RoomDraw room(6);  // 0 is linked to the far town's voices only round 5, which lies farther still
  place(room, {0, 100, 102, 103, 104, 300});
  room.link(0, 5, Duration::ms(300));
  room.link(5, 1, Duration::ms(200));
  for (std::size_t far = 2; far < 5; ++far) room.link(1, far, Duration::ms(3));
  const PlanInput input = from_first(1);
  const Planned planned = plan_tree(room.graph(), input);
  const auto wished = wished_links(room.graph(), input, planned);
  ASSERT_FALSE(wished.empty());
  EXPECT_EQ(wished[0], (WishedLink{RoomDraw::id(0), RoomDraw::id(1)}));
}

TEST(Wishes, nothing_where_every_link_is_there_or_nobody_knows_where_the_others_are) {
  RoomDraw room(5);
  room.link_everybody(Duration::ms(40));
  place(room, {0, 10, 20, 30, 40});
  const PlanInput input = from_first(2);
  EXPECT_TRUE(wished_links(room.graph(), input, plan_tree(room.graph(), input)).empty());
  room.cut(0, 4);
  for (std::size_t peer = 0; peer < room.size(); ++peer) room.record(peer).coordinate.error_percent = 100;
  EXPECT_TRUE(wished_links(room.graph(), input, plan_tree(room.graph(), input)).empty());
}

}  // namespace
}  // namespace grove::overlay
