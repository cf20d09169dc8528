// What travels as what changed: it is taken only if the whole that comes of it is signed, and else the whole is asked for.
#include <gtest/gtest.h>

#include <algorithm>

#include "node/node.h"
#include "node/test_room.h"
#include "wire/link_message.h"

namespace grove::node {
namespace {

using base::Duration;

// docs/protocol.md §3 and §4.
constexpr std::uint8_t kRecord = 0x10, kPlan = 0x12, kWant = 0x16, kPlanRequest = 0x1c, kDelta = 0x21, kPlanDelta = 0x24;
constexpr std::size_t kDeltaFlagsAt = 2 + 12 + 1;

struct GossipTest : testing::Test {
  TestRoom room{1};
  std::size_t ada = room.enter("Ada");
  std::size_t bob = room.enter("Bob");
  std::vector<std::pair<std::size_t, Bytes>> sent;  // by whom
  std::uint8_t dropped_type = 0;                    // of Ada's

  void SetUp() override {
    room.run_for(Duration::s(3));
    room.lets_pass = [&](std::size_t from, Channel channel, const Bytes& message) {
      if (channel == Channel::kControl) sent.emplace_back(from, message);
      return from != ada || message[1] != dropped_type;
    };
  }
  std::size_t count(std::size_t from, std::uint8_t type) const {
    return static_cast<std::size_t>(
        std::count_if(sent.begin(), sent.end(), [&](const auto& s) { return s.first == from && s.second[1] == type; }));
  }
  Bytes last(std::size_t from, std::uint8_t type) const {
    const auto found = std::find_if(sent.rbegin(), sent.rend(), [&](const auto& s) { return s.first == from && s.second[1] == type; });
    return found == sent.rend() ? Bytes{} : found->second;
  }
  LinkId link_to_ada() { return room.person(bob).wires.begin()->first; }
  bool bob_sees_ada_muted() { return room.person(bob).muted.begin()->second; }
  void mute_ada(bool is_muted = true) {
    room.command(ada, [&](Node& node) { node.set_muted(is_muted, room.now()); });
  }
};

TEST_F(GossipTest, a_change_travels_as_what_changed) {
  mute_ada();
  room.run_for(Duration::ms(100));
  EXPECT_TRUE(bob_sees_ada_muted());
  EXPECT_EQ(count(ada, kDelta), 1U);
  EXPECT_EQ(count(ada, kRecord), 0U);
  EXPECT_EQ(count(bob, kWant), 0U);
}

TEST_F(GossipTest, a_delta_that_its_author_did_not_sign_changes_nothing_and_the_whole_is_asked_for) {
  dropped_type = kDelta;
  mute_ada();
  room.run_for(Duration::ms(100));
  Bytes forged = last(ada, kDelta);
  ASSERT_FALSE(forged.empty());
  forged[kDeltaFlagsAt] ^= 3;  // not muted, and at the door
  const auto refused = room.person(bob).node->stats().messages_refused;
  room.inject_on_link(bob, link_to_ada(), Channel::kControl, forged);
  EXPECT_FALSE(bob_sees_ada_muted());
  EXPECT_EQ(room.person(bob).node->stats().messages_refused, refused + 1);
  room.run_for(Duration::ms(100));
  EXPECT_EQ(count(bob, kWant), 1U);
  EXPECT_EQ(count(ada, kRecord), 1U) << "a delta would fail again";
  EXPECT_TRUE(bob_sees_ada_muted());
}

TEST_F(GossipTest, whoever_lacks_the_base_of_a_delta_asks) {
  dropped_type = kDelta;
  mute_ada(true);
  room.run_for(Duration::ms(1100));
  const Bytes missed = last(ada, kDelta);
  ASSERT_FALSE(missed.empty());
  mute_ada(false);
  room.command(ada, [&](Node& node) { node.set_role(wire::Role::kPhone, room.now()); });
  room.run_for(Duration::ms(100));
  const Bytes next = last(ada, kDelta);
  ASSERT_NE(next, missed);
  dropped_type = 0;
  room.inject_on_link(bob, link_to_ada(), Channel::kControl, next);
  room.run_for(Duration::ms(100));
  EXPECT_EQ(count(bob, kWant), 1U);
  const auto role_of_ada = [&] {
    const auto peers = room.person(bob).node->view().peers;
    return std::find_if(peers.begin(), peers.end(), [](const auto& peer) { return peer.name == "Ada"; })->role;
  };
  EXPECT_EQ(role_of_ada(), wire::Role::kPhone);
  sent.clear();
  mute_ada(true);
  room.run_for(Duration::ms(1100));
  EXPECT_EQ(count(bob, kWant), 0U) << "it has the base again";
  EXPECT_TRUE(bob_sees_ada_muted());
}

TEST_F(GossipTest, what_got_lost_the_hashes_find) {
  dropped_type = kDelta;
  mute_ada();
  room.run_for(Duration::ms(100));
  EXPECT_FALSE(bob_sees_ada_muted());
  dropped_type = 0;
  room.run_for(Duration::s(6));
  EXPECT_TRUE(bob_sees_ada_muted());
}

TEST_F(GossipTest, a_plan_that_changes_travels_as_what_changed) {
  room.speak(ada, 1);
  room.run_for(Duration::ms(100));
  EXPECT_EQ(count(ada, kPlan), 1U);
  room.enter("Cid");
  for (int i = 0; i < 100; ++i) {
    room.speak(ada, 1);
    room.run_for(Duration::ms(20));
  }
  room.run_for(Duration::ms(100));
  EXPECT_GE(count(ada, kPlanDelta), 1U);
  EXPECT_EQ(count(bob, kPlanRequest), 0U);
  EXPECT_EQ(room.person(bob).heard.size(), 101U);
  EXPECT_EQ(room.person(bob).node->view().trees.at(0).seats.size(), 2U);
}

TEST_F(GossipTest, a_plan_delta_that_its_source_did_not_sign_changes_nothing_and_the_whole_is_asked_for) {
  room.speak(ada, 1);
  room.run_for(Duration::ms(100));
  dropped_type = kPlanDelta;
  room.enter("Cid");
  for (int i = 0; i < 100; ++i) {
    room.speak(ada, 1);
    room.run_for(Duration::ms(20));
  }
  Bytes forged = last(ada, kPlanDelta);
  ASSERT_FALSE(forged.empty());
  forged.back() ^= 1;
  const auto seats = [&] { return room.person(bob).node->view().trees.at(0).seats.size(); };
  EXPECT_EQ(seats(), 1U);
  const auto requests = count(bob, kPlanRequest);
  room.inject_on_link(bob, link_to_ada(), Channel::kControl, forged);
  EXPECT_EQ(seats(), 1U);
  room.run_for(Duration::ms(200));
  EXPECT_EQ(count(bob, kPlanRequest), requests + 1);
  EXPECT_EQ(seats(), 2U);
}

}  // namespace
}  // namespace grove::node
