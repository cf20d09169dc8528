// A voice for tests: harmonics with a moving pitch through moving formants, in syllables, words and pauses, over a
// quiet room. Opus takes it for speech, and its waveform never repeats, so that correlation finds one place only.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include "base/random.h"

namespace grove::voice::testing {

using Samples = std::vector<float>;

inline double noise(base::Random& random) { return 2 * random.unit() - 1; }

inline double gaussian(base::Random& random) {
  return std::sqrt(-2 * std::log(1 - random.unit())) * std::cos(2 * std::numbers::pi * random.unit());
}

// A resonance as in Klatt's synthesiser (1980).
class Formant {
 public:
  double filter(double x, double hz, double bandwidth, double rate) {
    const double r = std::exp(-std::numbers::pi * bandwidth / rate);
    const double b = 2 * r * std::cos(2 * std::numbers::pi * hz / rate);
    const double y = (1 - b + r * r) * x + b * y1_ - r * r * y2_;
    y2_ = y1_;
    y1_ = y;
    return y;
  }

 private:
  double y1_ = 0;
  double y2_ = 0;
};

struct Speaker {
  std::uint64_t seed = 1;
  double pitch_hz = 120;
  double level = 0.2;         // of vowels, about the peak
  double room = 0.0003;       // -75 dBFS
  double pause_share = 0.15;  // of syllables that are silent
};

inline Samples speech(double seconds, double rate = 48'000, Speaker speaker = {}) {
  base::Random random(speaker.seed);
  Samples out(static_cast<std::size_t>(seconds * rate));
  Formant formants[3];
  double phase = 0;
  double hz[3] = {500, 1500, 2500};
  double wanted[3] = {500, 1500, 2500};
  double pitch = speaker.pitch_hz;
  double wanted_pitch = pitch;
  double loud = 0;
  double wanted_loud = 1;
  double hiss = 0;
  double next_syllable = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double t = static_cast<double>(i) / rate;
    if (t >= next_syllable) {
      next_syllable = t + 0.12 + 0.15 * random.unit();
      wanted[0] = 300 + 500 * random.unit();
      wanted[1] = 900 + 1300 * random.unit();
      wanted[2] = 2300 + 700 * random.unit();
      wanted_pitch = speaker.pitch_hz * (0.8 + 0.5 * random.unit());
      wanted_loud = random.unit() < speaker.pause_share ? 0 : 0.5 + 0.5 * random.unit();
      hiss = random.unit() < 0.25 ? 0.3 : 0.02;
    }
    const double glide = 1 - std::exp(-1 / (0.02 * rate));
    for (int k = 0; k < 3; ++k) hz[k] += (wanted[k] - hz[k]) * glide;
    pitch += (wanted_pitch - pitch) * glide;
    loud += (wanted_loud - loud) * glide;
    phase += pitch / rate;
    if (phase >= 1) phase -= 1;
    // A pulse with the slope of a glottis, as a sum of few harmonics' worth.
    double x = (phase < 0.4 ? std::sin(std::numbers::pi * phase / 0.4) : 0) - 0.25;
    x += hiss * noise(random);
    double y = 0;
    for (int k = 0; k < 3; ++k) y += formants[k].filter(x, hz[k], 80 + 40 * k, rate) / (1 + k);
    out[i] = static_cast<float>(std::clamp(speaker.level * loud * y + speaker.room * noise(random), -1.0, 1.0));
  }
  return out;
}

inline Samples silence(double seconds, double rate = 48'000) {
  return Samples(static_cast<std::size_t>(seconds * rate), 0.0F);
}

inline Samples room(double seconds, double amplitude, double rate = 48'000, std::uint64_t seed = 5) {
  base::Random random(seed);
  Samples out(static_cast<std::size_t>(seconds * rate));
  for (float& sample : out) sample = static_cast<float>(amplitude * noise(random));
  return out;
}

inline Samples tone(double seconds, double hz, double amplitude, double rate = 48'000) {
  Samples out(static_cast<std::size_t>(seconds * rate));
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>(amplitude * std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / rate));
  }
  return out;
}

inline void append(Samples& to, const Samples& what) { to.insert(to.end(), what.begin(), what.end()); }

inline double rms(std::span<const float> samples) {
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return samples.empty() ? 0 : std::sqrt(sum / static_cast<double>(samples.size()));
}

inline double peak(std::span<const float> samples) {
  float most = 0;
  for (const float sample : samples) most = std::max(most, std::abs(sample));
  return static_cast<double>(most);
}

// The greatest step between neighbours: a click shows here.
inline double steepest(std::span<const float> samples) {
  float most = 0;
  for (std::size_t i = 1; i < samples.size(); ++i) most = std::max(most, std::abs(samples[i] - samples[i - 1]));
  return static_cast<double>(most);
}

struct Place {
  std::size_t lag = 0;
  double similarity = 0;
};

// Where `what` is heard in `where`: the lag of the greatest normalised correlation.
inline Place locate(std::span<const float> what, std::span<const float> where) {
  Place best{0, -2};
  const double power = rms(what) * std::sqrt(static_cast<double>(what.size()));
  for (std::size_t lag = 0; lag + what.size() <= where.size(); ++lag) {
    float cross = 0;
    float power_where = 0;
    for (std::size_t i = 0; i < what.size(); ++i) {
      cross += what[i] * where[lag + i];
      power_where += where[lag + i] * where[lag + i];
    }
    const double similarity = static_cast<double>(cross) / (power * std::sqrt(static_cast<double>(power_where)) + 1e-12);
    if (similarity > best.similarity) best = {lag, similarity};
  }
  return best;
}

}  // namespace grove::voice::testing
