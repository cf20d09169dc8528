#include "voice/synthesizer/fader.h"

#include <gtest/gtest.h>

#include <limits>
#include <numbers>

#include "voice/testing/speech.h"

namespace grove::voice::synthesizer {
namespace {

using testing::Samples;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Sides {
  Samples left, right;
};

Sides mix(Fader& fader, const Samples& mono) {
  Samples stereo(2 * mono.size(), 0.0F);
  fader.mix(mono, stereo);
  Sides sides;
  for (std::size_t i = 0; i < mono.size(); ++i) {
    sides.left.push_back(stereo[2 * i]);
    sides.right.push_back(stereo[2 * i + 1]);
  }
  return sides;
}

Sides settled(Fader& fader) {
  fader.settle();
  return mix(fader, Samples(10, 0.1F));
}

TEST(Fader, untouched_it_changes_nothing) {
  Fader fader(48'000);
  const Samples said = testing::speech(0.1);
  const Sides sides = mix(fader, said);
  EXPECT_EQ(sides.left, said);
  EXPECT_EQ(sides.right, said);
}

TEST(Fader, volume_reaches_from_nothing_to_30_db_and_no_further) {
  Fader fader(48'000);
  fader.set_volume_db(20);
  EXPECT_NEAR(settled(fader).left[0], 1, 1e-4);
  fader.set_volume_db(30);
  EXPECT_NEAR(settled(fader).left[0], 3.162, 1e-3);
  fader.set_volume_db(1000);
  EXPECT_NEAR(settled(fader).left[0], 3.162, 1e-3);
  fader.set_volume_db(kInfinity);
  EXPECT_NEAR(settled(fader).left[0], 3.162, 1e-3);
  fader.set_volume_db(-kInfinity);
  EXPECT_EQ(settled(fader).left[0], 0);
  fader.set_volume_db(0);
  fader.set_volume_db(std::nan(""));
  EXPECT_NEAR(settled(fader).left[0], 0.1, 1e-6);
}

TEST(Fader, pan_keeps_the_power) {
  Fader fader(48'000);
  for (const double pan : {-1.0, -0.5, 0.0, 0.3, 1.0}) {
    fader.set_pan(pan);
    const Sides sides = settled(fader);
    EXPECT_NEAR(std::hypot(sides.left[0], sides.right[0]), 0.1 * std::numbers::sqrt2, 1e-5) << pan;
  }
  fader.set_pan(-7);
  EXPECT_EQ(settled(fader).right[0], 0);
  fader.set_pan(1);
  EXPECT_EQ(settled(fader).left[0], 0);
}

TEST(Fader, mute_and_volume_glide_without_a_click_and_mute_is_silence_in_the_end) {
  Fader fader(48'000);
  const Samples wave = testing::tone(0.2, 100, 0.5);
  const double natural = 0.5 * 2 * std::numbers::pi * 100 / 48'000;
  fader.set_muted(true);
  const Sides muting = mix(fader, wave);
  EXPECT_LT(testing::steepest(muting.left), natural + 0.5 / 240);
  EXPECT_EQ(testing::peak(std::span(muting.left).subspan(4'800)), 0);
  fader.set_muted(false);
  const Sides back = mix(fader, wave);
  EXPECT_LT(testing::steepest(back.left), natural + 0.5 / 240);
  EXPECT_NEAR(testing::peak(std::span(back.left).subspan(4'800)), 0.5, 1e-3);
}

}  // namespace
}  // namespace grove::voice::synthesizer
