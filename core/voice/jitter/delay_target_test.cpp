#include "voice/jitter/delay_target.h"

#include <gtest/gtest.h>

#include <functional>

#include "base/random.h"

namespace grove::voice::jitter {
namespace {

constexpr double kMs = 48;

// Frames 20 ms apart, each delayed by `delay_ms`.
void feed(DelayTarget& target, int first, int count, const std::function<double(int)>& delay_ms) {
  for (int i = first; i < first + count; ++i) target.handle_arrival(12'345 + delay_ms(i) * kMs, (i * 20 + delay_ms(i)) * kMs);
}

TEST(DelayTarget, it_starts_low_and_shrinks_within_the_first_words_of_a_quiet_path) {
  DelayTarget target;
  EXPECT_NEAR(target.target() / kMs, 20, 1);
  base::Random random(1);
  feed(target, 0, 30, [&](int) { return 1 + 2 * random.unit(); });
  EXPECT_LE(target.target() / kMs, 4);
}

TEST(DelayTarget, it_covers_nearly_all_of_steady_jitter) {
  DelayTarget target;
  base::Random random(2);
  int late = 0;
  const auto delay = [&](int) { return 30 * random.unit() * random.unit(); };
  feed(target, 0, 250, delay);
  for (int i = 250; i < 3000; ++i) {
    const double jitter = delay(i);
    late += jitter * kMs > target.target() ? 1 : 0;
    target.handle_arrival(12'345 + jitter * kMs, (i * 20 + jitter) * kMs);
  }
  EXPECT_LE(late, 2750 / 100);
  EXPECT_LE(target.target() / kMs, 32);
}

TEST(DelayTarget, a_late_frame_raises_it_at_once_and_the_raise_fades) {
  DelayTarget target;
  feed(target, 0, 200, [](int) { return 1.0; });
  feed(target, 200, 1, [](int) { return 31.0; });
  EXPECT_NEAR(target.target() / kMs, 30, 1);
  feed(target, 201, 200, [](int) { return 1.0; });
  EXPECT_LE(target.target() / kMs, 8);
}

TEST(DelayTarget, a_lone_stall_is_not_planned_for_but_stalls_again_and_again_are) {
  const auto stalls_every = [](int frames) {
    return [frames](int i) { return i % frames > 10 && i % frames < 26 ? (26 - i % frames) * 20.0 : 1.0; };
  };
  DelayTarget lone;
  feed(lone, 0, 100, stalls_every(100'000));
  feed(lone, 100, 100, [](int) { return 1.0; });
  EXPECT_LE(lone.target() / kMs, 12);
  DelayTarget many;
  feed(many, 0, 1000, stalls_every(100));
  EXPECT_GE(many.target() / kMs, 200);
}

TEST(DelayTarget, a_longer_path_becomes_the_new_normal) {
  DelayTarget target;
  feed(target, 0, 500, [](int) { return 1.0; });
  feed(target, 500, 500, [](int) { return 51.0; });
  EXPECT_NEAR((target.base() - 12'345) / kMs, 51, 1);
  EXPECT_LE(target.target() / kMs, 8);
}

TEST(DelayTarget, a_spurts_first_frame_is_no_jitter) {
  DelayTarget target;
  feed(target, 0, 100, [](int) { return 1.0; });
  const double before = target.target();
  target.handle_spurt_start(12'345 + 21 * kMs, 2020 * kMs);
  EXPECT_EQ(target.target(), before);
}

TEST(DelayTarget, heavy_loss_makes_room_for_redundancy_and_light_loss_does_not) {
  const auto lose_every = [](DelayTarget& target, int period) {
    for (int i = 0; i < 1000; ++i) {
      if (i % period == 0) {
        target.handle_lost();
      } else {
        target.handle_played();
        target.handle_arrival(0, i * 20 * kMs);
      }
    }
  };
  DelayTarget heavy, light;
  lose_every(heavy, 10);
  lose_every(light, 100);
  EXPECT_GE(heavy.target() / kMs, 20);
  EXPECT_LE(light.target() / kMs, 3);
}

TEST(DelayTarget, whatever_arrives_it_stays_within_its_bounds) {
  DelayTarget target;
  base::Random random(3);
  for (int i = 0; i < 5000; ++i) {
    const double transit = (random.unit() - 0.5) * (i % 7 == 0 ? 1e15 : 1e6);
    if (i % 3 == 0) target.handle_spurt_start(transit, i * 960);
    target.handle_arrival(transit, i * 960);
    ASSERT_GE(target.target(), 48);
    ASSERT_LE(target.target(), DelayTarget::kTargetMax);
  }
}

}  // namespace
}  // namespace grove::voice::jitter
