#include "base/sequence.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cstdlib>

namespace grove::base {
namespace {

TEST(Sequence, counts_on_across_the_wrap) {
  EXPECT_EQ(unwrap_sequence(0xffff, 0xfffe), 0xffffU);
  EXPECT_EQ(unwrap_sequence(0x0000, 0xffff), 0x10000U);
  EXPECT_EQ(unwrap_sequence(0xffff, 0x10000), 0xffffU);
}

TEST(Sequence, never_goes_below_zero) { EXPECT_EQ(unwrap_sequence(0xffff, 0), 0xffffU); }

TEST(Sequence, any_number_near_the_reference_is_found_again) {
  EXPECT_TRUE(rc::check([] {
    const auto reference = *rc::gen::inRange<std::uint64_t>(0, std::uint64_t{1} << 48);
    const auto distance = *rc::gen::inRange<std::int64_t>(-0x8000, 0x8000);
    const auto actual = static_cast<std::int64_t>(reference) + distance;
    RC_PRE(actual >= 0);
    RC_ASSERT(unwrap_sequence(static_cast<std::uint16_t>(actual), reference) == static_cast<std::uint64_t>(actual));
  }));
}

}  // namespace
}  // namespace grove::base
