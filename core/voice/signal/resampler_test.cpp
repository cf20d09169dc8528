#include "voice/signal/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "voice/testing/speech.h"

namespace grove::voice::signal {
namespace {

using testing::Samples;

Samples convert(const Samples& from, double in_hz, double out_hz, std::size_t block = 128, double drift = 0) {
  const ResamplerKernel kernel(in_hz, out_hz);
  Resampler resampler(kernel, block + kernel.taps());
  resampler.set_drift(drift);
  Samples out;
  for (std::size_t at = 0; at < from.size(); at += block) {
    resampler.handle_input(std::span(from).subspan(at, std::min(block, from.size() - at)));
    Samples piece(resampler.outputs_ready());
    resampler.pull(piece);
    testing::append(out, piece);
  }
  return out;
}

// Power of the tone (its best fit) over everything else, without the edges.
double tone_to_rest_db(const Samples& samples, double hz, double rate) {
  const std::size_t edge = 500;
  double ss = 0, cc = 0, sc = 0, xs = 0, xc = 0;
  for (std::size_t i = edge; i + edge < samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    const double s = std::sin(angle), c = std::cos(angle), x = static_cast<double>(samples[i]);
    ss += s * s, cc += c * c, sc += s * c, xs += x * s, xc += x * c;
  }
  const double determinant = ss * cc - sc * sc;
  const double a = (xs * cc - xc * sc) / determinant;
  const double b = (xc * ss - xs * sc) / determinant;
  double rest = 0, power = 0;
  for (std::size_t i = edge; i + edge < samples.size(); ++i) {
    const double angle = 2 * std::numbers::pi * hz * static_cast<double>(i) / rate;
    const double fit = a * std::sin(angle) + b * std::cos(angle);
    power += fit * fit;
    rest += std::pow(static_cast<double>(samples[i]) - fit, 2);
  }
  return 10 * std::log10(power / rest);
}

TEST(Resampler, there_and_back_keeps_80_db_in_band) {
  for (const double hz : {100.0, 440.0, 1000.0, 4321.0, 9000.0, 14000.0, 17000.0}) {
    const Samples there = convert(testing::tone(0.2, hz, 0.5, 44'100), 44'100, 48'000);
    const Samples back = convert(there, 48'000, 44'100);
    EXPECT_GE(tone_to_rest_db(back, hz, 44'100), 80) << hz;
    EXPECT_NEAR(testing::rms(std::span(back).subspan(500, 7000)), 0.5 / std::numbers::sqrt2, 0.003) << hz;
  }
}

TEST(Resampler, what_the_lower_rate_cannot_carry_is_gone) {
  const Samples folded = convert(testing::tone(0.2, 6000, 0.5), 48'000, 8'000);
  EXPECT_LT(testing::rms(std::span(folded).subspan(100, 1400)), 0.5e-4);
  const Samples kept = convert(testing::tone(0.2, 2000, 0.5), 48'000, 8'000);
  EXPECT_GE(tone_to_rest_db(kept, 2000, 8'000), 80);
}

TEST(Resampler, equal_rates_pass_every_bit_within_half_a_millisecond) {
  const Samples said = testing::speech(0.2);
  const Samples out = convert(said, 48'000, 48'000, 77);
  ASSERT_EQ(out.size(), said.size() - 24);
  for (std::size_t i = 0; i < out.size(); ++i) ASSERT_EQ(out[i], said[i]) << i;
}

TEST(Resampler, every_rate_gives_the_same_duration_and_at_most_a_millisecond_of_delay_at_its_48_khz_side) {
  for (const double hz : {8'000.0, 11'025.0, 16'000.0, 22'050.0, 32'000.0, 44'100.0, 88'200.0, 96'000.0, 192'000.0}) {
    const auto expected = 48'000 * 0.25;
    const Samples up = convert(testing::tone(0.25, 400, 0.5, hz), hz, 48'000, 113);
    const ResamplerKernel kernel(hz, 48'000);
    EXPECT_NEAR(static_cast<double>(up.size()), expected - kernel.latency_s() * 48'000, 2 + 48'000 / hz) << hz;
    EXPECT_GE(tone_to_rest_db(up, 400, 48'000), 75) << hz;
    if (hz >= 44'100) {
      EXPECT_LE(kernel.latency_s(), 0.001) << hz;
    }
  }
}

TEST(Resampler, drift_consumes_faster_by_its_share_and_stays_clean) {
  const Samples said = testing::tone(2, 1000, 0.5);
  const Samples faster = convert(said, 48'000, 48'000, 128, 0.0015);
  EXPECT_NEAR(static_cast<double>(faster.size()), 96'000 / 1.0015, 30);
  EXPECT_GE(tone_to_rest_db(faster, 1000 * 1.0015, 48'000), 80);
}

TEST(Resampler, changing_drift_makes_no_step) {
  const ResamplerKernel kernel(48'000, 48'000);
  Resampler resampler(kernel, 1024);
  const Samples said = testing::tone(1, 300, 0.5);
  Samples heard;
  std::size_t at = 0;
  for (int block = 0; block < 300; ++block) {
    resampler.set_drift(block % 3 == 0 ? 0.0015 : block % 3 == 1 ? -0.0015 : 0);
    Samples out(128);
    const std::size_t needed = resampler.input_needed(out.size());
    resampler.handle_input(std::span(said).subspan(at, needed));
    at += needed;
    resampler.pull(out);
    testing::append(heard, out);
  }
  EXPECT_LT(testing::steepest(std::span(heard).subspan(100)), 0.5 * 2 * std::numbers::pi * 300 / 48'000 * 1.01);
}

}  // namespace
}  // namespace grove::voice::signal
