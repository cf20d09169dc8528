#include "voice/conceal/stretch.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "voice/testing/speech.h"

namespace grove::voice::conceal {
namespace {

using testing::Samples;

Samples vowel(double pitch_hz, double seconds) {
  testing::Speaker speaker;
  speaker.pitch_hz = pitch_hz;
  speaker.pause_share = 0;
  const Samples all = testing::speech(seconds + 0.2, 48'000, speaker);
  return {all.begin() + 9'600, all.end()};
}

TEST(Stretch, a_pitch_period_is_taken_out_of_a_periodic_wave_without_a_trace) {
  Samples wave = testing::tone(0.02, 150, 0.5);  // period 320
  const Samples before = wave;
  const std::size_t removed = shorten(wave, 700, 0.9);
  EXPECT_NEAR(static_cast<double>(removed % 320 > 160 ? 320 - removed % 320 : removed % 320), 0, 2);
  ASSERT_GT(removed, 0U);
  const std::span<const float> rest(wave.data(), wave.size() - removed);
  EXPECT_LT(testing::steepest(rest), 0.5 * 2 * std::numbers::pi * 150 / 48'000 * 1.1);
  EXPECT_NEAR(testing::rms(rest), testing::rms(before), 0.02);
}

TEST(Stretch, never_more_is_taken_out_than_asked) {
  for (const std::size_t most : {0U, 50U, 96U, 200U, 400U, 2000U}) {
    Samples wave = vowel(110, 0.02);
    EXPECT_LE(shorten(wave, most, -1), most) << most;
  }
}

TEST(Stretch, where_nothing_looks_alike_nothing_is_done) {
  Samples wave = testing::room(0.02, 0.5);
  const Samples before = wave;
  EXPECT_EQ(shorten(wave, 720, 0.65), 0U);
  EXPECT_EQ(wave, before);
  wave.resize(960 + 720);
  EXPECT_EQ(lengthen(wave, 960, 720, 0.65), 0U);
}

TEST(Stretch, silence_is_cut_as_much_as_asked) {
  Samples wave = testing::room(0.02, 0.0003);
  EXPECT_EQ(shorten(wave, 600, 0.65), 600U);
}

TEST(Stretch, a_period_is_put_in_and_the_end_stays_as_it_was) {
  Samples wave = testing::tone(0.02, 150, 0.5);
  const Samples before = wave;
  wave.resize(960 + 720);
  const std::size_t inserted = lengthen(wave, 960, 700, 0.9);
  ASSERT_GT(inserted, 0U);
  EXPECT_EQ(std::vector<float>(wave.begin(), wave.begin() + 96), std::vector<float>(before.begin(), before.begin() + 96));
  EXPECT_EQ(wave[960 + inserted - 1], before[959]);
  EXPECT_LT(testing::steepest(std::span(wave).first(960 + inserted)), 0.5 * 2 * std::numbers::pi * 150 / 48'000 * 1.1);
}

TEST(Stretch, vowels_of_deep_and_high_voices_can_be_shortened) {
  for (const double pitch : {80.0, 120.0, 220.0, 350.0}) {
    const Samples said = vowel(pitch, 1.0);
    std::size_t removed = 0;
    for (std::size_t at = 0; at + 960 <= said.size(); at += 960) {
      Samples wave(said.begin() + static_cast<std::ptrdiff_t>(at), said.begin() + static_cast<std::ptrdiff_t>(at + 960));
      removed += shorten(wave, 720, 0.65);
    }
    EXPECT_GT(removed, said.size() / 10) << pitch;
  }
}

TEST(Stretch, the_best_match_is_found_at_every_lag) {
  const Samples where = vowel(120, 0.03);
  for (std::size_t lag = 0; lag <= 480; lag += 31) {
    const Match match = find_match(std::span(where).subspan(lag, kOverlap), where, 0, 480);
    EXPECT_EQ(match.lag, lag);
    EXPECT_NEAR(match.similarity, 1, 1e-4);
  }
}

}  // namespace
}  // namespace grove::voice::conceal
