#include "crypto/replay_window.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <set>

namespace grove::crypto {
namespace {

TEST(ReplayWindow, a_counter_is_fresh_once) {
  ReplayWindow window;
  EXPECT_TRUE(window.is_fresh(5));
  window.mark(5);
  EXPECT_FALSE(window.is_fresh(5));
  EXPECT_TRUE(window.is_fresh(4));
  EXPECT_TRUE(window.is_fresh(6));
}

TEST(ReplayWindow, too_old_to_tell_counts_as_seen) {
  ReplayWindow window;
  window.mark(10'000);
  EXPECT_FALSE(window.is_fresh(10'000 - ReplayWindow::kSpan));
  EXPECT_TRUE(window.is_fresh(10'001 - ReplayWindow::kSpan));
}

// A source names its own counter, so a hostile one may name any.
TEST(ReplayWindow, counters_end_before_their_sums_overflow) {
  ReplayWindow window;
  window.mark(ReplayWindow::kCounterMax - 1);
  EXPECT_FALSE(window.is_fresh(ReplayWindow::kCounterMax - 1));
  EXPECT_FALSE(window.is_fresh(ReplayWindow::kCounterMax));
  EXPECT_FALSE(window.is_fresh(~std::uint64_t{0}));
}

TEST(ReplayWindow, agrees_with_a_set_of_all_counters_ever_seen) {
  EXPECT_TRUE(rc::check([] {
    ReplayWindow window;
    std::set<std::uint64_t> seen;
    std::uint64_t highest = 0;
    for (const auto step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-600, 700))) {
      const auto counter = static_cast<std::uint64_t>(std::max<std::int64_t>(0, static_cast<std::int64_t>(highest) + step));
      const bool is_old = !seen.empty() && counter + ReplayWindow::kSpan <= highest;
      RC_ASSERT(window.is_fresh(counter) == (!is_old && !seen.contains(counter)));
      if (!window.is_fresh(counter)) continue;
      window.mark(counter);
      seen.insert(counter);
      highest = std::max(highest, counter);
    }
  }));
}

}  // namespace
}  // namespace grove::crypto
