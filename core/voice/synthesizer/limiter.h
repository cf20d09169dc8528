// The last stage before the ears: no sample ever leaves it beyond -1 dBFS, whatever came in.
//
// Look-ahead without overshoot: each input frame names the gain it needs; the least of a window, released slowly,
// averaged over the same window, is at most what the frame leaving the delay line needs, because every value in the
// average saw that frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace grove::voice::synthesizer {

class Limiter {
 public:
  explicit Limiter(double rate_hz);

  void limit(std::span<float> stereo);  // in place, delayed by latency_frames()
  std::size_t latency_frames() const { return window_ - 1; }

  static constexpr float kCeiling = 0.891F;  // -1 dBFS, rounded down: room for converters' inter-sample peaks

 private:
  double least_needed(double gain);

  struct Entry {
    std::uint64_t frame;
    double gain;
  };

  std::size_t window_;
  double release_;                // share of the way back to 1 that one frame goes
  std::vector<float> delayed_;    // stereo ring of window_ frames
  std::vector<double> envelope_;  // ring of window_
  std::vector<Entry> minima_;     // ring, gains ascending from the front: sliding minimum
  std::size_t minima_begin_ = 0;
  std::size_t minima_size_ = 0;
  std::uint64_t frame_ = 0;
  double held_ = 1;
  double sum_;
};

}  // namespace grove::voice::synthesizer
