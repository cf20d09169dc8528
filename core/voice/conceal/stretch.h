// Time stretching by waveform-similarity overlap-add (Verhelst, Roelands 1993): a piece of the length of a pitch
// period is taken out or put in where the waveform looks the same on both sides. Nothing is decided here.
#pragma once

#include <cstddef>
#include <span>

namespace grove::voice::conceal {

// Overlap of the two sides: 5 ms, as NetEq's.
inline constexpr std::size_t kOverlap = 240;
// Pitch periods from 2 ms (500 Hz) to 15 ms (66 Hz).
inline constexpr std::size_t kLagLeast = 96;
inline constexpr std::size_t kLagMost = 720;

struct Match {
  std::size_t lag = 0;
  double similarity = 0;  // normalised correlation, -1 … 1
};

// Where in `where` the wave of `what` comes again: the best of the lags from `least` to `most`, both at most
// where.size() - what.size().
Match find_match(std::span<const float> what, std::span<const float> where, std::size_t least, std::size_t most);

// Takes up to `most` samples out of the beginning of `wave`, in place. Returns how many: 0 where no piece looks alike
// by at least `similarity`.
std::size_t shorten(std::span<float> wave, std::size_t most, double similarity);

// Puts up to `most` samples into the beginning of `wave`, in place; `length` samples of it are in use, the rest is
// room. Returns how many.
std::size_t lengthen(std::span<float> wave, std::size_t length, std::size_t most, double similarity);

// from → to over the length of `to`, in place.
void cross_fade(std::span<const float> from, std::span<float> to);

}  // namespace grove::voice::conceal
