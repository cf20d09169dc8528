#include "overlay/tree_links.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "overlay/coordinate.h"
#include "overlay/room_draw.h"

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;

constexpr std::uint8_t kSure = 10;

// People in towns far from each other, all of whom say where they are; linked in a ring and nowhere else.
RoomDraw ring_of_towns(std::size_t people, std::uint64_t seed) {
  base::Random random(seed);
  RoomDraw room(people);
  for (std::size_t i = 0; i < people; ++i) {
    const auto near = [&](std::size_t middle) { return static_cast<std::int16_t>(middle + random.below(100)); };
    room.record(i).coordinate = {{near(500 * (i % 4)), near(700 * (i % 3)), near(0)}, static_cast<std::uint16_t>(random.below(100)), kSure};
  }
  for (std::size_t i = 0; i < people; ++i) {
    const std::size_t next = (i + 1) % people;
    room.link(i, next, distance(room.record(i).coordinate, room.record(next).coordinate));
  }
  return room;
}

// One peer that looks on, in its own time.
struct Onlooker {
  explicit Onlooker(std::size_t place, std::uint64_t seed = 1) : self(place), links(seed) {}

  // One whole look, as the node drives it; the number of plans that it took.
  std::size_t look(const RoomDraw& room, std::vector<std::pair<PeerId, PeerId>> avoided = {}) {
    const Graph graph = room.graph();
    std::size_t plans = 0;
    do {
      while (!links.is_due(room.size() - 1, kSure, now)) now = std::max(links.next_deadline(), now + Duration::ms(1));
      links.look(graph, {RoomDraw::id(self), 8, {}, avoided}, now);
      ++plans;
    } while (links.next_deadline() <= now + TreeLinks::kBetweenPlans);
    return plans;
  }

  std::size_t self;
  TreeLinks links;
  Instant now = Instant::from_us(1'000'000);
};

TEST(TreeLinks, are_the_same_for_the_same_room_whoever_s_seed_it_is) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const RoomDraw room = ring_of_towns(*rc::gen::inRange<std::size_t>(33, 60), seed);
    Onlooker one(3, 1), other(3, 2);
    one.look(room);
    other.look(room);
    RC_ASSERT(one.links.peers() == other.links.peers());
  }));
}

TEST(TreeLinks, are_few_sorted_and_never_oneself) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const RoomDraw room = ring_of_towns(*rc::gen::inRange<std::size_t>(2, 60), seed);
    Onlooker onlooker(1);
    onlooker.look(room);
    const auto& peers = onlooker.links.peers();
    RC_ASSERT(!peers.empty());
    RC_ASSERT(peers.size() <= TreeLinks::kChildren + TreeLinks::kTreesOfOthers);
    RC_ASSERT(std::is_sorted(peers.begin(), peers.end()));
    RC_ASSERT(std::set<PeerId>(peers.begin(), peers.end()).size() == peers.size());
    RC_ASSERT(!std::binary_search(peers.begin(), peers.end(), RoomDraw::id(1)));
  }));
}

TEST(TreeLinks, are_no_more_than_the_own_uplink_serves_and_whoever_serves_us) {
  RoomDraw room = ring_of_towns(60, 5);
  Onlooker rich(1);
  rich.look(room);
  Onlooker poor(1);
  const Graph graph = room.graph();
  do {
    while (!poor.links.is_due(59, kSure, poor.now)) poor.now = poor.links.next_deadline();
    poor.links.look(graph, {RoomDraw::id(1), 1}, poor.now);
  } while (poor.links.next_deadline() <= poor.now + TreeLinks::kBetweenPlans);
  EXPECT_LE(poor.links.peers().size(), 1 + TreeLinks::kTreesOfOthers);
  EXPECT_GT(rich.links.peers().size(), poor.links.peers().size());
}

// What they are for: where everybody is linked to those alone, and the ring, the way to everybody is short.
TEST(TreeLinks, of_everybody_make_a_room_whose_trees_are_nearly_those_of_a_full_mesh) {
  RoomDraw room = ring_of_towns(60, 7);
  RoomDraw with_links = room;
  for (std::size_t i = 0; i < room.size(); ++i) {
    Onlooker onlooker(i);
    onlooker.look(room);
    for (std::size_t j = 0; j < room.size(); ++j) {
      const auto& peers = onlooker.links.peers();
      if (!std::binary_search(peers.begin(), peers.end(), RoomDraw::id(j))) continue;
      with_links.link(i, j, distance(room.record(i).coordinate, room.record(j).coordinate));
    }
  }
  RoomDraw mesh = room;
  for (std::size_t i = 0; i < room.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) mesh.link(i, j, distance(room.record(i).coordinate, room.record(j).coordinate));
  }
  const auto mean_delay = [](const RoomDraw& draw) {
    const Graph graph = draw.graph();
    Duration sum;
    for (std::size_t source = 0; source < draw.size(); ++source) {
      const Planned planned = plan_tree(graph, {RoomDraw::id(source), 8});
      EXPECT_TRUE(planned.unreached.empty());
      sum = sum + planned.mean_delay;
    }
    return sum / static_cast<std::int64_t>(draw.size());
  };
  const Duration best = mean_delay(mesh);
  RecordProperty("mesh_us", std::to_string(best.in_us()));
  RecordProperty("tree_links_us", std::to_string(mean_delay(with_links).in_us()));
  EXPECT_LE(mean_delay(with_links) * 100, best * 120);
  EXPECT_GT(mean_delay(room), best * 2);
}

TEST(TreeLinks, pass_over_whoever_cannot_be_had_and_find_somebody_else) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const RoomDraw room = ring_of_towns(40, seed);
    Onlooker before(0);
    before.look(room);
    std::vector<std::pair<PeerId, PeerId>> avoided;
    for (const PeerId& peer : before.links.peers()) {
      const bool is_linked = room.graph().link(0, *room.graph().find(peer));
      if (!is_linked) avoided.emplace_back(RoomDraw::id(0), peer);
    }
    Onlooker after(0);
    after.look(room, avoided);
    RC_ASSERT(!after.links.peers().empty());
    for (const auto& [self, peer] : avoided) {
      RC_ASSERT(!std::binary_search(after.links.peers().begin(), after.links.peers().end(), peer));
    }
  }));
}

TEST(TreeLinks, whoever_knows_nothing_of_where_it_is_looks_all_the_same_in_the_end) {
  TreeLinks links(1);
  Instant now = Instant::from_us(1'000'000);
  const Instant began = now;
  while (!links.is_due(40, 100, now)) {
    EXPECT_GT(links.next_deadline(), now);
    now = links.next_deadline();
  }
  EXPECT_GE(now, began + TreeLinks::kUnsureFor);
  EXPECT_LE(now, began + TreeLinks::kUnsureFor + TreeLinks::kCalmFor);
  EXPECT_FALSE(links.has_looked());
}

TEST(TreeLinks, a_look_is_one_plan_at_a_time_and_ever_more_seldom_while_the_room_stays_the_same) {
  const RoomDraw room = ring_of_towns(40, 3);
  Onlooker onlooker(0);
  EXPECT_EQ(onlooker.look(room), 1 + TreeLinks::kTreesOfOthers);
  EXPECT_TRUE(onlooker.links.has_looked());
  Duration pause = onlooker.links.next_deadline() - onlooker.now;
  for (int i = 0; i < 6; ++i) {
    onlooker.look(room);
    const Duration next = onlooker.links.next_deadline() - onlooker.now;
    if (pause * 2 < TreeLinks::kPauseMax) {
      EXPECT_GT(next * 5, pause * 4);
    }
    EXPECT_LE(next, TreeLinks::kPauseMax * 5 / 4);
    pause = next;
  }
  EXPECT_GE(pause, TreeLinks::kPauseMax / 2);
}

TEST(TreeLinks, newcomers_make_it_look_again_when_they_have_all_come_but_a_single_one_does_not) {
  const RoomDraw room = ring_of_towns(60, 3);
  Onlooker onlooker(0);
  for (int i = 0; i < 4; ++i) onlooker.look(room);
  const Instant calm = onlooker.links.next_deadline();
  EXPECT_FALSE(onlooker.links.is_due(room.size(), kSure, onlooker.now));
  EXPECT_EQ(onlooker.links.next_deadline(), calm);
  // Six more, one a second.
  Instant last = onlooker.now;
  for (std::size_t people = room.size(); people < room.size() + 8; ++people) {
    EXPECT_FALSE(onlooker.links.is_due(people, kSure, last));
    last = last + Duration::s(1);
  }
  EXPECT_GT(onlooker.links.next_deadline(), last);
  EXPECT_LE(onlooker.links.next_deadline(), last + TreeLinks::kCalmFor * 2);
}

TEST(TreeLinks, while_people_stream_in_without_end_it_looks_all_the_same) {
  TreeLinks links(4);
  const Instant began = Instant::from_us(1'000'000);
  Instant now = began;
  for (std::size_t people = 33; !links.is_due(people, kSure, now); ++people) {
    now = now + Duration::ms(500);
    ASSERT_LT(now, began + TreeLinks::kStaleMax + TreeLinks::kCalmFor * 2);
  }
}

}  // namespace
}  // namespace grove::overlay
