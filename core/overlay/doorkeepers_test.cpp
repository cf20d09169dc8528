#include "overlay/doorkeepers.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using Decision = Doorkeeper::Decision;
using Kind = DoorNeed::Kind;

DoorMember member(std::uint8_t n, bool is_at_door, wire::Role role = wire::Role::kDesktop) {
  return {{{n}}, role, {n}, is_at_door};
}

std::vector<DoorMember> room(std::size_t size, std::size_t at_door) {
  std::vector<DoorMember> members;
  for (std::size_t i = 0; i < size; ++i) members.push_back(member(static_cast<std::uint8_t>(i + 1), i < at_door));
  return members;
}

TEST(Doorkeepers, desktops_come_first_then_whoever_is_here_longest) {
  const auto ranking = door_ranking({member(1, false, wire::Role::kPhone), member(3, false), member(2, false)});
  EXPECT_EQ(ranking[0].id, member(2, false).id);
  EXPECT_EQ(ranking[1].id, member(3, false).id);
  EXPECT_EQ(ranking[2].id, member(1, false).id);
}

TEST(Doorkeepers, in_a_room_of_up_to_five_all_stay) {
  const auto members = room(5, 5);
  for (const auto& m : members) EXPECT_EQ(door_need(members, m.id, true).kind, Kind::kNone);
}

TEST(Doorkeepers, the_sixth_goes_only_when_five_others_are_really_there) {
  EXPECT_EQ(door_need(room(6, 6), member(6, true).id, true).kind, Kind::kGo);
  auto members = room(6, 6);
  members[2].is_at_door = false;
  EXPECT_EQ(door_need(members, member(6, true).id, true).kind, Kind::kNone);
}

TEST(Doorkeepers, one_of_the_first_five_comes_at_once_and_the_next_in_its_turn) {
  auto members = room(8, 5);
  members[1].is_at_door = false;
  EXPECT_EQ(door_need(members, members[1].id, false).kind, Kind::kCome);
  EXPECT_EQ(door_need(members, members[1].id, false).turn, 0U);
  EXPECT_EQ(door_need(members, members[5].id, false).kind, Kind::kCome);
  EXPECT_EQ(door_need(members, members[5].id, false).turn, 1U);
  EXPECT_EQ(door_need(members, members[6].id, false).turn, 2U);
}

TEST(Doorkeepers, nobody_goes_before_the_room_has_settled) {
  Doorkeeper keeper(1);
  const Instant start = Instant::from_us(0);
  EXPECT_EQ(keeper.decide(room(6, 6), member(6, true).id, true, start), Decision::kStay);
  EXPECT_EQ(keeper.decide(room(6, 6), member(6, true).id, true, start + Doorkeeper::kSettledFor - Duration::ms(1)),
            Decision::kStay);
  EXPECT_LE(keeper.next_deadline(), start + Doorkeeper::kSettledFor + Doorkeeper::kGoJitter);
  EXPECT_EQ(keeper.decide(room(6, 6), member(6, true).id, true, keeper.next_deadline()), Decision::kGo);
}

TEST(Doorkeepers, a_change_of_mind_begins_the_wait_anew) {
  Doorkeeper keeper(1);
  Instant now = Instant::from_us(0);
  const auto self = member(6, true).id;
  keeper.decide(room(6, 6), self, true, now);
  auto missing = room(6, 6);
  missing[0].is_at_door = false;
  keeper.decide(missing, self, true, now + Duration::s(9));
  now = now + Duration::s(10);
  keeper.decide(room(6, 6), self, true, now);
  EXPECT_EQ(keeper.decide(room(6, 6), self, true, now + Duration::s(9)), Decision::kStay);
}

// Everybody decides alone, from what everybody's records say, a second late.
TEST(Doorkeepers, any_room_settles_with_five_at_the_door_and_its_first_five_among_them_if_they_can) {
  EXPECT_TRUE(rc::check([] {
    const auto size = *rc::gen::inRange<std::size_t>(1, 30);
    std::vector<DoorMember> members;
    std::vector<bool> can_come;
    std::vector<Doorkeeper> keepers;
    std::vector<bool> is_here;
    for (std::size_t i = 0; i < size; ++i) {
      members.push_back({{{static_cast<std::uint8_t>(i)}},
                         *rc::gen::element(wire::Role::kDesktop, wire::Role::kPhone),
                         {*rc::gen::inRange<std::uint64_t>(0, 10)},
                         false});
      can_come.push_back(*rc::gen::weightedElement<bool>({{9, true}, {1, false}}));
      is_here.push_back(*rc::gen::arbitrary<bool>());
      keepers.emplace_back(i);
    }
    Instant now = Instant::from_us(0);
    int changes_late = 0;
    for (int second = 0; second < 600; ++second, now = now + Duration::s(1)) {
      const std::vector<DoorMember> known = members;
      for (std::size_t i = 0; i < size; ++i) {
        const Decision decision = keepers[i].decide(known, members[i].id, is_here[i], now);
        const bool was_here = is_here[i];
        if (decision == Decision::kCome) is_here[i] = true;
        if (decision == Decision::kGo) is_here[i] = false;
        members[i].is_at_door = is_here[i] && can_come[i];
        if (second >= 500 && was_here != is_here[i]) ++changes_late;
      }
    }
    RC_ASSERT(changes_late == 0);
    std::size_t able = 0;
    std::size_t there = 0;
    const std::vector<DoorMember> ranking = door_ranking(members);
    for (std::size_t rank = 0; rank < ranking.size(); ++rank) {
      const bool can = can_come[ranking[rank].id.bytes[0]];
      able += can ? 1U : 0U;
      there += ranking[rank].is_at_door ? 1U : 0U;
      RC_ASSERT(rank >= kDoorkeepersMax || ranking[rank].is_at_door == can);
    }
    RC_ASSERT(there == std::min(able, kDoorkeepersMax));
  }));
}

}  // namespace
}  // namespace grove::overlay
