#include "sim/checkers/sound_plans.h"

#include <gtest/gtest.h>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

struct I3 : testing::Test {
  RoomForTest room;

  // What person 0 knows: people linked as listed, each able to serve `copies`.
  node::RoomView view(const std::vector<std::pair<std::size_t, std::size_t>>& claims, std::uint8_t copies = 4) {
    node::RoomView view{};
    for (std::size_t i = 0; i < 4; ++i) view.peers.push_back({room.id(i), "", wire::Role::kDesktop, false, copies, {}});
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

TEST_F(I3, sees_a_relay_with_too_many_children) {
  EXPECT_EQ(flaw({{1, -1}, {2, 1}, {3, 1}}, view({{1, 2}, {2, 1}, {1, 3}, {3, 1}}, 1)), "gives a relay 2 children, who can serve 1");
}

TEST_F(I3, sees_the_source_among_its_own_listeners) { EXPECT_EQ(flaw({{0, -1}}, view({})), "seats the source itself"); }

TEST_F(I3, looks_at_what_sources_publish) {
  PlanWatch plans(room.world);
  SoundPlans checker(room.world, plans);
  const Passage bad = room.control(0, 1, wire::PlanNews{{room.plan(0, 1, {{1, -1}, {2, 1}}), {}}});  // nobody is linked yet
  plans.on_sent(bad);
  checker.on_sent(bad);
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I3, leaves_alone_what_others_pass_on) {
  PlanWatch plans(room.world);
  SoundPlans checker(room.world, plans);
  const Passage passed_on = room.control(1, 2, wire::PlanNews{{room.plan(0, 1, {{1, -1}, {2, 1}}), {}}});
  plans.on_sent(passed_on);
  checker.on_sent(passed_on);
  EXPECT_EQ(checker.violations(), 0U);
}

}  // namespace
}  // namespace grove::sim
