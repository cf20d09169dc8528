// A rate with patience: holds up to `burst` tokens, gains `per_second`, and says whether a cost can be paid.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/assert.h"
#include "base/time.h"

namespace grove::base {

class TokenBucket {
 public:
  struct Rate {
    std::int64_t per_second;
    std::int64_t burst;
  };

  // Starts full.
  TokenBucket(Rate rate, base::Instant now) : rate_(rate), micro_tokens_(rate.burst * kMicro), updated_(now) {
    GROVE_ASSERT(rate.per_second > 0 && rate.burst > 0 && rate.burst <= kMost && rate.per_second <= kMost);
  }

  // Pays and says true, or leaves everything as it is.
  bool try_take(std::int64_t tokens, base::Instant now) {
    GROVE_ASSERT(tokens >= 0 && now >= updated_);
    refill(now);
    if (tokens > micro_tokens_ / kMicro) return false;
    micro_tokens_ -= tokens * kMicro;
    return true;
  }

 private:
  static constexpr std::int64_t kMicro = 1'000'000;
  static constexpr std::int64_t kMost = 1'000'000'000;  // keeps every product below 2^63

  void refill(base::Instant now) {
    const std::int64_t full = rate_.burst * kMicro;
    // Tokens a second are micro-tokens a microsecond. A pause long enough to fill the bucket needs no product.
    const std::int64_t pause_us = (now - updated_).in_us();
    const std::int64_t missing = full - micro_tokens_;
    updated_ = now;
    micro_tokens_ = pause_us > missing / rate_.per_second ? full : micro_tokens_ + pause_us * rate_.per_second;
  }

  Rate rate_;
  std::int64_t micro_tokens_;
  base::Instant updated_;
};

}  // namespace grove::base
