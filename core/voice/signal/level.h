// Loudness as a number. Decibels below full scale, of the root mean square; -100 stands for silence.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace grove::voice::signal {

inline constexpr double kSilenceDbfs = -100;

inline double mean_square(std::span<const float> samples) {
  if (samples.empty()) return 0;
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * static_cast<double>(sample);
  return sum / static_cast<double>(samples.size());
}

inline double power_to_db(double power) { return std::max(kSilenceDbfs, 10 * std::log10(std::max(power, 1e-10))); }

inline double level_dbfs(std::span<const float> samples) { return power_to_db(mean_square(samples)); }

// Amplitude factor of a gain; -infinity is 0.
inline float db_to_gain(double db) { return static_cast<float>(std::pow(10.0, db / 20)); }

}  // namespace grove::voice::signal
