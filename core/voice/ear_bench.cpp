// What a second of audio costs: for the mouth, and for the ear with 0, 1 and 10 people speaking, of 10 present.
#include <benchmark/benchmark.h>

#include "voice/testing/speech.h"
#include "voice/voice.h"

namespace grove::voice {
namespace {

std::vector<Bytes> frames_of_a_second() {
  Mouth mouth(48'000);
  testing::Speaker speaker;
  speaker.pause_share = 0;
  mouth.handle_pcm(testing::speech(1, 48'000, speaker));
  std::vector<Bytes> frames;
  while (auto frame = mouth.poll_frame()) frames.push_back(std::move(*frame));
  return frames;
}

void mouth_per_second_of_speech(benchmark::State& state) {
  const auto said = testing::speech(1);
  Mouth mouth(static_cast<double>(state.range(0)));
  for (auto _ : state) {
    mouth.handle_pcm(said);
    while (auto frame = mouth.poll_frame()) benchmark::DoNotOptimize(frame);
  }
}
BENCHMARK(mouth_per_second_of_speech)->Arg(48'000)->Arg(44'100)->Unit(benchmark::kMillisecond);

void ear_per_second_of_speech(benchmark::State& state) {
  const auto frames = frames_of_a_second();
  const auto speakers = static_cast<std::uint32_t>(state.range(0));
  Ear ear(static_cast<double>(state.range(1)));
  std::vector<float> block(2 * static_cast<std::size_t>(state.range(1) / 50));
  for (std::uint32_t peer = 1; peer <= 10; ++peer) ear.set_pan({peer}, 0.1);
  std::uint64_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::int64_t now = 0;
  for (auto _ : state) {
    for (Bytes frame : frames) {
      frame[0] = 0;
      for (std::size_t i = 0; i < 4; ++i) frame[1 + i] = static_cast<std::uint8_t>(timestamp >> (8 * i));
      for (std::uint32_t peer = 1; peer <= speakers; ++peer) {
        ear.handle_frame({peer}, sequence, frame, Instant::from_us(now));
      }
      ++sequence;
      timestamp += 960;
      now += 20'000;
      ear.pull_audio(block, Instant::from_us(now));
    }
  }
}
BENCHMARK(ear_per_second_of_speech)
    ->Args({0, 48'000})->Args({1, 48'000})->Args({10, 48'000})->Args({10, 44'100})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace grove::voice
