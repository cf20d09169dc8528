#include "sim/checkers/equal_maps.h"

#include <gtest/gtest.h>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

// Real nodes that never met: each knows only itself, so their maps differ. What the checker is told of links decides.
struct I7 : testing::Test {
  RoomForTest room{2};
  ViewWatch views{room.world};
  LinkWatch links;
  Blocks blocks{room.world, links};
  EqualMaps checker{room.world, views, links, blocks};

  void link() {
    links.on_link_up(room.all[0], room.all[1], RoomForTest::at_ms(0));
    links.on_link_up(room.all[1], room.all[0], RoomForTest::at_ms(0));
  }
  void look_for(std::int64_t seconds) {
    views.on_faults_over(RoomForTest::at_ms(0));
    checker.on_faults_over(RoomForTest::at_ms(0));
    for (std::int64_t s = 0; s <= seconds; ++s) {
      views.on_tick(RoomForTest::at_ms(1000 * s));
      checker.on_tick(RoomForTest::at_ms(1000 * s));
    }
  }
};

TEST_F(I7, sees_neighbours_that_know_different_rooms_for_more_than_ten_seconds) {
  link();
  look_for(10);
  EXPECT_EQ(checker.violations(), 0U);
  look_for(12);
  EXPECT_EQ(checker.violations(), 2U);
}

TEST_F(I7, asks_nothing_of_those_whom_no_link_joins) {
  look_for(30);
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I7, a_change_of_links_gives_ten_seconds_more) {
  link();
  look_for(8);
  links.on_link_up(room.all[0], room.all[1], RoomForTest::at_ms(11'000));
  look_for(20);
  EXPECT_EQ(checker.violations(), 0U);
}

}  // namespace
}  // namespace grove::sim
