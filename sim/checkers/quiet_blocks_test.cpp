#include "sim/checkers/quiet_blocks.h"

#include <gtest/gtest.h>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

struct I2 : testing::Test {
  RoomForTest room{5};
  LinkWatch links;
  Blocks blocks{room.world, links};
  PlanWatch plans{room.world};
  QuietBlocks checker{room.world, blocks, plans};
  static constexpr std::int64_t kBlockedAt = 20'000;
  std::int64_t rtt_ms = static_cast<std::int64_t>(room.world.network().rtt({1}, {0}).in_ms());

  void link(std::size_t a, std::size_t b) {
    links.on_link_up(room.all[a], room.all[b], RoomForTest::at_ms(1));
    links.on_link_up(room.all[b], room.all[a], RoomForTest::at_ms(1));
  }
  void block(std::size_t listener, std::size_t source, bool is_on = true, std::int64_t ms = kBlockedAt) {
    blocks.on_blocked(room.all[listener], room.all[source], BlockKind::kBlocked, is_on, RoomForTest::at_ms(ms));
  }
  void deliver(std::size_t listener, std::int64_t ms) {
    checker.on_delivered({RoomForTest::at_ms(ms), room.all[listener], {room.all[0], 3}, true});
  }
  std::uint64_t on_wire(std::size_t from, std::size_t to, std::int64_t ms) {
    const auto before = checker.violations();
    checker.on_sent(room.frame(from, to, 0, 3, ms));
    return checker.violations() - before;
  }
};

TEST_F(I2, sees_a_frame_that_is_heard_from_the_instant_of_the_block_on) {
  deliver(1, kBlockedAt - 1);
  EXPECT_EQ(checker.violations(), 0U);
  block(1, 0);
  deliver(2, kBlockedAt + 1);
  EXPECT_EQ(checker.violations(), 0U);
  deliver(1, kBlockedAt + 1);
  EXPECT_EQ(checker.told(), (std::vector<std::string>{"at 20.001 s: person 1 hears frame 3 of person 0, whom it blocks"}));
  block(1, 0, false, kBlockedAt + 2);
  deliver(1, kBlockedAt + 3);
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I2, sees_what_is_sent_to_the_blocker_or_by_it_later_than_a_round_trip_and_100_ms) {
  link(0, 1);
  block(1, 0);
  EXPECT_EQ(on_wire(0, 1, kBlockedAt + rtt_ms + 90), 0U);
  EXPECT_EQ(on_wire(0, 1, kBlockedAt + rtt_ms + 110), 1U);
  EXPECT_EQ(on_wire(1, 2, kBlockedAt + rtt_ms + 110), 1U);
  EXPECT_EQ(on_wire(0, 2, kBlockedAt + rtt_ms + 110), 0U);
}

TEST_F(I2, counts_over_the_links_between_where_the_pair_has_none_and_waits_where_there_is_no_way) {
  link(0, 2);
  link(2, 1);
  block(1, 0);
  const auto way_ms = static_cast<std::int64_t>(room.world.network().rtt({1}, {2}).in_ms() + room.world.network().rtt({2}, {0}).in_ms());
  EXPECT_EQ(on_wire(2, 1, kBlockedAt + way_ms + 90), 0U);
  EXPECT_EQ(on_wire(2, 1, kBlockedAt + way_ms + 110), 1U);
  block(3, 0);
  EXPECT_EQ(on_wire(2, 3, kBlockedAt + 60'000), 0U);
}

TEST_F(I2, counts_from_when_the_word_arrived_if_the_network_held_it_back) {
  link(0, 1);
  block(1, 0);
  const auto word = room.control(1, 0, wire::Hearing{{1}, 1, false, false}, kBlockedAt);
  blocks.on_sent(word);
  EXPECT_EQ(on_wire(0, 1, kBlockedAt + rtt_ms + 500), 0U);
  auto arrived = word;
  arrived.at = RoomForTest::at_ms(kBlockedAt + 2'000);
  blocks.on_arrived(arrived);
  EXPECT_EQ(on_wire(0, 1, kBlockedAt + 2'000 + rtt_ms / 2 + 90), 0U);
  EXPECT_EQ(on_wire(0, 1, kBlockedAt + 2'000 + rtt_ms / 2 + 110), 1U);
}

TEST_F(I2, sees_a_plan_that_joins_the_two_below_somebody_else) {
  block(2, 1);
  const auto publish = [&](std::uint32_t epoch, std::vector<RoomForTest::Place> places, std::int64_t ms) {
    const auto passage = room.control(0, 1, wire::PlanNews{{room.plan(0, epoch, std::move(places)), {}}}, ms);
    plans.on_sent(passage);
    checker.on_sent(passage);
    return checker.violations();
  };
  EXPECT_EQ(publish(1, {{1, -1}, {2, 1}}, kBlockedAt + 2'900), 0U);  // who made it may not know yet
  EXPECT_EQ(publish(2, {{1, -1}, {2, -1}, {3, 1}}, kBlockedAt + 3'100), 0U);
  EXPECT_EQ(publish(3, {{1, -1}, {2, 1}}, kBlockedAt + 3'100), 1U);
  EXPECT_EQ(publish(4, {{1, -1}, {3, -1}, {2, 3, 1}}, kBlockedAt + 3'200), 2U);  // as its guardian
}

TEST_F(I2, leaves_the_sources_own_edges_alone) {
  block(1, 0);
  const auto passage = room.control(0, 2, wire::PlanNews{{room.plan(0, 1, {{1, -1}, {2, -1}}), {}}}, kBlockedAt + 9'000);
  plans.on_sent(passage);
  checker.on_sent(passage);
  EXPECT_EQ(checker.violations(), 0U);  // a seat in name only
}

}  // namespace
}  // namespace grove::sim
