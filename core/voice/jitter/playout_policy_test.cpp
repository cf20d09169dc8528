#include "voice/jitter/playout_policy.h"

#include <gtest/gtest.h>

#include <cmath>

namespace grove::voice::jitter {
namespace {

constexpr double kMs = 48;

Situation with(NextPacket next) {
  Situation situation;
  situation.next = next;
  situation.frames_since_stretch = 10;
  return situation;
}

TEST(PlayoutPolicy, on_time_is_played_as_it_is) { EXPECT_EQ(decide(with(NextPacket::kExpected)), Action::kPlay); }

TEST(PlayoutPolicy, a_long_delay_is_shortened_and_a_short_one_lengthened) {
  Situation situation = with(NextPacket::kExpected);
  situation.excess = 10 * kMs;
  EXPECT_EQ(decide(situation), Action::kPlayShortened);
  situation.excess = -10 * kMs;
  EXPECT_EQ(decide(situation), Action::kPlayLengthened);
}

TEST(PlayoutPolicy, speech_is_not_stretched_frame_after_frame_unless_far_behind) {
  Situation situation = with(NextPacket::kExpected);
  situation.frames_since_stretch = 1;
  situation.excess = 10 * kMs;
  EXPECT_EQ(decide(situation), Action::kPlay);
  situation.excess = 200 * kMs;
  EXPECT_EQ(decide(situation), Action::kPlayShortened);
  situation.excess = 2000 * kMs;
  EXPECT_EQ(decide(situation), Action::kSkip);
}

TEST(PlayoutPolicy, nothing_there_is_guessed_at_while_somebody_speaks_and_noise_otherwise) {
  Situation situation = with(NextPacket::kNone);
  EXPECT_EQ(decide(situation), Action::kConcealLate);
  situation.is_silent = true;
  EXPECT_EQ(decide(situation), Action::kComfort);
}

TEST(PlayoutPolicy, a_lost_frame_comes_from_the_next_ones_redundancy_and_earlier_ones_are_guessed) {
  Situation situation = with(NextPacket::kGap);
  situation.gap = 960;
  EXPECT_EQ(decide(situation), Action::kRecover);
  situation.gap = 3 * 960;
  EXPECT_EQ(decide(situation), Action::kConcealLost);
}

TEST(PlayoutPolicy, what_was_guessed_in_place_of_a_lost_frame_is_not_played_again) {
  Situation situation = with(NextPacket::kGap);
  situation.gap = 960;
  situation.concealed = 960;
  EXPECT_EQ(decide(situation), Action::kPlay);
  situation.concealed = 500;
  EXPECT_EQ(decide(situation), Action::kRecover);
  situation.excess = 460;  // a delay that is too long need not be filled
  EXPECT_EQ(decide(situation), Action::kPlay);
}

TEST(PlayoutPolicy, a_spurt_waits_until_it_is_due) {
  Situation situation = with(NextPacket::kSpurtStart);
  situation.wait = 1;
  EXPECT_EQ(decide(situation), Action::kComfort);
  situation.wait = 0;
  EXPECT_EQ(decide(situation), Action::kStartSpurt);
}

TEST(PlayoutPolicy, drift_moves_slowly_within_its_bounds_towards_the_target) {
  double drift = 0;
  for (int i = 0; i < 100; ++i) {
    const double next = drift_for(1e9, drift);
    EXPECT_LE(std::abs(next - drift), 0.00021);
    drift = next;
  }
  EXPECT_DOUBLE_EQ(drift, kDriftMax);
  for (int i = 0; i < 100; ++i) drift = drift_for(-1e9, drift);
  EXPECT_DOUBLE_EQ(drift, -kDriftMax);
  for (int i = 0; i < 100; ++i) drift = drift_for(5, drift);
  EXPECT_EQ(drift, 0);
}

}  // namespace
}  // namespace grove::voice::jitter
