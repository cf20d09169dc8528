#include "overlay/hole_hunt.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <utility>

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;
using Counters = std::vector<std::uint64_t>;

constexpr Duration kPatience = Duration::ms(10);

Supplier supplier(std::uint8_t n) { return {{{n}}, Duration::ms(10 * n)}; }

struct HoleHuntTest : testing::Test {
  HoleHunt hunt;
  FrameWindow frames;
  std::vector<Supplier> suppliers{supplier(1), supplier(2), supplier(3)};
  Instant now = Instant::from_us(1'000'000);

  void get(const Counters& counters) {
    for (const std::uint64_t counter : counters) {
      frames.add(counter);
      hunt.handle_frame(frames, kPatience, now);
    }
  }
  std::optional<HoleHunt::Ask> poll() { return hunt.poll(frames, suppliers, now); }
  std::optional<HoleHunt::Ask> poll_when_due() {
    now = hunt.next_deadline();
    return poll();
  }
  PeerId asked_when_due() {
    const auto ask = poll_when_due();
    return ask ? ask->to : PeerId{};
  }
  Counters counters(std::uint64_t missing) const {
    Counters counters;
    for (std::uint64_t age = 0; age < frames.next(); ++age) {
      if (age < FrameWindow::kSpan && (missing >> age & 1) != 0) counters.push_back(frames.next() - 1 - age);
    }
    return counters;
  }
};

TEST_F(HoleHuntTest, a_hole_is_asked_for_when_its_patience_is_over_whatever_comes_behind_it) {
  const Instant due = now + kPatience;
  get({0, 2});
  now = now + Duration::ms(6);
  get({3});
  EXPECT_EQ(hunt.next_deadline(), due);
  EXPECT_FALSE(poll());
  const auto ask = poll_when_due();
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->to, supplier(1).peer);
  EXPECT_EQ(counters(ask->missing), Counters{1});
}

TEST_F(HoleHuntTest, a_hole_that_fills_by_itself_is_asked_for_of_nobody) {
  get({0, 2, 1});
  EXPECT_TRUE(hunt.next_deadline().is_never());
  now = now + kPatience;
  EXPECT_FALSE(poll());
}

TEST_F(HoleHuntTest, all_are_asked_one_after_the_other_as_long_as_it_takes_them_to_answer) {
  get({0, 2});
  for (const Supplier& supplier : suppliers) {
    EXPECT_EQ(asked_when_due(), supplier.peer);
    EXPECT_EQ(hunt.next_deadline(), now + supplier.rtt + HoleHunt::kAnswerSlack);
    EXPECT_FALSE(poll()) << "nobody else meanwhile";
  }
}

TEST_F(HoleHuntTest, an_answer_ends_the_hunt_and_the_next_hole_begins_with_the_best_again) {
  get({0, 2});
  EXPECT_EQ(asked_when_due(), supplier(1).peer);
  EXPECT_EQ(asked_when_due(), supplier(2).peer);
  get({1});
  EXPECT_TRUE(hunt.next_deadline().is_never());
  get({4});
  EXPECT_EQ(hunt.next_deadline(), now + kPatience);
  EXPECT_EQ(asked_when_due(), supplier(1).peer);
}

TEST_F(HoleHuntTest, the_next_is_asked_only_for_what_is_still_missing) {
  get({0, 4});
  const auto first = poll_when_due();
  ASSERT_TRUE(first);
  EXPECT_EQ(counters(first->missing), (Counters{3, 2, 1}));
  get({2});
  const auto second = poll_when_due();
  ASSERT_TRUE(second);
  EXPECT_EQ(counters(second->missing), (Counters{3, 1}));
}

TEST_F(HoleHuntTest, a_refusal_of_whoever_was_asked_goes_on_at_once_and_nobody_elses_does) {
  get({0, 2});
  EXPECT_EQ(asked_when_due(), supplier(1).peer);
  const Instant due = hunt.next_deadline();
  hunt.handle_refusal(supplier(2).peer, now);
  EXPECT_EQ(hunt.next_deadline(), due);
  hunt.handle_refusal(supplier(1).peer, now);
  EXPECT_EQ(hunt.next_deadline(), now);
  EXPECT_EQ(asked_when_due(), supplier(2).peer);
  hunt.handle_refusal(supplier(1).peer, now);
  EXPECT_GT(hunt.next_deadline(), now) << "it has refused already";
}

TEST_F(HoleHuntTest, a_refusal_when_nothing_is_missed_wakes_nobody) {
  get({0, 2});
  EXPECT_EQ(asked_when_due(), supplier(1).peer);
  get({1});
  hunt.handle_refusal(supplier(1).peer, now);
  EXPECT_TRUE(hunt.next_deadline().is_never());
}

TEST_F(HoleHuntTest, what_so_many_have_not_is_given_up_and_never_asked_for_again) {
  suppliers.clear();
  for (std::uint8_t n = 1; n <= HoleHunt::kAskedMax + 2; ++n) suppliers.push_back(supplier(n));
  get({0, 2});
  for (std::uint8_t n = 1; n <= HoleHunt::kAskedMax; ++n) EXPECT_EQ(asked_when_due(), supplier(n).peer);
  EXPECT_NE(hunt.holes(frames), 0U);
  EXPECT_FALSE(poll_when_due());
  EXPECT_EQ(hunt.holes(frames), 0U);
  get({3});
  EXPECT_TRUE(hunt.next_deadline().is_never());
}

TEST_F(HoleHuntTest, what_all_have_not_is_given_up_though_they_are_few) {
  get({0, 2});
  for (const Supplier& s : suppliers) EXPECT_EQ(asked_when_due(), s.peer);
  EXPECT_FALSE(poll_when_due());
  EXPECT_EQ(hunt.holes(frames), 0U);
  EXPECT_TRUE(hunt.next_deadline().is_never());
}

TEST_F(HoleHuntTest, holes_that_opened_since_the_last_was_asked_have_their_turn_with_the_best_first) {
  get({0, 2});
  for (const Supplier& s : suppliers) EXPECT_EQ(asked_when_due(), s.peer);
  get({4});
  const auto ask = poll_when_due();
  ASSERT_TRUE(ask);
  EXPECT_EQ(ask->to, supplier(1).peer);
  EXPECT_EQ(counters(ask->missing), Counters{3}) << "the hole before is given up";
}

TEST_F(HoleHuntTest, with_nobody_to_ask_it_stops_and_the_next_frame_brings_it_back) {
  const std::vector<Supplier> all = std::exchange(suppliers, {});
  get({0, 2});
  EXPECT_FALSE(poll_when_due());
  EXPECT_TRUE(hunt.next_deadline().is_never());
  suppliers = all;
  get({3});
  const auto ask = poll_when_due();
  ASSERT_TRUE(ask);
  EXPECT_EQ(counters(ask->missing), Counters{1}) << "it was not given up";
}

TEST_F(HoleHuntTest, what_nobody_serves_any_more_is_not_missed) {
  get({0, 2});
  get({kServedFrames});
  EXPECT_EQ(counters(hunt.holes(frames)).back(), 1U);
  get({kServedFrames + 1});
  EXPECT_EQ(counters(hunt.holes(frames)).back(), 3U);
  for (std::uint64_t counter = 3; counter <= kServedFrames; ++counter) get({counter});
  EXPECT_TRUE(hunt.next_deadline().is_never());
}

// Frames come in any order, answers and refusals or not: nobody is asked twice for the same frame, nor for one that is here.
TEST(HoleHunt, asks_nobody_twice_for_a_frame_and_comes_to_an_end) {
  EXPECT_TRUE(rc::check([] {
    HoleHunt hunt;
    FrameWindow frames;
    std::vector<Supplier> suppliers;
    const auto suppliers_count = *rc::gen::inRange<std::uint8_t>(1, 7);
    for (std::uint8_t n = 1; n <= suppliers_count; ++n) suppliers.push_back(supplier(n));
    std::map<std::uint64_t, std::vector<PeerId>> asked;
    Instant now = Instant::from_us(0);
    const auto wait_until = [&](Instant end) {
      while (hunt.next_deadline() <= end) {
        now = std::max(now, hunt.next_deadline());
        const auto ask = hunt.poll(frames, suppliers, now);
        RC_ASSERT(ask || hunt.next_deadline().is_never());
        for (std::uint64_t age = 0; ask && age < FrameWindow::kSpan; ++age) {
          if ((ask->missing >> age & 1) == 0) continue;
          const std::uint64_t counter = frames.next() - 1 - age;
          RC_ASSERT(!frames.has(counter));
          auto& of_this = asked[counter];
          RC_ASSERT(std::find(of_this.begin(), of_this.end(), ask->to) == of_this.end());
          of_this.push_back(ask->to);
          RC_ASSERT(of_this.size() <= HoleHunt::kAskedMax);
        }
        if (ask && *rc::gen::inRange(0, 3) == 0) hunt.handle_refusal(ask->to, now);
      }
      now = end;
    };
    const auto steps = *rc::gen::inRange(0, 80);
    for (int step = 0; step < steps; ++step) {
      const std::uint64_t next = frames.next();
      const auto ahead = *rc::gen::inRange<std::uint64_t>(0, 6);
      frames.add(std::max(next + 3, ahead) - ahead);  // up to three missing, or one that is late
      hunt.handle_frame(frames, kPatience, now);
      wait_until(now + Duration::ms(*rc::gen::inRange(0, 40)));
    }
    wait_until(now + Duration::s(10));
    RC_ASSERT(hunt.next_deadline().is_never());
    RC_ASSERT(hunt.holes(frames) == 0U);
  }));
}

}  // namespace
}  // namespace grove::overlay
