#include "overlay/neighbours.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;
using Stage = Neighbours::Stage;

// One peer's view of a room in which every attempt comes up after 300 ms, or never.
class Room {
 public:
  explicit Room(std::size_t others) {
    base::Random random(others);
    for (std::size_t i = 0; i < others; ++i) {
      Neighbours::Candidate& c = others_.emplace_back();
      for (auto& byte : c.peer.bytes) byte = static_cast<std::uint8_t>(random.next());
      c.is_tree_link = i % 12 == 0;
      c.away = Duration::ms(5 + static_cast<std::int64_t>(random.below(300)));
    }
  }

  void run_for(Duration time) {
    for (const Instant end = now_ + time; now_ < end; now_ = now_ + Duration::ms(100)) {
      for (auto& c : others_) {
        if (c.stage != Stage::kPending || now_ < pending_until_[c.peer]) continue;
        c.stage = is_reachable(c.peer) ? Stage::kOpen : Stage::kNone;
        if (c.stage == Stage::kNone) neighbours_.handle_failed(c.peer, now_);
      }
      for (decision_ = decide(); decision_.open || decision_.close; decision_ = decide()) {
        if (decision_.close) {
          of(*decision_.close).stage = Stage::kNone;
          ++closed_;
        }
        if (!decision_.open) continue;
        neighbours_.handle_attempt(now_);
        of(*decision_.open).stage = Stage::kPending;
        pending_until_[*decision_.open] = now_ + Duration::ms(300);
        asked_.push_back(*decision_.open);
      }
    }
  }

  Neighbours::Decision decide() { return neighbours_.decide(others_, now_); }
  Neighbours::Candidate& of(const PeerId& peer) {
    return *std::find_if(others_.begin(), others_.end(), [&](const auto& c) { return c.peer == peer; });
  }
  std::size_t count(Stage stage) const {
    return static_cast<std::size_t>(std::count_if(others_.begin(), others_.end(), [&](const auto& c) { return c.stage == stage; }));
  }
  bool is_reachable(const PeerId& peer) const { return std::find(unreachable_.begin(), unreachable_.end(), peer) == unreachable_.end(); }

  std::vector<Neighbours::Candidate> others_;
  std::vector<PeerId> unreachable_;
  std::map<PeerId, Instant> pending_until_;
  std::vector<PeerId> asked_;
  std::size_t closed_ = 0;
  Neighbours::Decision decision_;
  Neighbours neighbours_{PeerId{{7}}, 1};
  Instant now_ = Instant::from_us(1'000'000);
};

TEST(Neighbours, in_a_small_room_link_to_everybody_a_few_at_a_time) {
  Room room(31);
  room.run_for(Duration::ms(100));
  EXPECT_LE(room.count(Stage::kPending), Neighbours::kAttemptsAtOnce);
  room.run_for(Duration::s(10));
  EXPECT_EQ(room.count(Stage::kOpen), 31U);
  EXPECT_EQ(room.decision_.wanted.size(), 31U);
  EXPECT_TRUE(room.decision_.withdrawn.empty());
}

TEST(Neighbours, a_newcomer_to_a_large_room_has_its_links_within_seconds) {
  Room room(99);
  room.run_for(Duration::s(5));
  EXPECT_GE(room.count(Stage::kOpen), Neighbours::kFillTo);
  EXPECT_LE(room.neighbours_.made_in_life(), kLinksTarget + 2);
}

TEST(Neighbours, fills_up_with_the_nearest_who_lack_links_too) {
  Room room(99);
  for (std::size_t i = 0; i < 60; ++i) room.others_[i].links = Neighbours::kFillTo;
  for (auto& c : room.others_) c.is_tree_link = false;
  room.run_for(Duration::s(5));
  EXPECT_EQ(room.count(Stage::kOpen), Neighbours::kFillTo);
  std::vector<Duration> opened, passed_over;
  for (const auto& c : room.others_) {
    const bool is_ring = std::binary_search(room.decision_.wanted.begin(), room.decision_.wanted.end(), c.peer);
    if (is_ring) continue;
    EXPECT_TRUE(c.stage == Stage::kNone || c.links < Neighbours::kFillTo);
    if (c.links < Neighbours::kFillTo) (c.stage == Stage::kOpen ? opened : passed_over).push_back(*c.away);
  }
  EXPECT_EQ(opened.size(), Neighbours::kFillTo - kRingLinks);
  EXPECT_LE(*std::max_element(opened.begin(), opened.end()), *std::min_element(passed_over.begin(), passed_over.end()));
}

TEST(Neighbours, does_not_fill_up_before_it_knows_how_far_the_others_are) {
  Room room(99);
  for (auto& c : room.others_) c.away.reset();
  room.run_for(Duration::s(30));
  EXPECT_LE(room.count(Stage::kOpen), kRingLinks + kTreeLinks);
}

TEST(Neighbours, whatever_it_is_told_makes_no_more_links_than_it_has_saved_up_and_then_one_in_twenty_seconds) {
  Room room(99);
  const auto restless_minutes = [&](int minutes) {
    const auto before = room.asked_.size();
    for (int i = 0; i < minutes * 12; ++i) {  // other trees all the time
      for (auto& c : room.others_) c.is_tree_link = !c.is_tree_link && room.asked_.size() % 3 != 0;
      room.run_for(Duration::s(5));
      for (auto& c : room.others_) {
        if (room.count(Stage::kOpen) > 20 && c.stage == Stage::kOpen) c.stage = Stage::kNone;  // so that there is room
      }
    }
    return room.asked_.size() - before;
  };
  EXPECT_LE(restless_minutes(50), static_cast<std::size_t>(Neighbours::kOpensSaved) + 50U * 3);
}

// Others came to us until we are crowded, and lost interest.
void crowd(Room& room) {
  for (auto& c : room.others_) {
    if (room.count(Stage::kOpen) < Neighbours::kSpareMax && c.stage == Stage::kNone) c.stage = Stage::kOpen;
  }
}

TEST(Neighbours, gives_nothing_back_before_it_has_looked_for_better_and_then_never_below_its_target) {
  Room room(99);
  room.run_for(Duration::s(60));
  auto spare = std::find_if(room.others_.begin(), room.others_.end(), [](const auto& c) { return c.stage == Stage::kNone; });
  spare->stage = Stage::kOpen;
  room.run_for(Duration::s(120));
  EXPECT_EQ(room.closed_, 0U);
  spare->stage = Stage::kNone;
  room.run_for(Duration::s(1));
  crowd(room);
  room.run_for(Duration::s(60));
  EXPECT_EQ(room.closed_, 0U);
  room.neighbours_.handle_looked(room.now_);
  room.run_for(Neighbours::kUnwantedFor - Duration::s(1));
  EXPECT_EQ(room.closed_, 0U);
  room.run_for(Duration::s(30));
  EXPECT_GT(room.closed_, 0U);
  EXPECT_GE(room.count(Stage::kOpen), kLinksTarget);
}

TEST(Neighbours, a_link_is_withdrawn_first_and_closed_after_its_farewell) {
  Room room(99);
  room.run_for(Duration::s(60));
  crowd(room);
  room.run_for(Duration::s(1));
  room.neighbours_.handle_looked(room.now_);
  while (room.decision_.withdrawn.empty()) room.run_for(Duration::ms(100));
  const PeerId leaving = room.decision_.withdrawn.front();
  const Instant withdrawn_at = room.now_;
  while (room.of(leaving).stage == Stage::kOpen) room.run_for(Duration::ms(100));
  EXPECT_GE(room.now_ - withdrawn_at, Neighbours::kFarewell - Duration::ms(100));
}

TEST(Neighbours, keeps_what_is_in_use_and_what_the_other_end_wants) {
  Room room(99);
  room.run_for(Duration::s(60));
  for (auto& c : room.others_) {
    if (c.stage != Stage::kNone || room.count(Stage::kOpen) >= Neighbours::kSpareMax) continue;
    c.stage = Stage::kOpen;
    (room.count(Stage::kOpen) % 2 == 0 ? c.is_in_use : c.is_wanted_by_it) = true;
  }
  for (auto& c : room.others_) c.is_in_use = c.is_in_use || (c.stage == Stage::kOpen && !c.is_wanted_by_it);
  const auto closed = room.closed_;
  room.neighbours_.handle_looked(room.now_);
  room.run_for(Duration::s(300));
  EXPECT_EQ(room.closed_, closed);
}

TEST(Neighbours, one_more_than_a_small_room_makes_nobody_drop_anything_at_once) {
  Room room(31);
  room.run_for(Duration::s(20));
  room.others_.push_back(room.others_.front());
  room.others_.back().peer = PeerId{{200}};
  room.others_.back().stage = Stage::kNone;
  room.run_for(Duration::s(25));
  EXPECT_EQ(room.closed_, 0U);
  const auto asked = room.asked_.size();
  room.others_.pop_back();
  room.run_for(Duration::s(60));
  EXPECT_LE(room.asked_.size() - asked, 3U);
}

TEST(Neighbours, who_cannot_be_reached_is_tried_ever_less_often_and_others_take_the_place) {
  Room room(99);
  for (std::size_t i = 0; i < 20; ++i) room.unreachable_.push_back(room.others_[i * 5].peer);
  room.run_for(Duration::s(60));
  EXPECT_GE(room.count(Stage::kOpen), Neighbours::kFillBelow);
  room.asked_.clear();
  room.run_for(Duration::s(600));
  for (const PeerId& peer : room.unreachable_) EXPECT_LE(std::count(room.asked_.begin(), room.asked_.end(), peer), 6);
}

TEST(Neighbours, a_wish_makes_a_link_and_an_old_wish_does_not) {
  Room room(99);
  room.run_for(Duration::s(150));
  const auto wished = std::find_if(room.others_.begin(), room.others_.end(), [](const auto& c) { return c.stage == Stage::kNone; })->peer;
  room.neighbours_.handle_wish(PeerId{{250}}, wished, room.now_);
  room.run_for(Duration::s(40));
  EXPECT_EQ(room.of(wished).stage, Stage::kOpen);
  const auto decided = room.decide();
  EXPECT_TRUE(std::binary_search(decided.wanted.begin(), decided.wanted.end(), wished));

  Room late(99);
  late.run_for(Duration::s(150));
  late.neighbours_.handle_wish(PeerId{{250}}, wished, late.now_ - Neighbours::kWishFor);
  late.run_for(Duration::s(40));
  EXPECT_EQ(late.of(wished).stage, Stage::kNone);
}

TEST(Neighbours, what_our_own_planner_wishes_for_counts_too_and_comes_where_no_other_link_would) {
  Room room(99);
  room.run_for(Duration::s(150));
  for (auto& c : room.others_) {
    if (c.stage == Stage::kNone && room.count(Stage::kOpen) < Neighbours::kOpenMax) c.stage = Stage::kOpen;
  }
  const auto wished = std::find_if(room.others_.begin(), room.others_.end(), [](const auto& c) { return c.stage == Stage::kNone; });
  wished->links = Neighbours::kOpenMax;
  room.neighbours_.handle_wish(PeerId{{7}}, wished->peer, room.now_);
  room.run_for(Duration::s(40));
  EXPECT_EQ(wished->stage, Stage::kOpen);
}

TEST(Neighbours, one_planner_alone_cannot_wish_for_everything) {
  Room room(99);
  room.run_for(Duration::s(150));
  for (const auto& c : room.others_) room.neighbours_.handle_wish(PeerId{{250}}, c.peer, room.now_);
  room.run_for(Duration::s(400));
  EXPECT_LE(room.count(Stage::kOpen), Neighbours::kOpenMax);
}

TEST(Neighbours, whoever_does_not_answer_takes_no_place_of_others_for_ever) {
  Room room(99);
  for (auto& c : room.others_) {
    c.stage = Stage::kPending;  // asked, all of them, by somebody who was us
    room.pending_until_[c.peer] = Instant::never();
  }
  room.run_for(Neighbours::kAttemptFor + Duration::s(1));
  EXPECT_TRUE(room.asked_.empty());
  room.decide();
  for (auto& c : room.others_) EXPECT_TRUE(room.neighbours_.is_out_of_reach(c, room.now_));
  for (std::size_t i = 0; i < 50; ++i) room.others_[i].stage = Stage::kNone;
  room.run_for(Duration::s(30));
  EXPECT_FALSE(room.asked_.empty());
}

TEST(Neighbours, makes_no_more_connections_in_an_hour_than_its_bound) {
  Room room(60);
  for (auto& c : room.others_) room.unreachable_.push_back(c.peer);
  room.run_for(Duration::s(900));
  EXPECT_GE(room.neighbours_.made_in_life(), Neighbours::kMadeAnHour / 2);
  EXPECT_LE(room.neighbours_.made_in_life(), Neighbours::kMadeAnHour);
}

}  // namespace
}  // namespace grove::overlay
