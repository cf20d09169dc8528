#include "overlay/relay.h"

#include <gtest/gtest.h>

#include <map>

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;

const PeerId kAda{{1}}, kBob{{2}}, kCid{{3}}, kDora{{4}}, kEve{{5}}, kFay{{6}};

struct RelayTest : testing::Test {
  Relay relay;
  Instant now = Instant::from_us(1'000'000);
  std::map<PeerId, std::vector<std::uint64_t>> copies;
  std::vector<Relay::SendHave> haves;
  std::vector<PeerId> refused;
  std::vector<Relay::TellAll> told_all;

  void collect() {
    while (auto output = relay.poll()) {
      if (auto* copy = std::get_if<Relay::SendCopy>(&*output)) copies[copy->to].push_back(copy->counter);
      if (auto* have = std::get_if<Relay::SendHave>(&*output)) haves.push_back(*have);
      if (auto* all = std::get_if<Relay::TellAll>(&*output)) told_all.push_back(*all);
      if (auto* no = std::get_if<Relay::Refused>(&*output)) refused.push_back(no->to);
    }
  }
  void seat(Relay::Duties duties) {
    relay.set_duties(std::move(duties), [](const PeerId& peer) { return peer != kFay; }, now);
    collect();
  }
  void frame(std::uint64_t counter, bool ends_spurt = false, std::optional<PeerId> from = {}) {
    relay.handle_frame(counter, ends_spurt, std::make_shared<const base::Bytes>(base::Bytes{1}), from, now);
    collect();
    now = now + Duration::ms(20);
    relay.handle_time(now);
    collect();
  }
  void pull(const PeerId& peer, std::uint64_t next, std::uint64_t missing, bool wants_more) {
    relay.handle_pull(peer, next, missing, wants_more, now);
    collect();
  }
};

using Counters = std::vector<std::uint64_t>;

TEST_F(RelayTest, children_and_hot_wards_get_every_frame_once_and_cold_wards_none) {
  seat({{kAda}, {kBob}, {kCid}, 4});
  for (std::uint64_t i = 0; i < 3; ++i) frame(i);
  pull(kAda, 0, 0, false);
  EXPECT_EQ(copies[kAda], (Counters{0, 1, 2}));
  EXPECT_EQ(copies[kBob], (Counters{0, 1, 2}));
  EXPECT_FALSE(copies.contains(kCid));
}

TEST_F(RelayTest, a_frame_never_goes_back_to_who_sent_it_nor_to_who_has_it) {
  seat({{kAda, kBob}, {}, {}, 4});
  relay.handle_known(kBob, 7);
  frame(7, false, kAda);
  EXPECT_TRUE(copies.empty());
}

TEST_F(RelayTest, cold_wards_are_told_when_a_spurt_starts_while_it_lasts_and_when_it_ends) {
  seat({{}, {}, {kCid}, 4});
  frame(0);
  ASSERT_EQ(haves.size(), 1U);
  EXPECT_EQ(haves[0].next_counter, 1U);
  for (std::uint64_t i = 1; i < 26; ++i) frame(i);
  EXPECT_EQ(haves.size(), 3U);  // at 250 and 500 ms
  frame(26, true);
  ASSERT_EQ(haves.size(), 4U);
  EXPECT_TRUE(haves[3].is_silent);
  now = now + Duration::s(5);
  relay.handle_time(now);
  collect();
  EXPECT_EQ(haves.size(), 4U);
}

TEST_F(RelayTest, who_pulls_gets_the_ring_then_what_comes_until_stop) {
  for (std::uint64_t i = 0; i < 40; ++i) frame(i);
  pull(kDora, 30, 0b101, true);  // and 29 and 27 of those before
  EXPECT_EQ(copies[kDora], (Counters{27, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39}));
  frame(40);
  relay.handle_stop(kDora);
  frame(41);
  EXPECT_EQ(copies[kDora].back(), 40U);
}

TEST_F(RelayTest, a_lease_ends_by_itself) {
  frame(0);
  pull(kDora, 1, 0, true);
  for (std::uint64_t i = 1; i < 150; ++i) frame(i);
  EXPECT_EQ(copies[kDora].size(), 100U);  // two seconds
  EXPECT_TRUE(relay.next_deadline().is_never());
}

TEST_F(RelayTest, who_has_nothing_newer_says_so) {
  frame(0, true);
  pull(kDora, 1, 0, true);
  ASSERT_EQ(haves.size(), 1U);
  EXPECT_EQ(haves[0].to, kDora);
  EXPECT_EQ(haves[0].next_counter, 1U);
  EXPECT_TRUE(haves[0].is_silent);
}

TEST_F(RelayTest, copies_stay_within_two_beyond_the_budget) {
  seat({{kAda}, {}, {}, 1});
  frame(0);
  for (const PeerId& peer : {kBob, kCid, kDora}) pull(peer, 1, 0, true);
  EXPECT_EQ(refused, std::vector{kDora});
  frame(1);
  EXPECT_EQ(copies[kAda].size() + copies[kBob].size() + copies[kCid].size() + copies[kDora].size(), 4U);
}

TEST_F(RelayTest, a_child_that_moves_is_served_until_it_says_stop_but_one_without_a_seat_is_not) {
  seat({{kAda, kFay}, {}, {}, 4});
  frame(0);
  seat({{}, {}, {}, 4});
  frame(1);
  EXPECT_EQ(copies[kAda], (Counters{0, 1}));
  EXPECT_EQ(copies[kFay], (Counters{0}));
  relay.handle_stop(kAda);
  frame(2);
  EXPECT_EQ(copies[kAda], (Counters{0, 1}));
}

TEST_F(RelayTest, a_replan_that_drops_many_keeps_no_more_than_its_bound) {
  seat({{kAda, kBob, kCid, kDora}, {}, {}, 4});
  frame(0);
  seat({{kEve}, {}, {}, 1});
  frame(1);
  std::size_t second = 0;
  for (const auto& [peer, counters] : copies) second += counters.back() == 1;
  EXPECT_EQ(second, 3U);
}

TEST_F(RelayTest, a_newcomer_hears_what_comes_and_nothing_old) {
  for (std::uint64_t i = 0; i < 10; ++i) frame(i);
  relay.welcome(kEve, now);
  collect();
  frame(10);
  EXPECT_EQ(copies[kEve], (Counters{10}));
}

TEST_F(RelayTest, frames_that_overtook_their_plan_go_to_the_children_that_it_names) {
  seat({{}, {}, {}, 4});
  for (std::uint64_t i = 0; i < 6; ++i) frame(i);
  Relay::Duties duties{{kAda}, {kBob}, {kCid}, 4};
  duties.from_counter = 4;
  seat(duties);
  EXPECT_EQ(copies[kAda], (Counters{4, 5}));
  EXPECT_EQ(copies[kBob], (Counters{4, 5}));
  EXPECT_TRUE(copies[kCid].empty());
  seat(duties);
  EXPECT_EQ(copies[kAda].size(), 2U);
}

TEST_F(RelayTest, frames_from_before_a_plan_that_come_late_go_the_way_of_the_plan_before) {
  seat({{kAda, kBob}, {}, {}, 2});
  frame(0);
  seat({{kBob, kCid, kDora, kEve}, {}, {}, 2, 3});  // four copies: no room for a lease of Ada's
  frame(3);
  frame(1);
  frame(2);
  EXPECT_EQ(copies[kAda], (Counters{0, 1, 2}));
  EXPECT_EQ(copies[kBob], (Counters{0, 3, 1, 2}));
  EXPECT_EQ(copies[kCid], (Counters{3}));
}

TEST_F(RelayTest, two_plans_within_one_ring_keep_their_frames_apart) {
  seat({{kAda}, {}, {}, 1});
  seat({{kBob}, {}, {}, 1, 2});
  seat({{kCid}, {}, {}, 1, 4});
  relay.handle_stop(kAda);
  relay.handle_stop(kBob);
  for (const std::uint64_t counter : {4U, 1U, 3U}) frame(counter);
  EXPECT_EQ(copies[kAda], (Counters{1}));
  EXPECT_EQ(copies[kBob], (Counters{3}));
  EXPECT_EQ(copies[kCid], (Counters{4}));
}

TEST_F(RelayTest, a_plan_that_begins_later_changes_nothing_until_then) {
  seat({{kAda}, {kBob}, {}, 2});
  frame(0);
  seat({{kCid}, {kDora}, {}, 2, 3});
  for (std::uint64_t i = 1; i < 5; ++i) frame(i);
  EXPECT_EQ(copies[kBob], (Counters{0, 1, 2}));
  EXPECT_EQ(copies[kCid], (Counters{3, 4}));
  EXPECT_EQ(copies[kDora], (Counters{3, 4}));
  EXPECT_EQ(copies[kAda], (Counters{0, 1, 2, 3, 4}));  // a lease, until it says STOP
}

TEST_F(RelayTest, a_plan_that_mends_at_once_replaces_one_that_has_not_begun) {
  seat({{kAda}, {}, {}, 2});
  seat({{kBob}, {}, {}, 2, 9});
  seat({{kCid}, {}, {}, 2, 1});
  relay.handle_stop(kAda);
  for (const std::uint64_t counter : {0U, 1U, 9U}) frame(counter);
  EXPECT_EQ(copies[kAda], (Counters{0}));
  EXPECT_FALSE(copies.contains(kBob));
  EXPECT_EQ(copies[kCid], (Counters{1, 9}));
}

TEST_F(RelayTest, however_many_plans_never_begin_the_present_one_is_kept) {
  seat({{kAda}, {}, {}, 2});
  for (std::size_t i = 0; i < 2 * Relay::kPastMax; ++i) seat({{kBob}, {}, {}, 2, 50});
  relay.handle_stop(kAda);
  frame(0);
  EXPECT_EQ(copies[kAda], (Counters{0}));
  EXPECT_FALSE(copies.contains(kBob));
}

TEST_F(RelayTest, what_was_said_before_a_pause_is_served_no_more) {
  frame(0, true);
  now = now + Relay::kRingFor;
  pull(kAda, 0, 0, true);
  EXPECT_FALSE(copies.contains(kAda));
}

TEST_F(RelayTest, whoever_loses_its_seat_gets_not_even_what_is_late) {
  seat({{kFay}, {}, {}, 4});
  seat({{kAda}, {}, {}, 4, 3});
  frame(1);
  EXPECT_FALSE(copies.contains(kFay));
}

TEST_F(RelayTest, who_declines_gets_nothing_though_it_has_a_seat_until_it_pulls_or_is_seated_anew) {
  seat({{kAda, kBob}, {}, {}, 4});
  frame(0);
  EXPECT_TRUE(relay.is_needed());
  relay.handle_decline(kAda, now);
  frame(1);
  seat({{kAda, kBob}, {}, {kCid}, 4, 3});  // by a source that does not know yet
  frame(2);
  frame(3);
  EXPECT_EQ(copies[kAda], (Counters{0}));
  EXPECT_EQ(copies[kBob], (Counters{0, 1, 2, 3}));
  EXPECT_EQ(relay.receivers(), (std::vector{kBob}));
  pull(kAda, 4, 0, true);
  frame(4);
  EXPECT_EQ(copies[kAda], (Counters{0, 4}));

  relay.handle_decline(kBob, now);
  seat({{kAda}, {}, {}, 4, 5});
  frame(5);
  seat({{kAda, kBob}, {}, {}, 4, 6});
  frame(6);
  EXPECT_EQ(copies[kBob], (Counters{0, 1, 2, 3, 4, 6})) << "4 was there when it declined";
}

TEST_F(RelayTest, a_word_that_one_declines_holds_as_long_as_a_lease) {
  seat({{kAda}, {}, {}, 4});
  relay.handle_decline(kAda, now);
  EXPECT_FALSE(relay.is_needed());
  frame(0);
  now = now + Relay::kDeclinedFor;
  relay.handle_time(now);
  EXPECT_TRUE(relay.is_needed());
  frame(1);
  EXPECT_EQ(copies[kAda], (Counters{1}));
}

TEST_F(RelayTest, a_relay_whose_children_the_next_plan_moves_is_needed_until_it_begins) {
  seat({{kAda}, {}, {}, 4});
  frame(0);
  seat({{}, {}, {}, 4, 3, {kAda}});
  frame(1);
  EXPECT_TRUE(relay.is_needed());
  frame(2);
  EXPECT_FALSE(relay.is_needed());
}

TEST_F(RelayTest, a_hole_that_cannot_be_filled_is_refused_at_once) {
  for (const std::uint64_t counter : {0U, 1U, 3U}) frame(counter);
  pull(kAda, 4, 0b0100, false);  // frame 1
  EXPECT_EQ(copies[kAda], (Counters{1}));
  EXPECT_TRUE(refused.empty());
  pull(kAda, 4, 0b0010, false);  // frame 2
  EXPECT_EQ(refused, (std::vector{kAda}));
}

TEST_F(RelayTest, a_source_that_falls_silent_in_mid_word_says_so_once_to_all_who_wait) {
  seat({{kAda}, {}, {kCid}, 4});
  frame(0);
  haves.clear();
  relay.handle_silence();
  relay.handle_silence();
  collect();
  ASSERT_EQ(haves.size(), 2U);
  for (const auto& have : haves) EXPECT_TRUE(have.is_silent);
  EXPECT_EQ(haves[0].next_counter, 1U);
}

TEST_F(RelayTest, who_speaks_after_a_long_silence_is_told_of_to_all_once) {
  seat({{kAda}, {}, {}, 4});
  for (std::uint64_t i = 0; i < 10; ++i) frame(i);
  EXPECT_TRUE(told_all.empty()) << "whoever has a way up hears by itself";
  for (std::uint64_t i = 10; i < 50; ++i) frame(i);
  ASSERT_EQ(told_all.size(), 1U);
  frame(50, true);
  now = now + Duration::s(2);
  for (std::uint64_t i = 51; i < 100; ++i) frame(i);
  EXPECT_EQ(told_all.size(), 1U);
}

TEST_F(RelayTest, whoever_carries_for_nobody_tells_only_its_wards) {
  seat({{}, {}, {kCid}, 4});
  for (std::uint64_t i = 0; i < 50; ++i) frame(i);
  EXPECT_TRUE(told_all.empty());
  EXPECT_FALSE(haves.empty());
}

TEST_F(RelayTest, a_word_shorter_than_that_is_told_of_at_its_end) {
  seat({{kAda}, {}, {}, 4});
  frame(0);
  frame(1, true);
  ASSERT_EQ(told_all.size(), 1U);
  EXPECT_TRUE(told_all[0].is_silent);
}

TEST_F(RelayTest, while_many_seem_to_be_gone_all_are_told_as_often_as_wards) {
  seat({{kAda}, {}, {}, 4});
  frame(0, true);
  told_all.clear();
  relay.handle_alarm(now + Duration::s(3), now);
  for (std::uint64_t i = 1; i < 50; ++i) frame(i);
  EXPECT_EQ(told_all.size(), 4U);  // at once, and every 250 ms
  told_all.clear();
  now = now + Duration::s(3);
  for (std::uint64_t i = 50; i < 100; ++i) frame(i);
  EXPECT_TRUE(told_all.empty());
}

}  // namespace
}  // namespace grove::overlay
