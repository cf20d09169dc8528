#include "wire/plan_delta.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace grove::wire {
namespace {

constexpr base::PeerId kSource{{0xee}};

SignedPlan any_plan(std::uint32_t epoch) {
  SignedPlan p;
  p.plan.source = kSource;
  p.plan.incarnation = {7};
  p.plan.epoch = epoch;
  p.plan.next_counter = *rc::gen::arbitrary<std::uint64_t>();
  for (std::uint8_t listener = 0; listener < 40; ++listener) {
    if (*rc::gen::inRange(0, 4) > 0) p.plan.seats.push_back({{{listener}}});
  }
  const auto size = static_cast<SeatIndex>(p.plan.seats.size());
  for (SeatIndex i = 0; i < size; ++i) {
    Seat& seat = p.plan.seats[i];
    if (i > 0 && *rc::gen::arbitrary<bool>()) seat.parent = *rc::gen::inRange<SeatIndex>(0, i);
    seat.guardian = *rc::gen::element(kSourceSeat, kNoSeat, *rc::gen::inRange<SeatIndex>(0, size));
    seat.is_hot = *rc::gen::arbitrary<bool>();
  }
  p.signature = {static_cast<std::uint8_t>(epoch)};
  return p;
}

TEST(PlanDelta, makes_of_the_old_plan_the_new_one_whoever_came_went_or_moved) {
  EXPECT_TRUE(rc::check([] {
    const SignedPlan before = any_plan(*rc::gen::inRange<std::uint32_t>(1, 1000));
    const SignedPlan now = any_plan(before.plan.epoch + *rc::gen::inRange<std::uint32_t>(1, 255));
    const auto delta = delta_between(before.plan, now);
    RC_ASSERT(delta);
    const auto decoded = decode_plan_delta(encode(*delta));
    RC_ASSERT(decoded);
    RC_ASSERT(*decoded == *delta);
    RC_ASSERT(apply(*decoded, before.plan) == std::optional(now));
  }));
}

SignedPlan chain(std::uint32_t epoch, std::uint8_t listeners) {
  SignedPlan p;
  p.plan.source = kSource;
  p.plan.epoch = epoch;
  for (std::uint8_t i = 0; i < listeners; ++i) p.plan.seats.push_back({{{i}}, i == 0 ? kSourceSeat : static_cast<SeatIndex>(i - 1)});
  return p;
}

TEST(PlanDelta, of_one_listener_less_in_a_hundred_is_a_fraction_of_the_plan) {
  const SignedPlan before = chain(1, 100);
  SignedPlan now = before;
  now.plan.epoch = 2;
  now.plan.seats.erase(now.plan.seats.begin());
  for (Seat& seat : now.plan.seats) seat.parent = seat.parent == 0 || seat.parent == kSourceSeat ? kSourceSeat : static_cast<SeatIndex>(seat.parent - 1);
  const auto delta = delta_between(before.plan, now);
  ASSERT_TRUE(delta);
  EXPECT_TRUE(delta->changed.empty()) << "who hung below it hangs below the source: as one that is gone is taken";
  EXPECT_LT(encode(*delta).size() * 12, encode(now).size());
}

TEST(PlanDelta, that_does_not_fit_its_base_or_makes_no_tree_makes_nothing) {
  const SignedPlan before = chain(1, 3);
  PlanDelta delta;
  EXPECT_TRUE(apply(delta, before.plan));
  delta.removed = {3};
  EXPECT_FALSE(apply(delta, before.plan));
  delta.removed = {};
  delta.changed = {{3}};
  EXPECT_FALSE(apply(delta, before.plan));
  delta.changed = {{0, 2}};
  EXPECT_FALSE(apply(delta, before.plan)) << "a ring of parents";
  delta.changed = {{0, 3}};
  EXPECT_FALSE(apply(delta, before.plan)) << "a parent that is not there";
  delta.changed = {};
  delta.added = {kSource};
  EXPECT_FALSE(apply(delta, before.plan)) << "the source as listener";
  delta.added = {{{1}}};
  EXPECT_FALSE(apply(delta, before.plan)) << "a listener twice";
}

TEST(PlanDelta, is_made_only_of_an_older_plan_of_the_same_run) {
  const SignedPlan now = chain(5, 3);
  EXPECT_TRUE(delta_between(chain(4, 3).plan, now));
  EXPECT_FALSE(delta_between(now.plan, now));
  SignedPlan other = chain(4, 3);
  other.plan.incarnation = {8};
  EXPECT_FALSE(delta_between(other.plan, now));
}

}  // namespace
}  // namespace grove::wire
