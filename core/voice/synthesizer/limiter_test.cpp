#include "voice/synthesizer/limiter.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

#include "voice/testing/speech.h"

namespace grove::voice::synthesizer {
namespace {

using testing::Samples;

Samples stereo(const Samples& mono, float gain) {
  Samples both;
  for (const float sample : mono) {
    both.push_back(sample * gain);
    both.push_back(sample * gain * 0.5F);
  }
  return both;
}

TEST(Limiter, what_is_not_too_loud_passes_unchanged_after_one_millisecond) {
  for (const double rate : {8'000.0, 44'100.0, 48'000.0, 192'000.0}) {
    Limiter limiter(rate);
    EXPECT_LE(static_cast<double>(limiter.latency_frames()) / rate, 0.0015);
    Samples samples = stereo(testing::tone(0.1, 300, 0.8, rate), 1);
    const Samples before = samples;
    limiter.limit(samples);
    const std::size_t delay = 2 * limiter.latency_frames();
    for (std::size_t i = delay; i < samples.size(); ++i) ASSERT_NEAR(samples[i], before[i - delay], 1e-6F);
  }
}

TEST(Limiter, no_sample_leaves_above_the_ceiling_whatever_comes) {
  EXPECT_TRUE(rc::check([] {
    base::Random random(*rc::gen::arbitrary<std::uint64_t>());
    Limiter limiter(48'000);
    for (int block = 0; block < 20; ++block) {
      const double loud = std::pow(10, 6 * random.unit() - 3);
      Samples samples(2 * (1 + random.below(300)));
      for (float& sample : samples) sample = static_cast<float>(loud * testing::noise(random) * (random.below(50) == 0 ? 50 : 1));
      limiter.limit(samples);
      for (const float sample : samples) RC_ASSERT(std::abs(sample) <= Limiter::kCeiling);
    }
  }));
}

TEST(Limiter, it_turns_down_rather_than_clips) {
  Limiter limiter(48'000);
  Samples samples = stereo(testing::tone(1, 400, 0.5), 30);
  limiter.limit(samples);
  // A clipped sine of 30 times full scale is a square wave: its mean square would be the ceiling's own.
  Samples left;
  for (std::size_t i = 48'000; i < samples.size(); i += 2) left.push_back(samples[i]);
  EXPECT_NEAR(testing::rms(left), 0.891 / std::sqrt(2.0), 0.03);
  EXPECT_LT(testing::steepest(left), 0.06);
}

TEST(Limiter, it_lets_go_again_within_half_a_second) {
  Limiter limiter(48'000);
  Samples loud = stereo(testing::tone(0.2, 400, 0.5), 10);
  limiter.limit(loud);
  Samples soft = stereo(testing::tone(0.5, 400, 0.1), 1);
  limiter.limit(soft);
  EXPECT_NEAR(testing::peak(std::span(soft).last(2'000)), 0.1, 0.002);
}

TEST(Limiter, what_is_no_number_becomes_silence) {
  Limiter limiter(48'000);
  Samples samples(400, std::numeric_limits<float>::quiet_NaN());
  samples[7] = std::numeric_limits<float>::infinity();
  limiter.limit(samples);
  EXPECT_EQ(testing::peak(samples), 0);
  Samples after = stereo(testing::tone(0.1, 300, 0.5), 1);
  limiter.limit(after);
  EXPECT_NEAR(testing::peak(after), 0.5, 0.01);
}

}  // namespace
}  // namespace grove::voice::synthesizer
