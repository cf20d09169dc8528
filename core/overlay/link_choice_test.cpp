#include "overlay/link_choice.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "base/random.h"
#include "overlay/coordinate.h"

namespace grove::overlay {
namespace {

using base::PeerId;

PeerId random_id(base::Random& random) {
  PeerId id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random.next());
  return id;
}

wire::Coordinate random_place(base::Random& random) {
  return {{static_cast<std::int16_t>(random.below(2'000)), static_cast<std::int16_t>(random.below(2'000)), 0},
          static_cast<std::uint16_t>(20 + random.below(200)),
          10};
}

constexpr wire::Coordinate kMiddle{{1'000, 1'000, 0}, 50, 10};

std::vector<Prospect> room(std::size_t size, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<Prospect> prospects;
  for (std::size_t i = 0; i < size; ++i) {
    Prospect& p = prospects.emplace_back(Prospect{.peer = random_id(random), .coordinate = random_place(random), .delay = {}});
    p.delay = distance(kMiddle, p.coordinate);
  }
  return prospects;
}

std::vector<PeerId> all_of(const Choice& choice) {
  std::vector<PeerId> all = choice.ring;
  for (const auto* group : {&choice.wished, &choice.near, &choice.far}) all.insert(all.end(), group->begin(), group->end());
  return all;
}

bool contains(const std::vector<PeerId>& ids, const PeerId& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

const PeerId kSelf{{99}};

TEST(LinkChoice, in_a_large_room_fills_every_place_once) {
  const Choice choice = choose_links(kSelf, room(100, 1), {});
  EXPECT_EQ(choice.ring.size(), kRingLinks);
  EXPECT_EQ(choice.near.size(), kNearLinks);
  const auto all = all_of(choice);
  EXPECT_EQ(all.size(), kLinksTarget);
  EXPECT_EQ(std::set<PeerId>(all.begin(), all.end()).size(), all.size());
}

TEST(LinkChoice, both_ends_agree_on_the_rings) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    base::Random random(seed);
    std::vector<PeerId> ids;
    for (std::size_t i = 0; i < 40; ++i) ids.push_back(random_id(random));
    const auto ring_of = [&](const PeerId& self) {
      std::vector<Prospect> others;
      for (const PeerId& id : ids) {
        if (id != self) others.push_back(Prospect{.peer = id, .coordinate = {}, .delay = {}});
      }
      return ring_links(self, others);
    };
    // The rings share no links, so a neighbour on two of them is passed over on the second: few pairs differ.
    std::size_t one_sided = 0;
    for (const PeerId& id : ids) {
      for (const PeerId& next : ring_of(id)) one_sided += contains(ring_of(next), id) ? 0U : 1U;
    }
    RC_ASSERT(one_sided <= ids.size());
    // The first ring is symmetric always, which alone keeps the graph whole.
    std::sort(ids.begin(), ids.end());
    for (std::size_t i = 0; i < ids.size(); ++i) {
      RC_ASSERT(contains(ring_of(ids[i]), ids[(i + 1) % ids.size()]));
      RC_ASSERT(contains(ring_of(ids[(i + 1) % ids.size()]), ids[i]));
    }
  }));
}

TEST(LinkChoice, most_wished_for_links_come_before_less_wished_for_ones) {
  auto prospects = room(100, 2);
  for (std::size_t i = 0; i < 40; ++i) prospects[i].wishes = i;
  const Choice choice = choose_links(kSelf, prospects, {});
  EXPECT_EQ(choice.wished.size(), kWishedLinks);
  std::size_t least = 40;
  std::size_t passed_over = 0;
  for (const Prospect& p : prospects) {
    if (contains(choice.wished, p.peer)) least = std::min(least, p.wishes);
    if (!contains(choice.wished, p.peer) && !contains(choice.ring, p.peer)) passed_over = std::max(passed_over, p.wishes);
  }
  EXPECT_GT(least, passed_over);
}

TEST(LinkChoice, a_near_one_is_left_only_for_something_clearly_nearer) {
  auto prospects = room(100, 3);
  const Choice first = choose_links(kSelf, prospects, {});
  for (Prospect& p : prospects) p.is_open = p.was_near = contains(first.near, p.peer);
  const auto farthest = std::find_if(prospects.begin(), prospects.end(), [&](const auto& p) { return p.peer == first.near.back(); });
  const auto newcomer = std::find_if(prospects.begin(), prospects.end(), [&](const auto& p) {
    return !contains(first.ring, p.peer) && !contains(first.near, p.peer);
  });
  newcomer->delay = *farthest->delay * 9 / 10;
  EXPECT_EQ(choose_links(kSelf, prospects, {}).near, first.near);
  newcomer->delay = *farthest->delay / 2;
  EXPECT_TRUE(contains(choose_links(kSelf, prospects, {}).near, newcomer->peer));
}

TEST(LinkChoice, links_that_the_other_end_keeps_fill_places) {
  auto prospects = room(100, 4);
  for (std::size_t i = 0; i < 10; ++i) prospects[i].is_open = prospects[i].is_wanted_by_it = true;
  const auto all = all_of(choose_links(kSelf, prospects, {}));
  std::set<PeerId> links(all.begin(), all.end());
  for (std::size_t i = 0; i < 10; ++i) links.insert(prospects[i].peer);
  EXPECT_EQ(links.size(), kLinksTarget);
}

TEST(LinkChoice, whoever_failed_is_tried_beside_the_others_and_whoever_is_full_not_at_all) {
  auto prospects = room(100, 5);
  const Choice before = choose_links(kSelf, prospects, {});
  for (Prospect& p : prospects) p.is_doubtful = contains(before.near, p.peer);
  EXPECT_EQ(choose_links(kSelf, prospects, {}).near.size(), 2 * kNearLinks);
  for (Prospect& p : prospects) p.is_full = contains(before.near, p.peer);
  for (const PeerId& peer : all_of(choose_links(kSelf, prospects, {}))) EXPECT_FALSE(contains(before.near, peer));
}

// The sum of our ways to all, over one hop at most.
std::int64_t ways_us(const std::vector<Prospect>& prospects, const std::vector<PeerId>& links) {
  std::int64_t sum = 0;
  for (const Prospect& to : prospects) {
    std::int64_t best = 10'000'000;
    for (const Prospect& over : prospects) {
      if (!contains(links, over.peer)) continue;
      const auto rest = over.peer == to.peer ? base::Duration{} : base::Duration::ms(28) + distance(over.coordinate, to.coordinate);
      best = std::min(best, (*over.delay + rest).in_us() / 2);
    }
    sum += best;
  }
  return sum;
}

TEST(LinkChoice, far_links_make_shorter_ways_than_random_ones) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto prospects = room(100, seed);
    const Choice choice = choose_links(kSelf, prospects, {});
    std::vector<PeerId> random = choice.ring;
    random.insert(random.end(), choice.near.begin(), choice.near.end());
    for (const Prospect& p : prospects) {
      if (random.size() < kLinksTarget && !contains(random, p.peer)) random.push_back(p.peer);
    }
    EXPECT_LT(ways_us(prospects, all_of(choice)), ways_us(prospects, random));
  }
}

TEST(LinkChoice, improves_one_link_at_a_time_until_nothing_is_worth_it) {
  auto prospects = room(100, 6);
  // Begun without knowing where anybody is.
  auto blind = prospects;
  for (Prospect& p : blind) p.delay.reset();
  std::vector<PeerId> links = all_of(choose_links(kSelf, blind, {}));
  std::vector<PeerId> far = choose_links(kSelf, blind, {}).far;
  int steps = 0;
  for (; steps < 100; ++steps) {
    for (Prospect& p : prospects) {
      p.was_far = contains(far, p.peer);
      p.is_open = contains(links, p.peer);
    }
    const Choice next = choose_links(kSelf, prospects, {.may_improve = true});
    std::size_t fresh = 0;
    for (const PeerId& peer : next.far) fresh += contains(far, peer) ? 0U : 1U;
    EXPECT_LE(fresh, steps == 0 ? kLinksTarget : 1U);
    const bool is_done = next.far == far;
    far = next.far;
    links = all_of(next);
    if (is_done) break;
  }
  EXPECT_LT(steps, 40);
  EXPECT_LT(ways_us(prospects, links), ways_us(prospects, all_of(choose_links(kSelf, blind, {}))));
}

TEST(LinkChoice, in_any_room_takes_nobody_twice_and_no_more_than_the_places) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    auto prospects = room(*rc::gen::inRange<std::size_t>(0, 60), seed);
    for (Prospect& p : prospects) {
      const auto dice = *rc::gen::inRange(0, 1'024);
      if (dice & 1) p.delay.reset();
      p.wishes = dice & 2 ? static_cast<std::size_t>(dice % 5) : 0;
      p.can_carry = dice & 4;
      p.is_open = dice & 8;
      p.is_wanted_by_it = p.is_open && (dice & 16);
      p.is_full = !p.is_open && (dice & 32) && (dice & 1);
      p.is_crowded = !p.is_open && (dice & 64);
      p.was_near = dice & 128;
      p.was_far = dice & 256;
    }
    const Choice choice = choose_links(kSelf, prospects, {.may_improve = *rc::gen::arbitrary<bool>()});
    const auto all = all_of(choice);
    RC_ASSERT(std::set<PeerId>(all.begin(), all.end()).size() == all.size());
    RC_ASSERT(choice.ring.size() <= kRingLinks);
    RC_ASSERT(choice.near.size() <= kNearLinks);
    RC_ASSERT(choice.wished.size() <= kWishedLinks);
    RC_ASSERT(all.size() <= ChoiceTerms{}.keep_until);
    for (const Prospect& p : prospects) RC_ASSERT(!p.is_full || !contains(all, p.peer));
  }));
}

}  // namespace
}  // namespace grove::overlay
