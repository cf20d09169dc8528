#include "overlay/tree_keeper.h"

#include <gtest/gtest.h>

#include "overlay/room_draw.h"

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using Change = TreeKeeper::Change;
using Reason = wire::Complaint::Reason;

constexpr wire::Incarnation kRun{77};

// The first peer speaks all the time unless a test lets it be silent.
struct Keeper : testing::Test {
  RoomDraw room{12};
  TreeKeeper keeper{RoomDraw::id(0), kRun, 3};
  Instant now = Instant::from_us(1'000'000);

  void SetUp() override { room.link_everybody(Duration::ms(40)); }

  std::optional<Planned> poll() { return keeper.poll(room.map(), now); }
  std::optional<Planned> speak() {
    keeper.handle_spoke(now);
    return poll();
  }
  // Counts the plans of this time.
  std::size_t speak_for(Duration time) {
    std::size_t plans = 0;
    const Map map = room.map();
    for (const Instant end = now + time; now < end; now = now + Duration::ms(100)) {
      keeper.handle_spoke(now);
      plans += keeper.poll(map, now).has_value();
    }
    return plans;
  }
  wire::TreePlan plan() const { return {RoomDraw::id(0), kRun, keeper.epoch(), 0, keeper.current().seats}; }
  std::size_t number(const base::PeerId& id) const {
    std::size_t n = 0;
    while (RoomDraw::id(n) != id) ++n;
    return n;
  }
  base::PeerId a_relay() const {
    for (const base::PeerId& child : plan().children_of(RoomDraw::id(0))) {
      if (plan().children_of(child).size() >= 2) return child;
    }
    return {};
  }
  // Who is above, from the parent up to the source.
  std::vector<base::PeerId> above(base::PeerId listener) const {
    std::vector<base::PeerId> all;
    while (listener != RoomDraw::id(0)) all.push_back(listener = plan().parent_of(listener));
    return all;
  }
  bool is_above(const base::PeerId& relay, const base::PeerId& listener) const {
    const auto all = above(listener);
    return std::find(all.begin(), all.end(), relay) != all.end();
  }
  void complain(const base::PeerId& listener, const base::PeerId& about, Reason reason = Reason::kSilent) {
    keeper.handle_complaint(listener, {kRun, keeper.epoch(), about, reason}, now);
  }
};

TEST_F(Keeper, plans_nothing_while_nobody_speaks) {
  keeper.handle_map_changed(Change::kJoin, now);
  EXPECT_TRUE(keeper.next_deadline().is_never());
  now = now + Duration::s(5);
  EXPECT_FALSE(poll());
  EXPECT_EQ(keeper.epoch(), 0U);
}

TEST_F(Keeper, has_a_plan_before_the_first_frame_leaves) {
  const auto planned = speak();
  ASSERT_TRUE(planned);
  EXPECT_EQ(planned->seats.size(), 11U);
  EXPECT_EQ(keeper.epoch(), 1U);
  EXPECT_FALSE(poll());
}

TEST_F(Keeper, publishes_nothing_when_nothing_changed) {
  speak();
  EXPECT_EQ(speak_for(Duration::s(30)), 0U);
  EXPECT_EQ(keeper.epoch(), 1U);
}

TEST_F(Keeper, patches_50_ms_after_a_failure_and_only_then) {
  speak();
  const base::PeerId relay = a_relay();
  room.lose(number(relay));
  keeper.handle_map_changed(Change::kFailure, now);
  EXPECT_EQ(keeper.next_deadline(), now + Duration::ms(50));
  now = now + Duration::ms(49);
  EXPECT_FALSE(poll());
  now = now + Duration::ms(1);
  ASSERT_TRUE(poll());
  EXPECT_EQ(plan().seats.size(), 10U);
  EXPECT_FALSE(plan().seat_of(relay));
}

TEST_F(Keeper, patches_100_ms_after_a_join_or_a_leave_and_counts_from_the_first) {
  speak();
  keeper.handle_map_changed(Change::kLeave, now);
  EXPECT_EQ(keeper.next_deadline(), now + Duration::ms(100));
  now = now + Duration::ms(60);
  keeper.handle_map_changed(Change::kJoin, now);
  EXPECT_EQ(keeper.next_deadline(), now + Duration::ms(40));
}

TEST_F(Keeper, what_changed_in_silence_is_planned_with_the_next_frame) {
  speak();
  now = now + kAwakeFor;
  room.lose(5);
  keeper.handle_map_changed(Change::kFailure, now);
  EXPECT_TRUE(keeper.next_deadline().is_never());
  EXPECT_FALSE(poll());
  now = now + Duration::s(60);
  ASSERT_TRUE(speak());
  EXPECT_FALSE(plan().seat_of(RoomDraw::id(5)));
}

TEST_F(Keeper, a_patch_that_silence_overtook_is_not_forgotten) {
  speak();
  now = now + kAwakeFor - Duration::ms(30);
  room.lose(5);
  keeper.handle_map_changed(Change::kFailure, now);
  EXPECT_TRUE(keeper.next_deadline().is_never());
  now = now + Duration::s(1);
  ASSERT_TRUE(speak());
  EXPECT_FALSE(plan().seat_of(RoomDraw::id(5)));
}

TEST_F(Keeper, optimises_for_a_gain_of_ten_per_cent_and_ten_seconds_apart) {
  speak();
  const base::PeerId relay = a_relay();
  for (std::size_t other = 0; other < room.size(); ++other) {
    if (RoomDraw::id(other) != relay) room.link(number(relay), other, Duration::ms(400));
  }
  keeper.handle_map_changed(Change::kOther, now);
  EXPECT_EQ(speak_for(Duration::s(9)), 0U);
  EXPECT_EQ(speak_for(Duration::s(2)), 1U);
  EXPECT_TRUE(plan().children_of(relay).empty());

  room.link_everybody(Duration::ms(40));
  for (std::size_t other = 0; other < room.size(); ++other) {
    if (other != 1) room.link(1, other, Duration::ms(1));
  }
  keeper.handle_map_changed(Change::kOther, now);
  EXPECT_EQ(speak_for(Duration::s(8)), 0U);
  EXPECT_EQ(speak_for(Duration::s(3)), 1U);
}

TEST_F(Keeper, a_plan_begins_at_once_only_if_it_mends_something) {
  speak();
  EXPECT_EQ(keeper.lead(), 0U);
  const base::PeerId relay = a_relay();
  for (std::size_t other = 0; other < room.size(); ++other) {
    if (RoomDraw::id(other) != relay) room.link(number(relay), other, Duration::ms(400));
  }
  keeper.handle_map_changed(Change::kOther, now);
  ASSERT_EQ(speak_for(Duration::s(11)), 1U);
  EXPECT_EQ(keeper.lead(), TreeKeeper::kLeadFrames);

  complain(plan().children_of(a_relay())[0], a_relay());
  ASSERT_GE(speak_for(Duration::ms(200)), 1U);
  EXPECT_EQ(keeper.lead(), 0U);

  room.lose(number(a_relay()));
  keeper.handle_map_changed(Change::kFailure, now);
  ASSERT_EQ(speak_for(Duration::ms(200)), 1U);
  EXPECT_EQ(keeper.lead(), 0U);
}

TEST_F(Keeper, whoever_had_no_seat_does_not_wait_for_one) {
  const base::PeerId newcomer = RoomDraw::id(5);
  for (std::size_t other = 0; other < room.size(); ++other) room.cut(5, other);
  speak();
  ASSERT_FALSE(plan().seat_of(newcomer));
  room.link_everybody(Duration::ms(40));
  keeper.handle_map_changed(Change::kJoin, now);
  ASSERT_EQ(speak_for(Duration::ms(200)), 1U);
  EXPECT_TRUE(plan().seat_of(newcomer));
  EXPECT_EQ(keeper.lead(), 0U);
}

TEST_F(Keeper, does_not_disturb_a_room_for_a_small_gain) {
  speak();
  const base::PeerId relay = a_relay();
  for (const base::PeerId& child : plan().children_of(relay)) room.link(number(relay), number(child), Duration::ms(44));
  keeper.handle_map_changed(Change::kOther, now);
  EXPECT_EQ(speak_for(Duration::s(30)), 0U);
}

TEST_F(Keeper, a_tree_that_a_block_tore_is_mended_for_a_small_gain_until_there_is_none) {
  speak();
  const base::PeerId relay = a_relay();
  const std::vector<base::PeerId> children = plan().children_of(relay);
  for (const base::PeerId& child : children) room.link(number(relay), number(child), Duration::ms(56));
  const auto leaf = std::find_if(keeper.current().seats.begin(), keeper.current().seats.end(), [&](const wire::Seat& seat) {
    return plan().children_of(seat.listener).empty() && plan().parent_of(seat.listener) != relay;
  });
  keeper.set_no_send({leaf->listener}, now);
  ASSERT_TRUE(poll());
  EXPECT_EQ(plan().children_of(relay), children);  // the patch moved nobody else
  EXPECT_EQ(speak_for(Duration::s(30)), 1U);
  EXPECT_NE(plan().children_of(relay), children);
  keeper.handle_map_changed(Change::kOther, now);
  EXPECT_EQ(speak_for(Duration::s(30)), 0U);  // as good as it can be
  for (const base::PeerId& child : plan().children_of(a_relay())) room.link(number(a_relay()), number(child), Duration::ms(48));
  keeper.handle_map_changed(Change::kOther, now);
  EXPECT_EQ(speak_for(Duration::s(30)), 0U);
}

TEST_F(Keeper, what_fell_due_after_the_last_word_waits_for_the_next_and_leaves_no_deadline_in_the_past) {
  speak();
  keeper.handle_map_changed(Change::kFailure, now);
  now = now + kAwakeFor + Duration::ms(10);  // a tab that was throttled
  EXPECT_FALSE(poll());
  EXPECT_TRUE(keeper.next_deadline().is_never());
  room.link(0, 1, Duration::ms(1));
  speak();
  EXPECT_TRUE(keeper.next_deadline() > now);
}

TEST_F(Keeper, a_relay_that_asks_for_nothing_carries_nothing_from_now_on) {
  speak();
  const base::PeerId relay = a_relay();
  keeper.set_no_send({relay}, now);
  ASSERT_TRUE(poll());
  EXPECT_TRUE(plan().children_of(relay).empty());
  EXPECT_EQ(plan().parent_of(relay), RoomDraw::id(0));
  EXPECT_EQ(keeper.lead(), 0U);
  keeper.set_no_send({}, now);
  poll();
  EXPECT_TRUE(plan().seat_of(relay));
}

TEST_F(Keeper, a_smaller_uplink_sheds_children) {
  speak();
  keeper.handle_budget_changed(2, 0, now);
  now = now + TreeKeeper::kPatchAfterChange;
  ASSERT_TRUE(poll());
  EXPECT_EQ(plan().children_of(RoomDraw::id(0)).size(), 2U);
  EXPECT_EQ(keeper.lead(), 0U);
}

TEST_F(Keeper, a_complaint_gives_the_listener_another_parent_for_30_seconds) {
  speak();
  const base::PeerId relay = a_relay();
  const base::PeerId listener = plan().children_of(relay)[0];
  complain(listener, relay);
  now = now + TreeKeeper::kPatchAfterFailure;
  ASSERT_TRUE(poll());
  EXPECT_NE(plan().parent_of(listener), relay);
  EXPECT_FALSE(plan().children_of(relay).empty());
  EXPECT_EQ(keeper.input().avoided_links.size(), 1U);
  speak_for(TreeKeeper::kAvoidSilent + Duration::s(1));
  EXPECT_TRUE(keeper.input().avoided_links.empty());
}

// An only child's word counts nothing against its relay for others, who may sit below it still; so must the child not.
TEST_F(Keeper, whoever_complained_hangs_nowhere_below_the_accused_for_30_seconds_and_nobody_else_is_moved) {
  for (const std::uint8_t copies_max : std::vector<std::uint8_t>{1, 2, 8}) {
    for (std::size_t relay = 1; relay < room.size(); ++relay) {
      for (std::size_t peer = 1; peer < room.size(); ++peer) room.record(peer).copies_max = copies_max;
      keeper = TreeKeeper(RoomDraw::id(0), kRun, 2);
      speak();
      if (plan().children_of(RoomDraw::id(relay)).empty()) continue;
      const base::PeerId listener = plan().children_of(RoomDraw::id(relay))[0];
      const wire::TreePlan before = plan();
      complain(listener, RoomDraw::id(relay));
      now = now + TreeKeeper::kPatchAfterFailure;
      ASSERT_TRUE(poll());
      EXPECT_FALSE(is_above(RoomDraw::id(relay), listener));
      for (const wire::Seat& seat : before.seats) {
        if (seat.listener == listener) continue;
        EXPECT_EQ(plan().parent_of(seat.listener), before.peer_at(seat.parent));
      }
      const Map map = room.map();
      for (const Instant end = now + TreeKeeper::kAvoidSilent - Duration::s(1); now < end; now = now + Duration::s(1)) {
        keeper.handle_map_changed(Change::kFailure, now);
        keeper.handle_spoke(now);
        keeper.poll(map, now);
        ASSERT_FALSE(is_above(RoomDraw::id(relay), listener));
      }
    }
  }
}

TEST_F(Keeper, a_relay_of_whom_half_its_children_complain_carries_nothing_for_30_seconds) {
  speak();
  const base::PeerId relay = a_relay();
  const auto children = plan().children_of(relay);
  for (std::size_t i = 0; i < (children.size() + 1) / 2 || i < 2; ++i) complain(children[i], relay);
  now = now + TreeKeeper::kPatchAfterFailure;
  ASSERT_TRUE(poll());
  EXPECT_TRUE(plan().children_of(relay).empty());
  EXPECT_TRUE(plan().seat_of(relay));
  speak_for(TreeKeeper::kAvoidSilent + Duration::s(1));
  EXPECT_TRUE(keeper.input().avoided_relays.empty());
}

TEST_F(Keeper, complaints_of_one_after_another_add_up_though_the_first_was_moved_away) {
  speak();
  const base::PeerId relay = a_relay();
  const auto children = plan().children_of(relay);
  for (std::size_t i = 0; i < (children.size() + 1) / 2 || i < 2; ++i) {
    EXPECT_TRUE(keeper.input().avoided_relays.empty());
    complain(children[i], relay);
    now = now + TreeKeeper::kPatchAfterFailure;
    poll();
  }
  EXPECT_EQ(keeper.input().avoided_relays, std::vector{relay});
}

TEST_F(Keeper, a_forger_is_left_at_once_and_for_five_minutes) {
  speak();
  const base::PeerId relay = a_relay();
  const base::PeerId listener = plan().children_of(relay)[0];
  complain(listener, relay, Reason::kForged);
  ASSERT_TRUE(poll());
  EXPECT_NE(plan().parent_of(listener), relay);
  speak_for(Duration::s(299));
  EXPECT_EQ(keeper.input().avoided_links.size(), 1U);
  speak_for(Duration::s(2));
  EXPECT_TRUE(keeper.input().avoided_links.empty());
}

TEST_F(Keeper, a_complaint_that_new_plans_overtook_counts_while_it_holds_of_the_newest) {
  speak();
  const base::PeerId relay = a_relay();
  const base::PeerId listener = plan().children_of(relay)[0];
  keeper.handle_complaint(listener, {kRun, keeper.epoch() - 1, relay, Reason::kSilent}, now);
  EXPECT_EQ(keeper.input().avoided_links.size(), 1U);
}

TEST_F(Keeper, overlooks_complaints_of_plans_to_come_and_of_who_serves_somebody_else) {
  speak();
  const base::PeerId relay = a_relay();
  const base::PeerId listener = plan().children_of(relay)[0];
  keeper.handle_complaint(listener, {kRun, keeper.epoch() + 1, relay, Reason::kSilent}, now);
  keeper.handle_complaint(listener, {{kRun.started_ms - 1}, keeper.epoch(), relay, Reason::kSilent}, now);
  complain(RoomDraw::id(99), relay);
  complain(listener, plan().children_of(relay)[1]);
  EXPECT_TRUE(keeper.input().avoided_links.empty());
}

TEST_F(Keeper, nobody_alone_can_wreck_a_plan_by_complaining_of_everybody) {
  speak();
  const base::PeerId liar = RoomDraw::id(11);
  for (int i = 0; i < 100; ++i) {
    complain(liar, plan().parent_of(liar), Reason::kForged);
    now = now + Duration::ms(60);
    speak();
  }
  EXPECT_EQ(keeper.input().avoided_links.size(), TreeKeeper::kComplaintsMax);
  EXPECT_TRUE(keeper.input().avoided_relays.empty());
  for (const auto& [about, listener] : keeper.input().avoided_links) EXPECT_EQ(listener, liar);
}

// A listener that has banned a fifth for a forgery would otherwise stay below it: it hears nothing of what it is brought.
TEST_F(Keeper, of_more_complaints_than_it_remembers_the_newest_of_a_forgery_counts) {
  keeper.handle_budget_changed(6, 0, now);
  speak();
  const base::PeerId listener = RoomDraw::id(11);
  std::vector<base::PeerId> accused;
  for (std::size_t i = 0; i <= TreeKeeper::kComplaintsMax; ++i) {
    accused.push_back(plan().parent_of(listener));
    complain(listener, accused.back(), Reason::kForged);
    now = now + Duration::ms(60);
    speak();
  }
  const auto is_avoided = [&](const base::PeerId& about) {
    const auto& avoided = keeper.input().avoided_links;
    return std::find(avoided.begin(), avoided.end(), std::make_pair(about, listener)) != avoided.end();
  };
  EXPECT_TRUE(is_avoided(accused.back()));
  EXPECT_FALSE(is_avoided(accused.front()));

  complain(listener, plan().parent_of(listener), Reason::kSilent);
  EXPECT_TRUE(is_avoided(accused[1])) << "silence is forgiven sooner, and pushes out no forgery";
}

TEST_F(Keeper, hangs_nobody_below_a_neighbour_that_is_silent_while_others_have_room) {
  speak();
  const base::PeerId relay = a_relay();
  ASSERT_NE(relay, base::PeerId{});
  keeper.set_doubtful({relay}, now);
  now = now + TreeKeeper::kPatchAfterFailure;
  ASSERT_TRUE(poll());
  EXPECT_EQ(keeper.lead(), 0U) << "somebody may hear nothing";
  EXPECT_TRUE(plan().children_of(relay).empty());
  EXPECT_NE(plan().seat_of(relay), nullptr) << "it may live all the same";
}

TEST_F(Keeper, plans_nothing_in_haste_when_a_silent_neighbour_speaks_again) {
  speak();
  keeper.set_doubtful({a_relay()}, now);
  now = now + TreeKeeper::kPatchAfterFailure;
  ASSERT_TRUE(poll());
  keeper.set_doubtful({}, now);
  now = now + TreeKeeper::kPatchAfterChange;
  EXPECT_FALSE(speak());
}

}  // namespace
}  // namespace grove::overlay
