#include "voice/conceal/comfort_noise.h"

#include <gtest/gtest.h>

#include "voice/testing/speech.h"

namespace grove::voice::conceal {
namespace {

using testing::Samples;

void learn(ComfortNoise& noise, const Samples& samples) {
  for (std::size_t at = 0; at + 960 <= samples.size(); at += 960) noise.handle_frame(std::span(samples).subspan(at, 960));
}

Samples generate(ComfortNoise& noise, double seconds) {
  Samples out(static_cast<std::size_t>(seconds * 48'000));
  noise.generate(out);
  return out;
}

// Share of the power in steps from sample to sample: white noise 2, dull noise less.
double brightness(std::span<const float> samples) {
  double steps = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) steps += std::pow(static_cast<double>(samples[i] - samples[i - 1]), 2);
  return steps / static_cast<double>(samples.size()) / std::pow(testing::rms(samples), 2);
}

TEST(ComfortNoise, before_anything_was_heard_it_is_silent) {
  ComfortNoise noise;
  EXPECT_FALSE(noise.is_known());
  EXPECT_EQ(testing::peak(generate(noise, 0.1)), 0);
}

TEST(ComfortNoise, it_is_as_loud_and_as_dull_as_the_room) {
  Samples dull = testing::room(1, 0.01);
  for (std::size_t i = 1; i < dull.size(); ++i) dull[i] = 0.9F * dull[i - 1] + 0.1F * dull[i];
  ComfortNoise noise;
  learn(noise, dull);
  const Samples made = generate(noise, 1);
  const std::span<const float> settled = std::span(made).subspan(9'600);
  EXPECT_NEAR(testing::rms(settled) / testing::rms(dull), 1, 0.3);
  EXPECT_NEAR(brightness(settled), brightness(dull), 0.1);
}

TEST(ComfortNoise, speech_is_not_taken_for_the_room) {
  ComfortNoise noise;
  learn(noise, testing::room(0.5, 0.001));
  const double before = testing::rms(generate(noise, 0.5));
  learn(noise, testing::tone(2, 200, 0.3));
  EXPECT_NEAR(testing::rms(generate(noise, 0.5)), before, before * 0.5);
}

TEST(ComfortNoise, a_loud_room_is_played_softly) {
  ComfortNoise noise;
  learn(noise, testing::room(1, 0.2));
  EXPECT_LT(testing::rms(generate(noise, 1)), 0.0045);
}

}  // namespace
}  // namespace grove::voice::conceal
