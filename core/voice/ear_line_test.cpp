// From one person's mouth to another's ear over bad lines.
#include <gtest/gtest.h>

#include "voice/testing/line.h"

namespace grove::voice {
namespace {

using testing::Heard;
using testing::Line;
using testing::Samples;
using testing::talk;

using Delays = std::vector<double>;

Samples chatter(double seconds) {  // without pauses: delay must shrink while people talk
  testing::Speaker speaker;
  speaker.pause_share = 0;
  return testing::speech(seconds, 48'000, speaker);
}

// What lies between saying and hearing at this place, in ms; the ear pulls a quantum ahead.
testing::Place delay_at(const Samples& said, const Heard& heard, double seconds, double length = 0.25) {
  const auto from = static_cast<std::size_t>(seconds * 48'000);
  const auto count = static_cast<std::size_t>(length * 48'000);
  const std::size_t reach = std::min(count + 3'600, heard.left.size() - from);
  return testing::locate(std::span(said).subspan(from, count), std::span(heard.left).subspan(from, reach));
}

TEST(EarLine, on_a_quiet_path_the_target_settles_at_3_to_8_ms_and_mouth_to_ear_below_37) {
  base::Random random(1);
  Line line;
  line.delays = [&](std::uint64_t) { return Delays{1 + 2 * random.unit()}; };
  const Samples said = chatter(4);
  const Heard heard = talk(line, said);
  for (const auto& moment : heard.trace) {
    if (moment.ms < 1'000 || moment.ms > 3'900) continue;
    ASSERT_GE(moment.target_ms, 3) << moment.ms;
    ASSERT_LE(moment.target_ms, 8) << moment.ms;
    ASSERT_LE(moment.current_ms, 9) << moment.ms;
  }
  // 20 frame + 6.5 look-ahead + 1 path + 5 target + 0.5 resampler + 1 limiter, less the quantum pulled ahead.
  const auto place = delay_at(said, heard, 2);
  EXPECT_GT(place.similarity, 0.6);
  EXPECT_LE(static_cast<double>(place.lag) / 48 + 2.7, 37);
  EXPECT_EQ(heard.stats.frames_received, heard.frames_sent);
  EXPECT_EQ(heard.stats.frames_late, 0U);
  EXPECT_NEAR(testing::rms(heard.left) / testing::rms(said), 0.9, 0.15);
}

TEST(EarLine, every_device_rate_and_quantum_keeps_the_delay_low) {
  for (const double rate : {8'000.0, 16'000.0, 44'100.0, 48'000.0, 96'000.0, 192'000.0}) {
    for (const double quantum_s : {0.001, 128.0 / 48'000, 0.01, 0.02}) {
      Line line;
      line.ear_hz = rate;
      line.quantum = static_cast<std::size_t>(rate * quantum_s);
      const Samples said = chatter(0.6);
      const Heard heard = talk(line, said, 0.1);
      EXPECT_LE(heard.delay_between(450, 600), 4 + 1000 * quantum_s) << rate << " " << quantum_s;
      EXPECT_NEAR(testing::rms(heard.left), testing::rms(said), testing::rms(said) * 0.3) << rate << " " << quantum_s;
    }
  }
}

TEST(EarLine, gaussian_jitter_is_covered) {
  base::Random random(2);
  Line line;
  line.delays = [&](std::uint64_t) { return Delays{40 + std::abs(8 * testing::gaussian(random))}; };
  const Heard heard = talk(line, chatter(6));
  EXPECT_LE(heard.stats.frames_late + heard.stats.frames_concealed, 15U);
  EXPECT_LE(heard.delay_between(3'000, 6'000), 32);
}

TEST(EarLine, after_a_stall_of_300_ms_nothing_said_is_lost_and_two_seconds_later_the_delay_is_low_again) {
  base::Random random(3);
  Line line;
  line.delays = [&](std::uint64_t i) {
    const double usual = 1 + 2 * random.unit();
    return Delays{i >= 100 && i < 115 ? std::max(usual, (115.0 - static_cast<double>(i)) * 20) : usual};
  };
  const Samples said = chatter(6);
  const Heard heard = talk(line, said);
  EXPECT_EQ(heard.stats.frames_late, 0U);
  EXPECT_GE(heard.stats.samples_accelerated, 200U * 48);
  EXPECT_GE(heard.delay_between(2'320, 2'400), 150);
  EXPECT_LE(heard.delay_between(4'300, 4'500), 18);
  EXPECT_LE(heard.delay_between(5'500, 6'000), 11);
  EXPECT_GT(delay_at(said, heard, 5.2).similarity, 0.5);
}

TEST(EarLine, spikes_grow_the_delay_at_once_and_it_shrinks_while_people_talk_on) {
  Line line;
  line.delays = [](std::uint64_t i) { return Delays{i == 100 ? 31.0 : i == 101 ? 12.0 : 1.0}; };
  const Heard heard = talk(line, chatter(5));
  EXPECT_GE(heard.delay_between(2'060, 2'100), 15);
  EXPECT_LE(heard.delay_between(4'000, 5'000), 10);
  EXPECT_EQ(heard.stats.frames_late, 0U) << "a frame that comes during concealment is still played";
}

TEST(EarLine, drift_of_200_ppm_is_absorbed_either_way_without_a_gap) {
  for (const double ppm : {-200.0, 200.0}) {
    base::Random random(4);
    Line line;
    line.ear_ppm = ppm;
    line.delays = [&](std::uint64_t) { return Delays{1 + random.unit()}; };
    const Heard heard = talk(line, chatter(8));
    const auto late_concealment = heard.stats.frames_concealed;
    EXPECT_LE(late_concealment, 20U) << ppm;
    for (double ms = 2'000; ms < 8'000; ms += 1'000) {
      EXPECT_GE(heard.delay_between(ms, ms + 1'000), 1.5) << ppm << " " << ms;
      EXPECT_LE(heard.delay_between(ms, ms + 1'000), 8) << ppm << " " << ms;
    }
  }
}

TEST(EarLine, loss_up_to_20_percent_is_filled_with_sound_of_the_same_strength) {
  for (const double loss : {0.01, 0.05, 0.2}) {
    base::Random random(5);
    Line line;
    line.expected_loss = loss * 100;
    line.delays = [&](std::uint64_t) { return random.unit() < loss ? Delays{} : Delays{20 + 2 * random.unit()}; };
    const Samples said = chatter(3.5);
    const Heard heard = talk(line, said);
    EXPECT_GT(testing::rms(heard.left), 0.75 * testing::rms(said)) << loss;
    EXPECT_LT(testing::rms(heard.left), 1.1 * testing::rms(said)) << loss;
    EXPECT_LE(testing::peak(heard.left), 0.9) << loss;
    const auto lost = heard.frames_sent - heard.stats.frames_received;
    EXPECT_GE(heard.stats.frames_concealed + heard.stats.frames_recovered + 1, lost) << loss;
    if (loss >= 0.05) {
      EXPECT_GE(heard.stats.frames_recovered, 5U) << loss;
    }
    EXPECT_LE(heard.delay_between(2'500, 3'500), 40) << loss;
  }
}

TEST(EarLine, a_burst_of_loss_is_bridged_and_its_time_is_kept) {
  Line line;
  line.delays = [](std::uint64_t i) { return i >= 100 && i < 108 ? Delays{} : Delays{1.0}; };
  const Samples said = chatter(4);
  const Heard heard = talk(line, said);
  EXPECT_EQ(heard.frames_sent - heard.stats.frames_received, 8U);
  EXPECT_LE(heard.delay_between(2'300, 2'500), 30);
  const auto place = delay_at(said, heard, 3);
  EXPECT_GT(place.similarity, 0.5);
  EXPECT_LE(place.lag, 48U * 40);
}

TEST(EarLine, reordered_and_doubled_frames_are_played_once_each_in_order) {
  base::Random random(6);
  Line line;
  line.delays = [&](std::uint64_t i) { return i % 10 == 3 ? Delays{28, 40} : Delays{1, 1, 90}; };
  const Samples said = chatter(4);
  const Heard heard = talk(line, said);
  EXPECT_EQ(heard.stats.frames_received, heard.frames_sent);
  EXPECT_LE(heard.delay_between(2'500, 4'000), 33);
  EXPECT_GE(heard.delay_between(2'500, 4'000), 24) << "the target covers the reordering";
  EXPECT_GT(delay_at(said, heard, 3.5).similarity, 0.6);
}

TEST(EarLine, late_frame_after_its_place_was_filled_is_dropped_and_counted_once) {
  Line line;
  line.delays = [](std::uint64_t i) { return i == 50 ? Delays{100, 130} : Delays{1}; };
  const Heard heard = talk(line, chatter(2));
  EXPECT_EQ(heard.stats.frames_late, 1U);
  EXPECT_EQ(heard.stats.frames_received, heard.frames_sent);
}

TEST(EarLine, sequence_and_timestamp_wrap_unnoticed) {
  Line plain;
  Line wrapping = plain;
  wrapping.first_sequence = (std::uint64_t{1} << 32) - 20;
  wrapping.timestamp_offset = 0xffffffffU - 20 * 960;
  const Samples said = chatter(1.5);
  EXPECT_EQ(talk(plain, said).left, talk(wrapping, said).left);
}

TEST(EarLine, silence_between_spurts_keeps_its_length_and_resets_the_delay_for_free) {
  Line line;
  line.delays = [](std::uint64_t i) { return Delays{i >= 40 && i < 45 ? 60.0 : 1.0}; };
  Samples said = chatter(1);
  testing::append(said, testing::room(1, 0.0003));
  testing::append(said, chatter(1));
  const Heard heard = talk(line, said);
  const auto first = delay_at(said, heard, 0.3);
  const auto second = delay_at(said, heard, 2.3);
  EXPECT_GT(second.similarity, 0.6);
  EXPECT_NEAR(static_cast<double>(second.lag), static_cast<double>(first.lag), 48 * 20);
  EXPECT_LE(static_cast<double>(second.lag) / 48, 45);
  EXPECT_GT(heard.mouth.frames_silent, 25U);
}

TEST(EarLine, a_click_after_silence_is_heard_as_soon_as_one_in_speech) {
  Line line;
  Samples said = testing::silence(0.5);
  std::vector<std::size_t> clicks;
  for (int i = 0; i < 8; ++i) {
    clicks.push_back(said.size() + static_cast<std::size_t>(i) * 37);
    Samples click = testing::silence(0.7);
    for (std::size_t k = 0; k < 96; ++k) click[static_cast<std::size_t>(i) * 37 + k] = k % 16 < 8 ? 0.8F : -0.8F;
    testing::append(said, click);
  }
  const Heard heard = talk(line, said);
  for (std::size_t i = 2; i < clicks.size(); ++i) {
    std::size_t at = clicks[i];
    while (at < heard.left.size() && std::abs(heard.left[at]) < 0.1F) ++at;
    EXPECT_LE(static_cast<double>(at - clicks[i]) / 48, 36) << i;
  }
}

TEST(EarLine, the_first_syllable_is_not_cut) {
  Line line;
  Samples said = testing::room(1, 0.0003);
  // A soft onset that stays under the gate for most of a frame.
  Samples onset = testing::tone(0.4, 250, 0.2);
  for (std::size_t i = 0; i < 1'400; ++i) onset[i] *= 0.02F + 0.98F * static_cast<float>(i) / 1'400;
  testing::append(said, onset);
  const Heard heard = talk(line, said);
  const auto place = testing::locate(std::span(said).subspan(47'000, 6'000), std::span(heard.left).subspan(47'000, 11'000));
  EXPECT_GT(place.similarity, 0.85);
}

TEST(EarLine, after_the_last_word_there_is_no_click_and_soon_nothing) {
  Line line;
  Samples said = chatter(0.6);
  testing::append(said, testing::room(4, 0.0003));
  const Heard heard = talk(line, said);
  const std::span<const float> tail = std::span(heard.left).subspan(48'000);
  EXPECT_LT(testing::steepest(tail), 0.01);
  EXPECT_EQ(testing::peak(tail.last(9'600)), 0);
}

}  // namespace
}  // namespace grove::voice
