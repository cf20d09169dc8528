#include "voice/signal/noise_gate.h"

#include <gtest/gtest.h>

#include <vector>

#include "voice/testing/speech.h"

namespace grove::voice::signal {
namespace {

using testing::Samples;

std::vector<GateVerdict> judge(NoiseGate& gate, const Samples& samples) {
  std::vector<GateVerdict> verdicts;
  for (std::size_t at = 0; at + 960 <= samples.size(); at += 960) {
    verdicts.push_back(gate.handle_frame(std::span(samples).subspan(at, 960)));
  }
  return verdicts;
}

std::size_t count(const std::vector<GateVerdict>& verdicts, GateVerdict which) {
  return static_cast<std::size_t>(std::count(verdicts.begin(), verdicts.end(), which));
}

TEST(NoiseGate, a_quiet_room_stays_shut) {
  NoiseGate gate;
  EXPECT_EQ(count(judge(gate, testing::room(2, 0.0003)), GateVerdict::kShut), 100U);
  EXPECT_EQ(count(judge(gate, testing::silence(2)), GateVerdict::kShut), 100U);
}

TEST(NoiseGate, speech_opens_within_its_first_frame_and_closes_after_the_hang_over) {
  NoiseGate gate;
  Samples samples = testing::room(1, 0.0003);
  testing::append(samples, testing::tone(0.4, 200, 0.1));
  testing::append(samples, testing::room(1, 0.0003));
  const auto verdicts = judge(gate, samples);
  EXPECT_EQ(verdicts[50], GateVerdict::kOpening);
  EXPECT_EQ(count(verdicts, GateVerdict::kOpening), 1U);
  EXPECT_EQ(count(verdicts, GateVerdict::kClosing), 1U);
  EXPECT_EQ(verdicts[70 + NoiseGate::kHangOverFrames - 1], GateVerdict::kClosing);
}

TEST(NoiseGate, an_onset_in_the_last_five_milliseconds_of_a_frame_opens) {
  NoiseGate gate;
  Samples frame(960, 0.0F);
  for (std::size_t i = 720; i < 960; ++i) frame[i] = (i % 40 < 20) ? 0.01F : -0.01F;
  EXPECT_EQ(gate.handle_frame(frame), GateVerdict::kOpening);
}

TEST(NoiseGate, a_pause_between_words_does_not_close) {
  NoiseGate gate;
  Samples samples;
  for (int word = 0; word < 5; ++word) {
    testing::append(samples, testing::tone(0.3, 200, 0.1));
    testing::append(samples, testing::room(0.2, 0.0003));
  }
  EXPECT_EQ(count(judge(gate, samples), GateVerdict::kOpening), 1U);
}

TEST(NoiseGate, a_steady_fan_is_learnt_and_speech_over_it_still_opens) {
  NoiseGate gate;
  judge(gate, testing::room(14, 0.01));  // -45 dBFS
  EXPECT_EQ(count(judge(gate, testing::room(4, 0.01)), GateVerdict::kShut), 200U);
  EXPECT_EQ(judge(gate, testing::tone(0.02, 200, 0.1))[0], GateVerdict::kOpening);
}

}  // namespace
}  // namespace grove::voice::signal
