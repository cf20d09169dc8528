#include "base/token_bucket.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace grove::base {
namespace {


constexpr TokenBucket::Rate kRate{.per_second = 10, .burst = 3};

TEST(TokenBucket, a_burst_passes_and_one_more_does_not) {
  TokenBucket bucket(kRate, Instant());
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(bucket.try_take(1, Instant()));
  EXPECT_FALSE(bucket.try_take(1, Instant()));
}

TEST(TokenBucket, a_token_returns_after_its_time_and_not_before) {
  TokenBucket bucket(kRate, Instant());
  EXPECT_TRUE(bucket.try_take(3, Instant()));
  EXPECT_FALSE(bucket.try_take(1, Instant() + Duration::us(99'999)));
  EXPECT_TRUE(bucket.try_take(1, Instant() + Duration::us(100'000)));
}

TEST(TokenBucket, a_refusal_costs_nothing) {
  TokenBucket bucket(kRate, Instant());
  EXPECT_FALSE(bucket.try_take(4, Instant()));
  EXPECT_TRUE(bucket.try_take(3, Instant()));
}

TEST(TokenBucket, a_pause_of_centuries_fills_it_to_the_burst_only) {
  TokenBucket bucket({.per_second = 1'000'000'000, .burst = 3}, Instant());
  EXPECT_TRUE(bucket.try_take(3, Instant()));
  const Instant later = Instant::from_us(9'000'000'000'000'000'000);
  EXPECT_FALSE(bucket.try_take(4, later));
  EXPECT_TRUE(bucket.try_take(3, later));
}

RC_GTEST_PROP(TokenBucket, never_more_than_burst_and_rate_allow_in_any_span, ()) {
  TokenBucket bucket(kRate, Instant());
  Instant now;
  std::int64_t taken = 0;
  for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 200'000))) {
    now = now + Duration::us(step);
    if (bucket.try_take(1, now)) ++taken;
    RC_ASSERT(taken <= kRate.burst + now.in_us() * kRate.per_second / 1'000'000);
  }
}

}  // namespace
}  // namespace grove::base
