#include <gtest/gtest.h>

#include <limits>

#include "voice/codec/frame.h"
#include "voice/testing/speech.h"
#include "voice/voice.h"

namespace grove::voice {
namespace {

using testing::Samples;

struct Sent {
  bool starts_spurt, ends_spurt;
  std::uint32_t timestamp;
};

std::vector<Sent> say(Mouth& mouth, const Samples& samples, std::size_t block = 128) {
  std::vector<Sent> sent;
  for (std::size_t at = 0; at < samples.size(); at += block) {
    mouth.handle_pcm(std::span(samples).subspan(at, std::min(block, samples.size() - at)));
    while (const auto bytes = mouth.poll_frame()) {
      const auto frame = codec::decode_frame(*bytes);
      EXPECT_TRUE(frame);
      EXPECT_EQ(frame->samples(), 960U);
      sent.push_back({frame->starts_spurt, frame->ends_spurt, frame->timestamp});
    }
  }
  return sent;
}

TEST(Mouth, speech_becomes_one_frame_every_20_ms) {
  Mouth mouth(48'000);
  testing::Speaker steady;
  steady.pause_share = 0;
  const auto sent = say(mouth, testing::speech(1, 48'000, steady));
  EXPECT_GE(sent.size(), 48U);
  EXPECT_TRUE(sent[0].starts_spurt);
  for (std::size_t i = 1; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].timestamp - sent[i - 1].timestamp, 960U);
    EXPECT_FALSE(sent[i].starts_spurt);
  }
  EXPECT_TRUE(mouth.is_speaking());
  EXPECT_GT(mouth.level_dbfs(), -40);
}

TEST(Mouth, silence_sends_nothing_and_timestamps_keep_its_length) {
  Mouth mouth(48'000);
  Samples samples = testing::tone(0.4, 200, 0.2);
  testing::append(samples, testing::room(2, 0.0005));
  const auto first = say(mouth, samples);
  EXPECT_TRUE(first.back().ends_spurt);
  EXPECT_LE(first.size(), 20U + 17U);
  EXPECT_FALSE(mouth.is_speaking());
  const auto second = say(mouth, testing::tone(0.4, 200, 0.2));
  ASSERT_FALSE(second.empty());
  EXPECT_TRUE(second[0].starts_spurt);
  // 2.4 s in all; the look-back frame is the one before.
  EXPECT_EQ(second[0].timestamp, 2.4 * 48'000 - 960);
  EXPECT_EQ(second[1].timestamp, 2.4 * 48'000);
  EXPECT_EQ(mouth.stats().frames_encoded, first.size() + second.size());
  EXPECT_GE(mouth.stats().frames_silent, 80U);
}

TEST(Mouth, digital_silence_is_not_sent_as_look_back) {
  Mouth mouth(48'000);
  Samples samples = testing::silence(0.2);
  testing::append(samples, testing::tone(0.1, 200, 0.2));
  const auto sent = say(mouth, samples);
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent[0].timestamp, 9'600U);
}

TEST(Mouth, muting_ends_the_spurt_in_the_same_frame_and_lets_nothing_more_out) {
  Mouth mouth(48'000);
  say(mouth, testing::tone(0.29, 200, 0.2));  // half a frame is waiting
  mouth.set_muted(true);
  const auto last = say(mouth, testing::tone(0.02, 200, 0.2));
  ASSERT_EQ(last.size(), 1U);
  EXPECT_TRUE(last[0].ends_spurt);
  EXPECT_TRUE(say(mouth, testing::tone(1, 200, 0.2)).empty());
  EXPECT_FALSE(mouth.is_speaking());
  EXPECT_GT(mouth.level_dbfs(), -20) << "the meter goes on, so that people see that they talk muted";
  mouth.set_muted(false);
  const auto again = say(mouth, testing::tone(0.2, 200, 0.2));
  ASSERT_FALSE(again.empty());
  EXPECT_TRUE(again[0].starts_spurt);
}

TEST(Mouth, every_device_rate_and_block_size_gives_frames_of_the_same_time) {
  for (const double rate : {8'000.0, 11'025.0, 16'000.0, 22'050.0, 44'100.0, 96'000.0, 192'000.0}) {
    for (const std::size_t block : {1U, 441U, 5'000U}) {
      Mouth mouth(rate);
      const auto sent = say(mouth, testing::tone(0.2, 300, 0.3, rate), block);
      EXPECT_GE(sent.size(), 9U) << rate << " " << block;
      EXPECT_LE(sent.size(), 10U) << rate << " " << block;
    }
  }
}

TEST(Mouth, another_microphone_goes_on_where_the_first_stopped) {
  Mouth mouth(48'000);
  const auto first = say(mouth, testing::tone(0.2, 300, 0.3));
  mouth.set_device_rate(16'000);
  const auto second = say(mouth, testing::tone(0.2, 300, 0.3, 16'000));
  ASSERT_GE(second.size(), 8U);
  EXPECT_EQ(second[0].timestamp, first.back().timestamp + 960);
}

TEST(Mouth, what_is_no_number_is_taken_for_silence) {
  for (const double rate : {48'000.0, 44'100.0}) {
    Mouth mouth(rate);
    Samples samples = testing::tone(0.1, 300, 0.3, rate);
    samples[100] = std::numeric_limits<float>::quiet_NaN();
    samples[200] = -std::numeric_limits<float>::infinity();
    EXPECT_GE(say(mouth, samples).size(), 4U);
    EXPECT_NEAR(mouth.level_dbfs(), -13.5, 0.5);
  }
}

TEST(Mouth, a_host_that_does_not_poll_costs_a_second_of_memory_at_most) {
  Mouth mouth(48'000);
  mouth.handle_pcm(testing::tone(5, 300, 0.3));
  int frames = 0;
  while (mouth.poll_frame()) ++frames;
  EXPECT_LE(frames, 50);
}

}  // namespace
}  // namespace grove::voice
