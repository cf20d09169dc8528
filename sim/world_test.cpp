#include "sim/world.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "sim/geography.h"

namespace grove::sim {
namespace {

RttMatrix globe(std::size_t hosts) {
  base::Random random(77);
  return draw_geography(hosts, random);
}

struct Ears : Observer {
  std::map<PersonId, std::set<PersonId>> heard;  // by listener
  std::uint64_t delivered = 0, forged = 0;
  void on_delivered(const Delivered& d) override {
    heard[d.listener].insert(d.frame.source);
    ++delivered;
    forged += !d.is_genuine;
  }
};

// A room of `people` on its own network; the last host is the rendezvous.
struct Room {
  explicit Room(std::uint32_t people, std::uint64_t seed = 1)
      : network(globe(people + 1), {}, seed), world({}, network, {people}, seed) {
    world.watch(ears);
    for (std::uint32_t i = 0; i < people; ++i) {
      all.push_back(world.enter({{i}, "person " + std::to_string(i)}));
      run_for(Duration::ms(300));
    }
  }
  void run_for(Duration time) { world.run_until(world.now() + time); }

  Network network;
  World world;
  Ears ears;
  std::vector<PersonId> all;
};

TEST(World, everybody_hears_who_talks) {
  Room room(6);
  room.run_for(Duration::s(20));
  room.world.start_talking(room.all[2]);
  room.run_for(Duration::s(5));
  EXPECT_EQ(room.ears.heard.size(), 5U);
  EXPECT_EQ(room.ears.forged, 0U);
  EXPECT_GT(room.ears.delivered, 500U);
}

TEST(World, the_same_seed_is_the_same_history) {
  const auto history = [](std::uint64_t seed) {
    Room room(5, seed);
    room.world.start_talking(room.all[0]);
    room.run_for(Duration::s(15));
    room.world.kill(room.all[1]);
    room.world.freeze(room.all[2], Duration::s(6));
    room.run_for(Duration::s(15));
    return room.world.trace_hash();
  };
  EXPECT_EQ(history(4), history(4));
  EXPECT_NE(history(4), history(5));
}

TEST(World, a_signature_is_worked_out_once_however_many_check_it) {
  const auto before = verify_stats();
  Room room(12, 40);  // a history that no other test of this program has told
  room.run_for(Duration::s(20));
  const auto after = verify_stats();
  const auto asked = after.asked - before.asked, worked_out = after.worked_out - before.worked_out;
  EXPECT_GT(worked_out, 0U);
  EXPECT_GT(asked, 2 * worked_out);
}

TEST(World, the_dead_hear_nothing_and_say_nothing) {
  Room room(4);
  room.run_for(Duration::s(15));
  room.world.start_talking(room.all[0]);
  room.world.start_talking(room.all[1]);
  room.run_for(Duration::s(3));
  room.world.kill(room.all[1]);
  room.run_for(Duration::s(1));
  room.ears.heard.clear();
  room.run_for(Duration::s(5));
  EXPECT_FALSE(room.ears.heard.contains(room.all[1]));
  EXPECT_EQ(room.ears.heard[room.all[2]], (std::set{room.all[0]}));
}

TEST(World, a_frozen_tab_gets_everything_at_once_when_it_wakes) {
  Room room(3);
  room.run_for(Duration::s(15));
  room.world.start_talking(room.all[0]);
  room.run_for(Duration::s(2));
  room.world.freeze(room.all[1], Duration::ms(800));
  room.run_for(Duration::ms(400));
  const auto before = room.ears.delivered;
  room.ears.heard.clear();
  room.run_for(Duration::ms(350));
  EXPECT_FALSE(room.ears.heard.contains(room.all[1]));
  EXPECT_GT(room.ears.delivered, before);
  room.run_for(Duration::ms(100));
  EXPECT_TRUE(room.ears.heard.contains(room.all[1]));
}

TEST(World, a_call_goes_on_without_its_rendezvous_and_the_room_opens_again_with_it) {
  Room room(3);
  room.run_for(Duration::s(15));
  room.world.rendezvous_down();
  room.world.start_talking(room.all[0]);
  room.run_for(Duration::s(20));
  EXPECT_EQ(room.ears.heard.size(), 2U);
  room.world.rendezvous_up();
  room.world.kill(room.all[2]);
  room.run_for(Duration::s(60));
  const PersonId again = room.world.enter({{2}, "back again"});
  room.run_for(Duration::s(30));
  EXPECT_EQ(room.ears.heard[again], (std::set{room.all[0]}));
}

}  // namespace
}  // namespace grove::sim
