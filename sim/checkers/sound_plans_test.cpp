#include "sim/checkers/sound_plans.h"

#include <gtest/gtest.h>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

struct I3 : testing::Test {
  RoomForTest room{8};

  // What person 0 knows: people linked as listed, each able to serve `copies`.
  node::RoomView view(const std::vector<std::pair<std::size_t, std::size_t>>& claims, std::uint8_t copies = 4) {
    node::RoomView view{};
    for (std::size_t i = 0; i < room.all.size(); ++i) view.peers.push_back({room.id(i), "", wire::Role::kDesktop, false, copies, {}});
    for (const auto& [from, to] : claims) view.peers[from].links.push_back({static_cast<std::uint16_t>(to), Duration(), 0});
    return view;
  }
  std::string flaw(const std::vector<RoomForTest::Place>& places, const node::RoomView& known) {
    return SoundPlans::flaw(room.plan(0, 1, places), known);
  }
};

TEST_F(I3, accepts_a_tree_over_links_that_both_ends_advertise) {
  EXPECT_EQ(flaw({{1, -1}, {2, 1}, {3, 1}}, view({{1, 2}, {2, 1}, {1, 3}, {3, 1}})), "");
}

TEST_F(I3, sees_a_link_that_only_one_end_advertises) {
  EXPECT_EQ(flaw({{1, -1}, {2, 1}}, view({{1, 2}})), "uses a link that not both ends advertise");
  EXPECT_EQ(flaw({{1, -1}, {2, 1}}, view({{2, 1}})), "uses a link that not both ends advertise");
}

TEST_F(I3, sees_a_ring_of_parents) {
  EXPECT_EQ(flaw({{1, 2}, {2, 1}}, view({{1, 2}, {2, 1}})), "has a ring of parents");
}

constexpr char kNeedless[] = "gives a relay 2 children, who can serve 1, though another could serve one of them";

TEST_F(I3, allows_a_relay_one_child_too_many_when_somebody_would_be_deaf_otherwise) {
  EXPECT_EQ(flaw({{1, -1}, {2, 1}, {3, 1}}, view({{1, 2}, {2, 1}, {1, 3}, {3, 1}}, 1)), "");
}

TEST_F(I3, sees_a_relay_with_two_children_too_many_whatever_the_reason) {
  EXPECT_EQ(flaw({{1, -1}, {2, 1}, {3, 1}}, view({{1, 2}, {2, 1}, {1, 3}, {3, 1}}, 0)), "gives a relay 2 children, who can serve 0");
}

TEST_F(I3, sees_a_relay_beyond_its_budget_one_of_whose_children_the_source_could_serve) {
  EXPECT_EQ(flaw({{1, -1}, {2, 1}, {3, 1}}, view({{1, 2}, {2, 1}, {1, 3}, {3, 1}, {0, 2}, {2, 0}}, 1)), kNeedless);
  // Not so with one end's word alone.
  EXPECT_EQ(flaw({{1, -1}, {2, 1}, {3, 1}}, view({{1, 2}, {2, 1}, {1, 3}, {3, 1}, {0, 2}}, 1)), "");
}

TEST_F(I3, sees_a_relay_beyond_its_budget_one_of_whose_children_somebody_with_room_could_serve) {
  EXPECT_EQ(flaw({{1, -1}, {2, 1}, {3, 1}}, view({{1, 2}, {2, 1}, {1, 3}, {3, 1}, {2, 3}, {3, 2}}, 1)), kNeedless);
}

TEST_F(I3, knows_that_nobody_can_hang_below_itself) {
  // 4 has room, and a link to 2, but hangs below it.
  EXPECT_EQ(flaw({{1, -1}, {2, 1}, {3, 1}, {4, 2}}, view({{1, 2}, {2, 1}, {1, 3}, {3, 1}, {2, 4}, {4, 2}}, 1)), "");
}

TEST_F(I3, holds_a_phone_to_four) {
  std::vector<std::pair<std::size_t, std::size_t>> claims;
  std::vector<RoomForTest::Place> places{{1, -1}};
  for (std::size_t child = 2; child < 8; ++child) {
    claims.emplace_back(1, child), claims.emplace_back(child, 1);
    places.push_back({child, 1});
  }
  auto known = view(claims, 8);
  EXPECT_EQ(flaw(places, known), "");
  known.peers[1].role = wire::Role::kPhone;
  EXPECT_EQ(flaw(places, known), "gives a relay 6 children, who can serve 4");
}

TEST_F(I3, sees_the_source_among_its_own_listeners) { EXPECT_EQ(flaw({{0, -1}}, view({})), "seats the source itself"); }

TEST_F(I3, looks_at_what_sources_publish) {
  PlanWatch plans(room.world);
  LinkWatch links;
  Blocks blocks(room.world, links);
  SoundPlans checker(room.world, plans, blocks);
  const Passage bad = room.control(0, 1, wire::PlanNews{{room.plan(0, 1, {{1, -1}, {2, 1}}), {}}});  // nobody is linked yet
  plans.on_sent(bad);
  checker.on_sent(bad);
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I3, leaves_alone_what_others_pass_on) {
  PlanWatch plans(room.world);
  LinkWatch links;
  Blocks blocks(room.world, links);
  SoundPlans checker(room.world, plans, blocks);
  const Passage passed_on = room.control(1, 2, wire::PlanNews{{room.plan(0, 1, {{1, -1}, {2, 1}}), {}}});
  plans.on_sent(passed_on);
  checker.on_sent(passed_on);
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I3, a_seat_in_name_only_neither_carries_nor_could) {
  const auto known = view({{1, 2}, {2, 1}, {1, 3}, {3, 1}, {4, 3}, {3, 4}}, 1);
  const std::vector<RoomForTest::Place> places = {{1, -1}, {2, 1}, {3, 1}, {4, -1}};
  EXPECT_EQ(flaw(places, known), kNeedless);
  EXPECT_EQ(SoundPlans::flaw(room.plan(0, 1, places), known, {room.id(4)}), "");
  EXPECT_EQ(SoundPlans::flaw(room.plan(0, 1, places), known, {room.id(1)}), "hangs somebody below one who gets nothing");
}

}  // namespace
}  // namespace grove::sim
