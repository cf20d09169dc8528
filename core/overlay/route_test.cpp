#include "overlay/route.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <set>

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;
using Ids = std::vector<PeerId>;

PeerId id(std::size_t n) { return {{static_cast<std::uint8_t>(n + 1)}}; }

std::vector<FirstHop> over(const Ids& peers, int rtt = 10) {
  std::vector<FirstHop> hops;
  for (const PeerId& peer : peers) hops.push_back({peer, Duration::ms(rtt)});
  return hops;
}

// A room in which links[a] holds (b, rtt in ms); each end must say it.
Map map_of(const std::vector<std::vector<std::pair<std::size_t, int>>>& links) {
  Map map(id(0));
  for (std::size_t a = 0; a < links.size(); ++a) {
    wire::SignedRecord record;
    for (const auto& [b, rtt] : links[a]) record.record.links.push_back({id(b), static_cast<std::uint16_t>(rtt * 10), 0, true});
    map.merge(id(a), record, Instant::from_us(0));
  }
  return map;
}

TEST(Route, a_linked_peer_is_one_hop_away) {
  const Map map = map_of({{{1, 500}}, {{0, 500}}});
  EXPECT_EQ(route(map, id(0), id(1), over({id(1)})), Ids{id(1)});
}

TEST(Route, the_shortest_way_by_round_trip_time_wins_over_fewer_hops) {
  const Map map = map_of({{{1, 200}, {2, 10}}, {{0, 200}, {3, 200}}, {{0, 10}, {4, 10}}, {{1, 200}, {4, 10}}, {{2, 10}, {3, 10}}});
  EXPECT_EQ(route(map, id(0), id(3), {{id(1), Duration::ms(200)}, {id(2), Duration::ms(10)}}), (Ids{id(2), id(4), id(3)}));
}

TEST(Route, a_link_that_one_end_claims_alone_is_no_way) {
  const Map map = map_of({{{1, 10}}, {{0, 10}, {2, 10}}, {}});
  EXPECT_FALSE(route(map, id(0), id(2), over({id(1)})));
}

TEST(Route, begins_with_an_open_link_whatever_the_map_says) {
  const Map map = map_of({{}, {{2, 10}}, {{1, 10}}});
  EXPECT_EQ(route(map, id(0), id(2), over({id(1)})), (Ids{id(1), id(2)}));
  EXPECT_FALSE(route(map, id(0), id(2), {}));
}

TEST(Route, takes_no_more_hops_than_an_envelope_may) {
  std::vector<std::vector<std::pair<std::size_t, int>>> chain(12);
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) {
    chain[i].emplace_back(i + 1, 10);
    chain[i + 1].emplace_back(i, 10);
  }
  const Map map = map_of(chain);
  EXPECT_EQ(route(map, id(0), id(wire::kHopsMax), over({id(1)}))->size(), wire::kHopsMax);
  EXPECT_FALSE(route(map, id(0), id(wire::kHopsMax + 1), over({id(1)})));
}

TEST(Route, every_way_in_any_room_follows_links_and_visits_nobody_twice) {
  EXPECT_TRUE(rc::check([] {
    const auto n = *rc::gen::inRange<std::size_t>(2, 30);
    std::vector<std::vector<std::pair<std::size_t, int>>> links(n);
    std::vector<std::vector<bool>> says(n, std::vector<bool>(n));
    for (std::size_t a = 0; a < n; ++a) {
      for (std::size_t b = 0; b < n; ++b) {
        if (a == b || *rc::gen::inRange(0, 4) != 0) continue;
        links[a].emplace_back(b, *rc::gen::inRange(0, 400));
        says[a][b] = true;
      }
    }
    const Map map = map_of(links);
    Ids open;
    Ids avoided;
    for (std::size_t b = 1; b < n; ++b) {
      if (says[0][b] && says[b][0]) open.push_back(id(b));
      if (*rc::gen::inRange(0, 6) == 0) avoided.push_back(id(b));
    }
    const auto to = *rc::gen::inRange<std::size_t>(1, n);
    const auto hops = route(map, id(0), id(to), over(open), avoided);
    // Which are reachable around the avoided ones, by breadth.
    std::set<std::size_t> reached{0};
    for (std::size_t hop = 0; hop < wire::kHopsMax; ++hop) {
      std::set<std::size_t> next = reached;
      for (const std::size_t a : reached) {
        if (a == to) continue;
        for (std::size_t b = 0; b < n; ++b) {
          const bool may = b == to || std::find(avoided.begin(), avoided.end(), id(b)) == avoided.end();
          if (says[a][b] && says[b][a] && may) next.insert(b);
        }
      }
      reached = next;
    }
    RC_ASSERT(hops.has_value() == reached.contains(to));
    if (!hops) return;
    RC_ASSERT(hops->size() <= wire::kHopsMax);
    RC_ASSERT(hops->back() == id(to));
    RC_ASSERT(std::set<PeerId>(hops->begin(), hops->end()).size() == hops->size());
    PeerId before = id(0);
    for (const PeerId& hop : *hops) {
      RC_ASSERT(map.are_linked(before, hop));
      RC_ASSERT(hop == id(to) || std::find(avoided.begin(), avoided.end(), hop) == avoided.end());
      before = hop;
    }
  }));
}

}  // namespace
}  // namespace grove::overlay
