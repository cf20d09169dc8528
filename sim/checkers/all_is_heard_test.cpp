#include "sim/checkers/all_is_heard.h"

#include <gtest/gtest.h>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

struct I6 : testing::Test {
  RoomForTest room{3};
  Hearing hearing;
  LinkWatch links;
  Blocks blocks{room.world, links};
  AllIsHeard checker{room.world, hearing, links, blocks};

  void SetUp() override {
    for (const PersonId person : room.all) hearing.on_entered(person, RoomForTest::at_ms(0));
    link(0, 1);
  }
  void link(std::size_t a, std::size_t b) {
    links.on_link_up(room.all[a], room.all[b], RoomForTest::at_ms(1));
    links.on_link_up(room.all[b], room.all[a], RoomForTest::at_ms(1));
  }
  void speak(std::uint64_t counter, std::int64_t ms) { hearing.on_spoken({RoomForTest::at_ms(ms), {room.all[0], counter}, false}); }
  void hear(std::size_t listener, std::uint64_t counter, std::int64_t ms) {
    hearing.on_delivered({RoomForTest::at_ms(ms), room.all[listener], {room.all[0], counter}, true});
  }
  void finish() {
    hearing.on_end(RoomForTest::at_ms(40'000));
    checker.on_end(RoomForTest::at_ms(40'000));
  }
};

TEST_F(I6, sees_a_frame_that_never_comes_after_the_faults) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  speak(0, 24'000);
  speak(1, 24'020);
  hear(1, 0, 24'100);
  finish();
  EXPECT_EQ(checker.told(), (std::vector<std::string>{"at 24.020 s: person 1 misses 1 frames of person 0 from here on"}));
}

TEST_F(I6, sees_a_frame_that_comes_too_late) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  speak(0, 24'000);
  hear(1, 0, 27'001);
  finish();
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I6, excuses_what_is_missed_before_and_shortly_after_the_faults_stop) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  speak(0, 19'000);
  speak(1, 22'900);
  finish();
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I6, asks_nothing_for_whom_no_link_joins_to_the_source) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  speak(0, 24'000);
  hear(1, 0, 24'100);
  finish();
  EXPECT_EQ(checker.violations(), 0U);  // person 2 has no link
}

TEST_F(I6, asks_nothing_for_a_listener_who_blocks_the_source_until_three_seconds_after_the_unblock) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  blocks.on_blocked(room.all[1], room.all[0], BlockKind::kBlocked, true, RoomForTest::at_ms(23'500));
  speak(0, 24'000);
  blocks.on_blocked(room.all[1], room.all[0], BlockKind::kBlocked, false, RoomForTest::at_ms(25'000));
  speak(1, 27'900);
  speak(2, 28'100);
  finish();
  EXPECT_EQ(checker.told(), (std::vector<std::string>{"at 28.100 s: person 1 misses 1 frames of person 0 from here on"}));
}

TEST_F(I6, asks_nothing_for_whom_only_a_blocker_of_the_source_could_carry_it) {
  link(1, 2);
  blocks.on_blocked(room.all[1], room.all[0], BlockKind::kBlocked, true, RoomForTest::at_ms(15'000));
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  speak(0, 24'000);
  finish();
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I6, asks_it_for_whom_a_chain_of_links_joins) {
  link(1, 2);
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  speak(0, 24'000);
  hear(1, 0, 24'100);
  finish();
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I6, excuses_the_frozen_and_the_dead) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  hearing.on_frozen(room.all[1], RoomForTest::at_ms(23'000));
  hearing.on_thawed(room.all[1], RoomForTest::at_ms(25'000));
  speak(0, 24'000);
  hearing.on_departed(room.all[1], Departure::kDied, RoomForTest::at_ms(33'000));
  speak(1, 32'000);
  finish();
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I6, sees_a_pull_that_does_not_end) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  const auto pull = [&](std::int64_t ms) { checker.on_sent(room.control(1, 2, wire::Pull{room.id(0), 0, 0, true}, ms)); };
  for (const std::int64_t ms : {20'500, 21'500, 23'400}) pull(ms);
  EXPECT_EQ(checker.violations(), 0U);
  pull(23'600);
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I6, counts_a_pull_of_one_who_thawed_from_when_it_is_excused_no_more) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  hearing.on_frozen(room.all[1], RoomForTest::at_ms(15'000));
  hearing.on_thawed(room.all[1], RoomForTest::at_ms(20'000));
  const auto pull = [&](std::int64_t ms) { checker.on_sent(room.control(1, 2, wire::Pull{room.id(0), 0, 0, true}, ms)); };
  for (const std::int64_t ms : {20'500, 22'000, 23'600, 25'000}) pull(ms);
  EXPECT_EQ(checker.violations(), 0U);
  pull(25'500);
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I6, minds_no_short_pulls_with_time_between_them) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  for (const std::int64_t ms : {20'500, 23'000, 26'000, 29'000}) checker.on_sent(room.control(1, 2, wire::Pull{room.id(0), 0, 0, true}, ms));
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I6, minds_nobody_who_asks_for_single_frames) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  const auto pull = [&](std::int64_t ms, bool wants_more) { checker.on_sent(room.control(1, 2, wire::Pull{room.id(0), 7, 1, wants_more}, ms)); };
  pull(20'500, true);
  for (const std::int64_t ms : {22'000, 23'600, 25'000}) pull(ms, false);
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I6, a_stop_ends_a_pull) {
  checker.on_faults_over(RoomForTest::at_ms(20'000));
  for (const std::int64_t ms : {20'500, 22'000, 23'900, 25'000}) {
    checker.on_sent(room.control(1, 2, wire::Pull{room.id(0), 0, 0, true}, ms));
    checker.on_sent(room.control(1, 2, wire::Stop{room.id(0)}, ms + 100));
  }
  EXPECT_EQ(checker.violations(), 0U);
}

}  // namespace
}  // namespace grove::sim
