// Has this counter been seen? A sliding window, as RFC 6479 has it for IPsec.
#pragma once

#include <array>
#include <cstdint>

namespace grove::crypto {

class ReplayWindow {
 public:
  // Sum of parts: 50 frames/s × 10 s of disorder, rounded up to whole words.
  static constexpr std::uint64_t kSpan = 512;

  // Frames for 178 000 years: nobody gets there honestly, and no sum of counters overflows.
  static constexpr std::uint64_t kCounterMax = std::uint64_t{1} << 48;

  bool is_fresh(std::uint64_t counter) const {
    if (counter >= kCounterMax) return false;
    if (counter >= next_) return true;
    if (next_ - counter > kSpan) return false;
    return (words_[word(counter)] & bit(counter)) == 0;
  }

  void mark(std::uint64_t counter) {
    if (counter >= next_) {
      if (counter - next_ >= kSpan) {
        words_.fill(0);
      } else {
        for (std::uint64_t c = next_; c <= counter; ++c) words_[word(c)] &= ~bit(c);
      }
      next_ = counter + 1;
    }
    words_[word(counter)] |= bit(counter);
  }

  std::uint64_t next() const { return next_; }  // one past the highest counter seen

 private:
  static std::size_t word(std::uint64_t counter) { return static_cast<std::size_t>(counter / 64 % (kSpan / 64)); }
  static std::uint64_t bit(std::uint64_t counter) { return std::uint64_t{1} << (counter % 64); }

  std::array<std::uint64_t, kSpan / 64> words_{};
  std::uint64_t next_ = 0;
};

}  // namespace grove::crypto
