// The seeded generator that is handed in: xoshiro256++ (Blackman, Vigna 2019). For jitter and choices, never for keys:
// keys come from crypto/key_source.h.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"

namespace grove::base {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    // splitmix64 fills the state, as the authors recommend.
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15U;
      std::uint64_t z = seed;
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform enough for choices: the bias is bound/2^64.
  std::size_t below(std::size_t bound) {
    GROVE_ASSERT(bound > 0);
    return static_cast<std::size_t>(next() % bound);
  }

  // In [0, 1).
  double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

 private:
  std::uint64_t state_[4];
};

}  // namespace grove::base
