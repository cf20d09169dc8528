#include "overlay/plan.h"

#include <gtest/gtest.h>

namespace grove::overlay {
namespace {

constexpr base::PeerId kSelf{{1}};
constexpr base::PeerId kAda{{2}};
constexpr base::PeerId kBob{{3}};
constexpr base::PeerId kCid{{4}};

struct Plan : testing::Test {
  Map map{kSelf};
  void SetUp() override {
    for (const auto& peer : {kAda, kBob, kCid}) map.merge(peer, {}, base::Instant::from_us(1));
  }
};

TEST_F(Plan, is_a_star_over_everybody_linked_in_order_of_id) {
  const auto planned = plan_tree(map, {kSelf, {kCid, kAda}, {}, 4});
  EXPECT_EQ(planned.seats, (std::vector<wire::Seat>{{kAda}, {kCid}}));
  EXPECT_FALSE(planned.is_over_budget);
}

TEST_F(Plan, leaves_out_who_asked_for_nothing_and_who_is_unknown) {
  const auto planned = plan_tree(map, {kSelf, {kAda, kBob, {{77}}, kSelf}, {kBob}, 4});
  EXPECT_EQ(planned.seats, (std::vector<wire::Seat>{{kAda}}));
}

TEST_F(Plan, serves_leftovers_beyond_the_budget_and_says_so) {
  const auto planned = plan_tree(map, {kSelf, {kAda, kBob, kCid}, {}, 2});
  EXPECT_EQ(planned.seats.size(), 3U);
  EXPECT_TRUE(planned.is_over_budget);
}

}  // namespace
}  // namespace grove::overlay
