#include "node/stream.h"

#include <gtest/gtest.h>

namespace grove::node {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;
using Tags = std::vector<std::uint8_t>;

const PeerId kAda{{1}}, kBob{{2}};

struct EarlyFramesTest : testing::Test {
  EarlyFrames early;
  Instant now = Instant::from_us(1'000'000);

  void keep(const PeerId& from, std::uint8_t tag) { early.keep(from, wire::FrameNews{{tag}}, now); }
  Tags take_from(const std::set<PeerId>& accepted) {
    Tags tags;
    for (const auto& taken : early.take([&](const PeerId& from) { return accepted.contains(from); }, now)) {
      EXPECT_TRUE(accepted.contains(taken.from));
      tags.push_back(taken.frame.sealed.at(0));
    }
    return tags;
  }
};

TEST_F(EarlyFramesTest, come_in_the_order_in_which_they_came_and_once) {
  keep(kAda, 2);
  keep(kBob, 1);
  keep(kAda, 3);
  EXPECT_EQ(take_from({kAda, kBob}), (Tags{2, 1, 3}));
  EXPECT_EQ(take_from({kAda, kBob}), Tags{});
}

TEST_F(EarlyFramesTest, of_those_not_accepted_yet_wait_on) {
  keep(kAda, 1);
  keep(kBob, 2);
  keep(kAda, 3);
  EXPECT_EQ(take_from({}), Tags{});
  EXPECT_EQ(take_from({kBob}), Tags{2});
  EXPECT_EQ(take_from({kAda}), (Tags{1, 3}));
}

TEST_F(EarlyFramesTest, wait_no_longer_than_a_ring_lasts) {
  keep(kAda, 1);
  now = now + Duration::ms(1);
  keep(kAda, 2);
  now = now + EarlyFrames::kKeptFor;
  EXPECT_EQ(take_from({kAda}), Tags{2});
}

TEST_F(EarlyFramesTest, are_bounded_and_the_oldest_makes_room) {
  for (std::uint8_t tag = 0; tag < EarlyFrames::kMax + 2; ++tag) keep(kAda, tag);
  const Tags taken = take_from({kAda});
  EXPECT_EQ(taken.size(), EarlyFrames::kMax);
  EXPECT_EQ(taken.front(), 2);
  EXPECT_EQ(taken.back(), EarlyFrames::kMax + 1);
}

}  // namespace
}  // namespace grove::node
