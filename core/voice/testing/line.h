// A whole line in virtual time: a microphone, a Mouth, a path that delays, loses, doubles and reorders, an Ear, and a
// sound card with a clock of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "voice/testing/speech.h"
#include "voice/voice.h"

namespace grove::voice::testing {

inline constexpr base::PeerNumber kSpeaker{7};

struct Line {
  double mouth_hz = 48'000;
  double ear_hz = 48'000;           // what the sound card says of itself
  double ear_ppm = 0;               // how much faster it really is
  std::size_t quantum = 128;        // sample frames a pull
  std::uint64_t first_sequence = 1000;
  std::uint32_t timestamp_offset = 0;  // added to what the Mouth writes
  double expected_loss = 5;
  // When a frame arrives after it was made, in ms, for each copy; none: lost.
  std::function<std::vector<double>(std::uint64_t index)> delays = [](std::uint64_t) { return std::vector{1.0}; };
  std::function<void(Ear&, double ms)> at_pull = [](Ear&, double) {};
};

struct Moment {
  double ms = 0;
  double target_ms = 0;
  double current_ms = 0;
};

struct Heard {
  Samples left;
  Samples right;
  std::vector<Moment> trace;  // one a pull
  StripStats stats;
  MouthStats mouth;
  std::uint64_t frames_sent = 0;

  double delay_between(double from_ms, double to_ms) const {  // median
    std::vector<double> delays;
    for (const Moment& moment : trace) {
      if (moment.ms >= from_ms && moment.ms < to_ms) delays.push_back(moment.current_ms);
    }
    if (delays.empty()) return -1;
    std::nth_element(delays.begin(), delays.begin() + static_cast<std::ptrdiff_t>(delays.size() / 2), delays.end());
    return delays[delays.size() / 2];
  }
};

inline Heard talk(const Line& line, const Samples& said, double more_seconds = 0.3) {
  Mouth mouth(line.mouth_hz);
  mouth.set_expected_loss(line.expected_loss);
  Ear ear(line.ear_hz);
  Heard heard;
  std::multimap<double, std::pair<std::uint64_t, base::Bytes>> path;  // by arrival
  std::size_t spoken = 0;
  const double end_s = static_cast<double>(said.size()) / line.mouth_hz + more_seconds;
  const double pull_s = static_cast<double>(line.quantum) / (line.ear_hz * (1 + line.ear_ppm * 1e-6));
  std::vector<float> block(2 * line.quantum);
  for (std::uint64_t pull = 1; static_cast<double>(pull) * pull_s < end_s; ++pull) {
    const double now = static_cast<double>(pull) * pull_s;
    while (static_cast<double>(spoken + 16) <= now * line.mouth_hz && spoken + 16 <= said.size()) {
      mouth.handle_pcm(std::span(said).subspan(spoken, 16));
      spoken += 16;
      while (auto frame = mouth.poll_frame()) {
        std::uint32_t timestamp = 0;
        for (std::size_t i = 0; i < 4; ++i) timestamp |= static_cast<std::uint32_t>((*frame)[1 + i]) << (8 * i);
        timestamp += line.timestamp_offset;
        for (std::size_t i = 0; i < 4; ++i) (*frame)[1 + i] = static_cast<std::uint8_t>(timestamp >> (8 * i));
        for (const double delay : line.delays(heard.frames_sent)) {
          path.emplace(static_cast<double>(spoken) / line.mouth_hz * 1000 + delay,
                       std::pair{line.first_sequence + heard.frames_sent, *frame});
        }
        ++heard.frames_sent;
      }
    }
    const double now_ms = now * 1000;
    const auto instant = base::Instant::from_us(static_cast<std::int64_t>(now * 1e6));
    for (; !path.empty() && path.begin()->first <= now_ms; path.erase(path.begin())) {
      ear.handle_frame(kSpeaker, path.begin()->second.first, path.begin()->second.second, instant);
    }
    line.at_pull(ear, now_ms);
    ear.pull_audio(block, instant);
    for (std::size_t i = 0; i < line.quantum; ++i) {
      heard.left.push_back(block[2 * i]);
      heard.right.push_back(block[2 * i + 1]);
    }
    const StripStats stats = ear.stats(kSpeaker);
    heard.trace.push_back({now_ms, stats.target_delay_ms, stats.current_delay_ms});
  }
  heard.stats = ear.stats(kSpeaker);
  heard.mouth = mouth.stats();
  return heard;
}

}  // namespace grove::voice::testing
