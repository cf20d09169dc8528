#include "overlay/link_choice.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

#include "base/random.h"

namespace grove::overlay {
namespace {

using base::PeerId;

PeerId random_id(base::Random& random) {
  PeerId id;
  for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random.next());
  return id;
}

std::vector<Prospect> room(std::size_t size, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<Prospect> prospects;
  for (std::size_t i = 0; i < size; ++i) prospects.push_back(Prospect{.peer = random_id(random)});
  return prospects;
}

std::vector<PeerId> all_of(const Choice& choice) {
  std::vector<PeerId> all = choice.ring;
  for (const auto* group : {&choice.tree_links, &choice.wished}) all.insert(all.end(), group->begin(), group->end());
  return all;
}

bool contains(const std::vector<PeerId>& ids, const PeerId& id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

const PeerId kSelf{{99}};

TEST(LinkChoice, wants_the_ring_then_the_links_of_trees_then_what_others_wish_for) {
  auto prospects = room(100, 1);
  EXPECT_EQ(all_of(choose_links(kSelf, prospects)).size(), kRingLinks);
  for (std::size_t i = 0; i < 24; ++i) prospects[i].is_tree_link = true;
  for (std::size_t i = 24; i < 80; ++i) prospects[i].wishes = 1;
  const Choice choice = choose_links(kSelf, prospects);
  EXPECT_EQ(choice.ring.size(), kRingLinks);
  EXPECT_EQ(choice.tree_links.size(), kTreeLinks);
  const auto all = all_of(choice);
  EXPECT_EQ(all.size(), kRingLinks + kTreeLinks + kWishedLinks);
  EXPECT_EQ(std::set<PeerId>(all.begin(), all.end()).size(), all.size());
}

struct Ring {
  explicit Ring(std::uint64_t seed) {
    base::Random random(seed);
    for (std::size_t i = 0; i < 40; ++i) ids.push_back(random_id(random));
    std::sort(ids.begin(), ids.end());
  }
  std::vector<PeerId> of(const PeerId& self) const {
    std::vector<Prospect> others;
    for (const PeerId& id : ids) {
      if (id != self) others.push_back(Prospect{.peer = id});
    }
    return ring_links(self, others);
  }
  std::vector<PeerId> ids;
};

TEST(LinkChoice, both_ends_agree_on_the_first_ring_which_alone_keeps_the_graph_whole) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    const Ring ring(seed);
    for (std::size_t i = 0; i < ring.ids.size(); ++i) {
      const PeerId& next = ring.ids[(i + 1) % ring.ids.size()];
      RC_ASSERT(contains(ring.of(ring.ids[i]), next));
      RC_ASSERT(contains(ring.of(next), ring.ids[i]));
    }
  }));
}

// The rings share no links: a neighbour on two of them is passed over on the second, so that some pairs differ.
TEST(LinkChoice, both_ends_agree_on_nine_tenths_of_the_rings) {
  std::size_t all = 0;
  std::size_t agreed = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Ring ring(seed);
    for (const PeerId& id : ring.ids) {
      for (const PeerId& next : ring.of(id)) {
        ++all;
        agreed += contains(ring.of(next), id) ? 1U : 0U;
      }
    }
  }
  EXPECT_GE(static_cast<double>(agreed) / static_cast<double>(all), 0.9);
}

TEST(LinkChoice, most_wished_for_links_come_before_less_wished_for_ones) {
  auto prospects = room(100, 2);
  for (std::size_t i = 0; i < 40; ++i) prospects[i].wishes = i;
  const Choice choice = choose_links(kSelf, prospects);
  EXPECT_EQ(choice.wished.size(), kWishedLinks);
  std::size_t least = 40;
  std::size_t passed_over = 0;
  for (const Prospect& p : prospects) {
    if (contains(choice.wished, p.peer)) least = std::min(least, p.wishes);
    if (!contains(choice.wished, p.peer) && !contains(choice.ring, p.peer)) passed_over = std::max(passed_over, p.wishes);
  }
  EXPECT_GT(least, passed_over);
}

TEST(LinkChoice, whoever_failed_is_tried_beside_the_others_and_whoever_is_full_not_at_all) {
  auto prospects = room(100, 5);
  const Choice before = choose_links(kSelf, prospects);
  for (Prospect& p : prospects) p.is_doubtful = contains(before.ring, p.peer);
  EXPECT_EQ(choose_links(kSelf, prospects).ring.size(), 2 * kRingLinks);
  for (Prospect& p : prospects) p.is_full = contains(before.ring, p.peer);
  for (const PeerId& peer : all_of(choose_links(kSelf, prospects))) EXPECT_FALSE(contains(before.ring, peer));
}

TEST(LinkChoice, whoever_is_crowded_is_kept_free_for_the_ring) {
  auto prospects = room(100, 6);
  for (Prospect& p : prospects) p.is_crowded = p.is_tree_link = true;
  const Choice choice = choose_links(kSelf, prospects);
  EXPECT_EQ(choice.ring.size(), kRingLinks);
  EXPECT_TRUE(choice.tree_links.empty());
  for (Prospect& p : prospects) p.is_open = true;
  EXPECT_EQ(choose_links(kSelf, prospects).tree_links.size(), kTreeLinks);
}

TEST(LinkChoice, in_any_room_takes_nobody_twice_and_no_more_than_the_places) {
  EXPECT_TRUE(rc::check([](std::uint64_t seed) {
    auto prospects = room(*rc::gen::inRange<std::size_t>(0, 60), seed);
    for (Prospect& p : prospects) {
      const auto dice = *rc::gen::inRange(0, 1'024);
      p.wishes = dice & 2 ? static_cast<std::size_t>(dice % 5) : 0;
      p.is_tree_link = dice & 4;
      p.is_open = dice & 8;
      p.is_full = !p.is_open && (dice & 32) && (dice & 1);
      p.is_crowded = !p.is_open && (dice & 64);
      p.takes_wishes = dice & 128;
    }
    const Choice choice = choose_links(kSelf, prospects);
    const auto all = all_of(choice);
    RC_ASSERT(std::set<PeerId>(all.begin(), all.end()).size() == all.size());
    RC_ASSERT(choice.ring.size() <= kRingLinks);
    RC_ASSERT(choice.tree_links.size() <= kTreeLinks);
    RC_ASSERT(choice.wished.size() <= kWishedLinks);
    for (const Prospect& p : prospects) RC_ASSERT(!p.is_full || p.takes_wishes || !contains(all, p.peer));
  }));
}

}  // namespace
}  // namespace grove::overlay
