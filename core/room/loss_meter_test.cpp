#include "room/loss_meter.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace grove::room {
namespace {

TEST(LossMeter, sees_no_loss_where_all_arrives_in_any_order) {
  LossMeter meter;
  for (std::uint64_t i = 0; i < 400; i += 2) {
    meter.handle_counter(i + 1);
    meter.handle_counter(i);
  }
  EXPECT_LE(meter.percent(), 1);
}

TEST(LossMeter, finds_the_share_that_is_lost) {
  LossMeter meter;
  base::Random random(1);
  for (std::uint64_t i = 0; i < 3'000; ++i) {
    if (random.unit() >= 0.2) meter.handle_counter(i);
  }
  EXPECT_NEAR(meter.percent(), 20, 8);
}

TEST(LossMeter, a_long_break_is_no_loss) {
  LossMeter meter;
  for (std::uint64_t i = 0; i < 200; ++i) meter.handle_counter(i);
  for (std::uint64_t i = 10'000; i < 10'200; ++i) meter.handle_counter(i);
  EXPECT_EQ(meter.percent(), 0);
}

TEST(LossMeter, recovers_when_the_path_does) {
  LossMeter meter;
  for (std::uint64_t i = 0; i < 400; i += 2) meter.handle_counter(i);
  EXPECT_NEAR(meter.percent(), 50, 2);
  for (std::uint64_t i = 400; i < 2'000; ++i) meter.handle_counter(i);
  EXPECT_LE(meter.percent(), 1);
}

}  // namespace
}  // namespace grove::room
