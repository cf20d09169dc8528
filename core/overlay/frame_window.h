// Which of a stream's last 64 frames somebody has. Counters are whole (64 bits).
#pragma once

#include <cstdint>

namespace grove::overlay {

// Of a relay's ring of 25 the newest, which it still serves and others still ask for: beyond them a frame that waits 150 ms
// for its link would leave older than the ring.
inline constexpr std::uint64_t kServedFrames = 17;

class FrameWindow {
 public:
  static constexpr std::uint64_t kSpan = 64;

  bool is_empty() const { return next_ == 0 && mask_ == 0; }
  std::uint64_t next() const { return next_; }  // one past the highest

  // What is older than the window counts as had: it is too late for it either way.
  bool has(std::uint64_t counter) const {
    if (counter >= next_) return false;
    const std::uint64_t age = next_ - 1 - counter;
    return age >= kSpan || (mask_ >> age & 1) != 0;
  }

  void add(std::uint64_t counter) {
    if (counter >= next_) {
      const std::uint64_t steps = counter + 1 - next_;
      mask_ = (steps >= kSpan ? 0 : mask_ << steps) | 1;
      next_ = counter + 1;
    } else if (next_ - 1 - counter < kSpan) {
      mask_ |= std::uint64_t{1} << (next_ - 1 - counter);
    }
  }

  // Nothing below `counter` is asked for.
  void start_at(std::uint64_t counter) {
    next_ = counter;
    mask_ = ~std::uint64_t{0};
  }

  // Bit i: next() - 1 - i is missing; of the last `depth` frames.
  std::uint64_t missing(std::uint64_t depth) const {
    const std::uint64_t within = depth >= kSpan ? ~std::uint64_t{0} : (std::uint64_t{1} << depth) - 1;
    const std::uint64_t exist = next_ >= kSpan ? ~std::uint64_t{0} : (std::uint64_t{1} << next_) - 1;
    return ~mask_ & within & exist;
  }

 private:
  std::uint64_t next_ = 0;
  std::uint64_t mask_ = 0;
};

}  // namespace grove::overlay
