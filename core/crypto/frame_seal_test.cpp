#include "crypto/frame_seal.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace grove::crypto {
namespace {

using Verdict = FrameOpener::Verdict;

struct FrameSeal : testing::Test {
  Key key{1, 2, 3};
  KeyId id{77};
  FrameSealer sealer{key, id};
  FrameOpener opener{key, id};
  base::Bytes frame{1, 2, 3, 4};
};

TEST_F(FrameSeal, opens_once_and_counts) {
  const auto first = sealer.seal(frame, false);
  const auto second = sealer.seal(frame, false);
  EXPECT_NE(first, second);
  const auto opened = opener.open(second);
  ASSERT_EQ(opened.verdict, Verdict::kOpened);
  EXPECT_EQ(opened.opened.counter, 1U);
  EXPECT_EQ(opened.opened.frame, frame);
  EXPECT_EQ(opener.open(first).verdict, Verdict::kOpened);
  EXPECT_EQ(opener.open(first).verdict, Verdict::kReplayed);
  EXPECT_EQ(opener.open(second).verdict, Verdict::kReplayed);
}

TEST_F(FrameSeal, any_flipped_bit_and_any_truncation_is_refused) {
  const auto sealed = sealer.seal(frame, false);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto spoilt = sealed;
    spoilt[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_NE(opener.open(spoilt).verdict, Verdict::kOpened) << bit;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(opener.open(base::ByteView(sealed).first(size)).verdict, Verdict::kRefused) << size;
  }
  EXPECT_EQ(opener.open(sealed).verdict, Verdict::kOpened);  // garbage moved nothing
}

TEST_F(FrameSeal, counts_on_across_the_wrap_of_the_truncated_counter) {
  for (std::uint64_t i = 0; i < 0x10005; ++i) {
    const auto outcome = opener.open(sealer.seal(frame, false));
    ASSERT_EQ(outcome.verdict, Verdict::kOpened);
    ASSERT_EQ(outcome.opened.counter, i);
  }
}

TEST_F(FrameSeal, a_late_joiner_reads_the_counter_from_the_reference) {
  for (int i = 0; i < 0x1a000; ++i) sealer.seal({}, false);
  EXPECT_EQ(opener.open(sealer.seal(frame, false)).verdict, Verdict::kRefused);
  opener.set_reference(sealer.next_counter());
  EXPECT_EQ(opener.open(sealer.seal(frame, false)).verdict, Verdict::kOpened);
}

TEST_F(FrameSeal, any_frame_comes_back_as_it_was) {
  EXPECT_TRUE(rc::check([this](const base::Bytes& any) {
    const auto outcome = opener.open(sealer.seal(any, false));
    RC_ASSERT(outcome.verdict == Verdict::kOpened);
    RC_ASSERT(outcome.opened.frame == any);
  }));
}

}  // namespace
}  // namespace grove::crypto
