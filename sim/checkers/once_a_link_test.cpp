#include "sim/checkers/once_a_link.h"

#include <gtest/gtest.h>

#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

struct I1 : testing::Test {
  RoomForTest room;
  OnceALink checker;
};

TEST_F(I1, sees_a_frame_that_goes_twice_over_a_link) {
  checker.on_sent(room.frame(1, 2, 0, 7));
  checker.on_sent(room.frame(1, 2, 0, 8));
  EXPECT_EQ(checker.violations(), 0U);
  checker.on_sent(room.frame(1, 2, 0, 7));
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I1, minds_neither_other_links_nor_the_way_back_nor_other_sources) {
  checker.on_sent(room.frame(1, 2, 0, 7));
  checker.on_sent(room.frame(2, 1, 0, 7));
  checker.on_sent(room.frame(1, 3, 0, 7));
  checker.on_sent(room.frame(1, 2, 3, 7));
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I1, sees_a_frame_that_is_accepted_twice) {
  const Delivered delivered{RoomForTest::at_ms(5), room.all[1], {room.all[0], 3}, true};
  checker.on_delivered(delivered);
  EXPECT_EQ(checker.violations(), 0U);
  checker.on_delivered(delivered);
  EXPECT_EQ(checker.told(), (std::vector<std::string>{"at 0.005 s: frame 3 of person 0 is accepted a second time by person 1"}));
}

}  // namespace
}  // namespace grove::sim
