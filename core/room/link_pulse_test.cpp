#include "room/link_pulse.h"

#include <gtest/gtest.h>

namespace grove::room {
namespace {

using base::Duration;
using base::Instant;

const Instant kStart = Instant::from_us(5'000'000'000);  // past the wrap of the 24-bit stamp

TEST(LinkPulse, beats_once_a_second) {
  LinkPulse pulse(kStart);
  EXPECT_TRUE(pulse.poll_beat(0, kStart));
  EXPECT_FALSE(pulse.poll_beat(0, kStart + Duration::ms(999)));
  EXPECT_TRUE(pulse.poll_beat(0, kStart + Duration::s(1)));
}

TEST(LinkPulse, measures_the_round_trip_without_the_time_a_beat_was_held) {
  LinkPulse ada(kStart);
  LinkPulse bob(kStart);
  const auto first = ada.poll_beat(0, kStart);
  bob.handle_beat(*first, kStart + Duration::ms(30));
  const auto reply = bob.poll_beat(0, kStart + Duration::ms(500));
  ada.handle_beat(*reply, kStart + Duration::ms(530));
  ASSERT_TRUE(ada.rtt());
  EXPECT_EQ(*ada.rtt(), Duration::ms(60));
  EXPECT_FALSE(bob.rtt());
}

TEST(LinkPulse, answers_the_other_end_s_first_beat_at_once_and_no_other_so_that_both_know_the_way_soon) {
  LinkPulse ada(kStart);
  LinkPulse bob(kStart);
  const auto from_ada = ada.poll_beat(0, kStart);
  ASSERT_TRUE(bob.poll_beat(0, kStart));
  const Instant there = kStart + Duration::ms(30);
  bob.handle_beat(*from_ada, there);
  EXPECT_LE(bob.next_deadline(), there);
  const auto answer = bob.poll_beat(0, there);
  ASSERT_TRUE(answer);
  ada.handle_beat(*answer, kStart + Duration::ms(60));
  EXPECT_EQ(*ada.rtt(), Duration::ms(60));
  EXPECT_FALSE(ada.poll_beat(0, kStart + Duration::ms(60)));
  bob.handle_beat(*from_ada, there);  // nobody makes us beat more often
  EXPECT_FALSE(bob.poll_beat(0, there));
}

TEST(LinkPulse, the_least_of_the_last_ten_round_trips_counts) {
  LinkPulse pulse(kStart);
  Instant now = kStart;
  const auto measure = [&](std::int64_t ms) {
    const auto beat = pulse.poll_beat(0, now);
    ASSERT_TRUE(beat);
    pulse.handle_beat({1, beat->mine, 0}, now + Duration::ms(ms));
    now = now + Duration::s(1);
  };
  measure(120);
  EXPECT_EQ(*pulse.rtt(), Duration::ms(120));
  measure(20);
  for (int i = 0; i < 9; ++i) measure(90);
  EXPECT_EQ(*pulse.rtt(), Duration::ms(20));
  measure(80);
  EXPECT_EQ(*pulse.rtt(), Duration::ms(80));
}

TEST(LinkPulse, a_made_up_echo_is_not_believed) {
  LinkPulse pulse(kStart);
  pulse.handle_beat({1, 77, 0}, kStart);
  EXPECT_FALSE(pulse.rtt());
}

TEST(LinkPulse, is_dead_after_three_silent_seconds) {
  LinkPulse pulse(kStart);
  pulse.handle_heard(kStart + Duration::s(1));
  EXPECT_FALSE(pulse.is_dead(kStart + Duration::ms(3999)));
  EXPECT_TRUE(pulse.is_dead(kStart + Duration::s(4)));
}

TEST(LinkPulse, a_sleeper_doubts_itself_first) {
  LinkPulse pulse(kStart);
  pulse.handle_own_sleep(Duration::s(60));
  EXPECT_FALSE(pulse.is_dead(kStart + Duration::s(61)));
}

TEST(LinkPulse, is_doubted_once_when_half_a_beat_is_overdue_until_something_is_heard) {
  LinkPulse pulse(kStart);
  EXPECT_FALSE(pulse.handle_heard(kStart));
  EXPECT_FALSE(pulse.take_doubt(kStart + Duration::ms(1'499)));
  EXPECT_TRUE(pulse.take_doubt(kStart + Duration::ms(1'500)));
  EXPECT_FALSE(pulse.take_doubt(kStart + Duration::s(2)));
  EXPECT_TRUE(pulse.is_doubted());
  EXPECT_TRUE(pulse.handle_heard(kStart + Duration::s(2)));
  EXPECT_FALSE(pulse.is_doubted());
}

}  // namespace
}  // namespace grove::room
