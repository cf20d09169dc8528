#include "overlay/graph.h"

#include <gtest/gtest.h>

#include "overlay/room_draw.h"

namespace grove::overlay {
namespace {

using base::Duration;

TEST(Graph, counts_a_link_when_both_ends_list_it) {
  RoomDraw room(3);
  room.link(0, 1, Duration::ms(20));
  room.claim(1, 2, Duration::ms(20));
  const Graph graph = room.graph();
  EXPECT_TRUE(graph.link(0, 1));
  EXPECT_TRUE(graph.link(1, 0));
  EXPECT_FALSE(graph.link(1, 2));
  EXPECT_EQ(graph.links(2).size(), 0U);
}

TEST(Graph, believes_the_worse_of_two_claims) {
  RoomDraw room(2);
  room.claim(0, 1, Duration::ms(20), 3);
  room.claim(1, 0, Duration::ms(50), 1);
  const Graph graph = room.graph();
  EXPECT_EQ(graph.link(0, 1)->rtt, Duration::ms(50));
  EXPECT_EQ(graph.link(0, 1)->metric, Duration::ms(25) + Graph::kLossPricePerPercent * 3);
  EXPECT_EQ(graph.link(1, 0)->metric, graph.link(0, 1)->metric);
}

TEST(Graph, takes_one_end_s_measurement_while_the_other_has_none) {
  RoomDraw room(2);
  room.claim(0, 1, Duration::ms(20));
  room.claim(1, 0, Duration());
  EXPECT_EQ(room.graph().link(0, 1)->rtt, Duration::ms(20));
}

TEST(Graph, does_not_take_an_unmeasured_link_for_a_short_one) {
  RoomDraw room(2);
  room.link(0, 1, Duration());
  EXPECT_EQ(room.graph().link(0, 1)->rtt, Graph::kUnmeasuredRtt);
}

TEST(Graph, overlooks_claims_on_strangers_on_oneself_and_made_twice) {
  RoomDraw room(2);
  room.link(0, 1, Duration::ms(20));
  room.record(0).links.push_back({RoomDraw::id(0), 10});
  room.record(0).links.push_back({RoomDraw::id(99), 10});
  room.record(0).links.push_back({RoomDraw::id(1), 900});
  const Graph graph = room.graph();
  ASSERT_EQ(graph.links(0).size(), 1U);
  EXPECT_EQ(graph.links(0)[0].rtt, Duration::ms(90));
}

TEST(Graph, takes_more_links_of_one_peer) {
  RoomDraw room(4);
  room.link(1, 2, Duration::ms(20));
  const std::vector<Graph::Link> more = {{0, Duration::ms(8), Duration::ms(4)}, {3, Duration::ms(6), Duration::ms(3)}};
  const Graph graph = room.graph().with_links(1, more);
  ASSERT_EQ(graph.links(1).size(), 3U);
  EXPECT_EQ(graph.link(0, 1)->rtt, Duration::ms(8));
  EXPECT_EQ(graph.link(1, 2)->rtt, Duration::ms(20));
  EXPECT_EQ(graph.link(3, 1)->metric, Duration::ms(3));
  EXPECT_EQ(graph.link(0, 3), nullptr);
}

TEST(Graph, finds_peers_by_id_and_lists_links_in_order_of_id) {
  RoomDraw room(300);
  for (std::size_t other = 299; other > 0; --other) room.link(0, other, Duration::ms(20));
  const Graph graph = room.graph();
  ASSERT_EQ(graph.links(0).size(), 299U);
  for (std::size_t i = 0; i < 299; ++i) {
    EXPECT_EQ(graph.peer(graph.links(0)[i].to).id, RoomDraw::id(i + 1));
    EXPECT_EQ(graph.find(RoomDraw::id(i + 1)), graph.links(0)[i].to);
  }
  EXPECT_EQ(graph.find(RoomDraw::id(300)), std::nullopt);
}

}  // namespace
}  // namespace grove::overlay
