#include "sim/checkers/bounded_copies.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "crypto/identity.h"
#include "sim/checkers/room_for_test.h"

namespace grove::sim {
namespace {

// The public key of each person, from the records that it sends.
struct Keys : Observer {
  explicit Keys(const World& w) : world(w) {}
  void on_sent(const Passage& passage) override {
    if (type_of(passage.message) != 0x10) return;
    base::ByteArray<32> key;
    std::copy_n(passage.message.begin() + 2, 32, key.begin());
    if (crypto::peer_id_of(key) == world.person(passage.from).id) of[passage.from] = key;
  }
  const World& world;
  std::map<PersonId, base::ByteArray<32>> of;
};

struct I5 : testing::Test {
  RoomForTest room{8};
  Keys keys{room.world};
  PlanWatch plans{room.world};
  BudgetWatch budgets{room.world};
  LinkWatch links;
  Blocks blocks{room.world, links};
  BoundedCopies checker{room.world, plans, budgets, blocks};

  void SetUp() override {
    room.world.watch(keys);
    room.world.run_until(RoomForTest::at_ms(10'000));
  }
  void have(std::uint64_t counter) {  // person 1, a frame of person 0
    checker.on_delivered({RoomForTest::at_ms(0), room.all[1], {room.all[0], counter}, true});
  }
  void say_budget(std::size_t person, std::uint8_t copies) {
    wire::Record record;
    record.public_key = keys.of.at(room.all[person]);
    record.copies_max = copies;
    budgets.on_sent(room.control(person, 0, wire::RecordNews{{record, {}}}));
  }
};

TEST_F(I5, sees_more_copies_than_the_budget_and_two) {
  say_budget(1, 2);
  for (const std::size_t to : {2U, 3U, 4U, 5U}) checker.on_sent(room.frame(1, to, 0, 7, 10'000));
  EXPECT_EQ(checker.violations(), 0U);
  checker.on_sent(room.frame(1, 6, 0, 7, 10'000));
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I5, lets_a_source_serve_all_that_its_plan_gives_it) {
  say_budget(1, 1);
  plans.on_sent(room.control(1, 2, wire::PlanNews{{room.plan(1, 1, {{2, -1}, {3, -1}, {4, -1}, {5, -1}}), {}}}));
  for (const std::size_t to : {2U, 3U, 4U, 5U}) checker.on_sent(room.frame(1, to, 1, 7, 10'000));
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I5, sees_a_ring_that_keeps_too_much) {
  for (std::uint64_t counter = 0; counter < 26; ++counter) have(counter);
  checker.on_sent(room.frame(1, 2, 0, 1));
  EXPECT_EQ(checker.violations(), 0U);
  checker.on_sent(room.frame(1, 2, 0, 0));
  EXPECT_EQ(checker.violations(), 1U);
}

TEST_F(I5, counts_frames_that_came_not_those_that_were_lost) {
  have(0);
  for (std::uint64_t counter = 90; counter < 110; ++counter) have(counter);
  checker.on_sent(room.frame(1, 2, 0, 0));
  EXPECT_EQ(checker.violations(), 0U);
}

TEST_F(I5, counts_frames_that_were_taken_not_those_that_somebody_pushed) {
  have(0);
  for (std::uint64_t counter = 90; counter < 190; ++counter) checker.on_arrived(room.frame(2, 1, 0, counter));
  checker.on_sent(room.frame(1, 2, 0, 0));
  EXPECT_EQ(checker.violations(), 0U);
}

}  // namespace
}  // namespace grove::sim
