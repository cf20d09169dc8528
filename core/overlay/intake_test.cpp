#include "overlay/intake.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;

const PeerId kSource{{9}}, kParent{{1}}, kGuardian{{2}}, kOther{{3}}, kStranger{{4}};

struct IntakeTest : testing::Test {
  Instant now = Instant::from_us(1'000'000);
  Intake intake{now};
  std::vector<Intake::SendPull> pulls;
  std::vector<PeerId> stopped;
  std::vector<Intake::Complain> complaints;
  std::size_t stalls = 0;
  std::uint64_t next = 0;

  void SetUp() override {
    intake.handle_place({kParent, Supplier{kGuardian, Duration::ms(30)}, false, {{kOther, Duration::ms(80)}}, 1}, now);
  }
  void collect() {
    while (auto output = intake.poll()) {
      if (auto* pull = std::get_if<Intake::SendPull>(&*output)) pulls.push_back(*pull);
      if (auto* stop = std::get_if<Intake::SendStop>(&*output)) stopped.push_back(stop->to);
      if (auto* complaint = std::get_if<Intake::Complain>(&*output)) complaints.push_back(*complaint);
      stalls += std::holds_alternative<Intake::TellStall>(*output);
    }
  }
  // Time passes as a host lets it: every deadline is kept.
  void pass(Duration time) {
    const Instant end = now + time;
    while (intake.next_deadline() <= end) {
      ASSERT_GE(intake.next_deadline(), now) << "a deadline in the past";
      now = intake.next_deadline();
      intake.handle_time(now);
      collect();
      if (intake.next_deadline() <= now) FAIL() << "a deadline that is never met";
    }
    now = end;
  }
  void frame(const PeerId& from, std::uint64_t counter, bool ends_spurt = false, bool is_new = true) {
    intake.handle_frame(from, counter, ends_spurt, is_new, now);
    collect();
  }
  // One is lost on its way from the parent, and the guardian is asked for it.
  void lose_a_frame() {
    ++next;
    speak(kParent, 1);
    ASSERT_EQ(pulls.size(), 1U);
    EXPECT_EQ(pulls[0].to, kGuardian);
    EXPECT_FALSE(pulls[0].wants_more);
    EXPECT_EQ(pulls[0].missing, 0b10U);  // the one before the last
  }
  void speak(const PeerId& from, int frames) {
    for (int i = 0; i < frames; ++i) {
      frame(from, next++);
      pass(Duration::ms(20));
    }
  }
};

TEST_F(IntakeTest, takes_frames_from_source_parent_and_guardian_and_from_nobody_else) {
  EXPECT_TRUE(intake.accepts(kSource, kSource, now));
  EXPECT_TRUE(intake.accepts(kParent, kSource, now));
  EXPECT_TRUE(intake.accepts(kGuardian, kSource, now));
  EXPECT_FALSE(intake.accepts(kOther, kSource, now));
  EXPECT_FALSE(intake.accepts(kStranger, kSource, now));
}

TEST_F(IntakeTest, asks_nobody_while_frames_come_nor_after_a_spurt_has_ended) {
  speak(kParent, 50);
  frame(kParent, next++, true);
  pass(Duration::s(5));
  EXPECT_TRUE(pulls.empty());
}

TEST_F(IntakeTest, pulls_from_the_guardian_40_ms_after_the_last_frame_of_a_broken_spurt) {
  speak(kParent, 50);  // the last came 20 ms ago
  pass(Duration::ms(19));
  EXPECT_TRUE(pulls.empty());
  pass(Duration::ms(2));
  ASSERT_EQ(pulls.size(), 1U);
  EXPECT_EQ(pulls[0].to, kGuardian);
  EXPECT_EQ(pulls[0].next_counter, 50U);
  EXPECT_TRUE(pulls[0].wants_more);
  EXPECT_EQ(stalls, 1U);
}

TEST_F(IntakeTest, a_single_lost_frame_is_no_alarm_though_frames_come_a_little_early_and_late) {
  for (int i = 0; i < 100; ++i) {
    frame(kParent, next++);
    if (i % 10 == 9) ++next;
    pass(Duration::ms((i % 10 == 9 ? 40 : 20) + (i % 2 == 0 ? 2 : -2)));
  }
  EXPECT_TRUE(std::none_of(pulls.begin(), pulls.end(), [](const auto& pull) { return pull.wants_more; }));
}

TEST_F(IntakeTest, when_the_guardian_does_not_answer_two_are_asked_at_once) {
  const PeerId third{{5}};
  intake.handle_place({kParent, Supplier{kGuardian, Duration::ms(30)}, false, {{kOther, Duration::ms(80)}, {third, Duration::ms(90)}}, 1}, now);
  speak(kParent, 50);
  pass(Duration::ms(25));
  ASSERT_EQ(pulls.size(), 1U);
  pass(Duration::ms(30) + HoleHunt::kAnswerSlack);
  ASSERT_EQ(pulls.size(), 3U);
  EXPECT_EQ(pulls[1].to, kOther);
  EXPECT_EQ(pulls[2].to, third);
}

TEST_F(IntakeTest, who_stood_in_for_a_failed_parent_goes_on_after_the_spurt_and_not_for_ever) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  speak(kGuardian, 5);
  frame(kGuardian, next++, true);
  pass(Duration::ms(400));
  EXPECT_TRUE(intake.is_pulling());
  EXPECT_TRUE(stopped.empty());
  const auto before = pulls.size();
  speak(kGuardian, 10);  // without being asked
  EXPECT_EQ(pulls.size(), before);
  frame(kGuardian, next++, true);
  pass(Intake::kDoubtFor + Duration::ms(1));
  EXPECT_FALSE(intake.is_pulling());
}

TEST_F(IntakeTest, a_parent_that_serves_in_the_next_spurt_is_in_doubt_no_more) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  speak(kGuardian, 5);
  frame(kGuardian, next++, true);
  pass(Duration::ms(400));
  speak(kParent, 3);
  EXPECT_EQ(stopped, std::vector{kGuardian});
  frame(kParent, next++, true);
  EXPECT_FALSE(intake.is_pulling());
}

TEST_F(IntakeTest, the_next_parent_is_doubted_too_until_it_serves_and_complained_of_soon) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  speak(kGuardian, 5);
  intake.handle_place({kOther, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2}, now);
  complaints.clear();
  speak(kGuardian, 30);
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_EQ(complaints[0].about, kOther);
  EXPECT_EQ(complaints[0].served_by, kGuardian);
  frame(kGuardian, next++, true);
  EXPECT_TRUE(intake.is_pulling());
}

TEST_F(IntakeTest, a_parent_that_is_only_behind_is_no_reason_to_pull) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  for (std::uint64_t i = 0; i < 10; ++i) frame(kGuardian, next + i);  // 200 ms ahead
  const auto before = pulls.size();
  for (std::uint64_t i = 0; i < 10; ++i) {
    frame(kParent, next++, false, false);
    pass(Duration::ms(20));
  }
  EXPECT_EQ(stopped, std::vector{kGuardian});
  EXPECT_EQ(pulls.size(), before);
  pass(Duration::ms(60));  // and now it is gone
  EXPECT_EQ(pulls.size(), before + 1);
}

TEST_F(IntakeTest, a_dead_parent_is_complained_of_though_a_plan_that_keeps_it_is_yet_to_begin) {
  speak(kParent, 50);
  intake.handle_place({kParent, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2, 100}, now);
  pass(Duration::ms(60));
  speak(kGuardian, 8);
  EXPECT_EQ(complaints.size(), 1U);
}

TEST_F(IntakeTest, a_parent_that_lost_a_few_frames_is_not_complained_of) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  speak(kGuardian, 4);
  speak(kParent, 20);
  EXPECT_TRUE(complaints.empty());
}

TEST_F(IntakeTest, complains_of_the_parent_once_when_the_guardian_shows_that_the_source_speaks) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  EXPECT_TRUE(complaints.empty());
  speak(kGuardian, 20);
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_EQ(complaints[0].about, kParent);
  EXPECT_FALSE(complaints[0].is_forged);
}

TEST_F(IntakeTest, a_parent_that_stalls_is_not_complained_of) {
  speak(kParent, 50);
  intake.handle_refusal(kParent, now);
  pass(Duration::ms(60));
  speak(kGuardian, 20);
  EXPECT_TRUE(complaints.empty());
}

TEST_F(IntakeTest, a_guardian_that_does_not_answer_is_not_waited_for) {
  speak(kParent, 50);
  pass(Duration::ms(45) + Duration::ms(30) + HoleHunt::kAnswerSlack);
  ASSERT_EQ(pulls.size(), 2U);
  EXPECT_EQ(pulls[1].to, kOther);
  EXPECT_TRUE(intake.accepts(kOther, kSource, now));
}

TEST_F(IntakeTest, when_the_parent_serves_again_the_others_are_stopped) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  speak(kGuardian, 10);
  for (std::uint64_t i = 0; i < 3; ++i) frame(kParent, next - 3 + i, false, false);  // copies of what we have
  EXPECT_EQ(stopped, std::vector{kGuardian});
  EXPECT_FALSE(intake.is_pulling());
}

TEST_F(IntakeTest, a_have_of_what_never_came_is_reason_to_pull) {
  speak(kParent, 10);
  frame(kParent, next++, true);
  pass(Duration::s(3));
  intake.handle_have(kGuardian, next + 1, false, now);
  pass(Duration::ms(61));
  ASSERT_EQ(pulls.size(), 1U);
  EXPECT_EQ(pulls[0].to, kGuardian);
}

TEST_F(IntakeTest, a_lost_end_of_a_spurt_calms_down_when_the_guardian_says_that_it_was_the_end) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  intake.handle_have(kGuardian, 50, true, now);
  collect();
  EXPECT_FALSE(intake.is_pulling());
  pass(Duration::s(5));
  EXPECT_EQ(pulls.size(), 1U);
}

TEST_F(IntakeTest, a_parent_that_says_that_the_source_is_silent_is_believed_at_once) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  EXPECT_TRUE(intake.is_pulling());
  intake.handle_have(kParent, 50, true, now);
  collect();
  EXPECT_FALSE(intake.is_pulling());
  EXPECT_TRUE(intake.is_silent());
}

TEST_F(IntakeTest, holes_from_before_the_plan_are_asked_for_when_it_says_of_whom) {
  intake = Intake(now);
  next = 3;
  speak(kParent, 5);
  EXPECT_TRUE(pulls.empty());
  intake.handle_place({kParent, Supplier{kGuardian, Duration::ms(30)}, false, {}, 1}, now);
  speak(kParent, 1);
  ASSERT_EQ(pulls.size(), 1U);
  EXPECT_FALSE(pulls[0].wants_more);
  EXPECT_EQ(pulls[0].missing, 0b111000000U);
}

TEST_F(IntakeTest, a_hole_is_asked_of_the_guardian_then_of_the_others_and_then_given_up) {
  speak(kParent, 10);
  lose_a_frame();
  EXPECT_FALSE(intake.is_pulling());
  speak(kParent, 50);
  ASSERT_EQ(pulls.size(), 2U);
  EXPECT_EQ(pulls[1].to, kOther);
  EXPECT_TRUE(intake.accepts(kOther, kSource, now));  // its answer may still be on its way
  speak(kParent, 50);
  EXPECT_EQ(pulls.size(), 2U);
  EXPECT_FALSE(intake.accepts(kOther, kSource, now));
}

TEST_F(IntakeTest, who_refuses_to_fill_a_hole_is_waited_for_no_longer) {
  speak(kParent, 5);
  lose_a_frame();
  intake.handle_refusal(kGuardian, now);
  pass(Duration::ms(1));
  ASSERT_EQ(pulls.size(), 2U);
  EXPECT_EQ(pulls[1].to, kOther);
  intake.handle_refusal(kGuardian, now);  // it is not whom we wait for
  pass(Duration::ms(1));
  EXPECT_EQ(pulls.size(), 2U);
}

TEST_F(IntakeTest, the_old_parent_and_guardian_are_heard_until_the_plan_has_begun_also_after_a_pause) {
  speak(kParent, 5);
  frame(kParent, next++, true);
  intake.handle_place({kOther, Supplier{kSource, Duration::ms(80)}, true, {}, 2, 20}, now);
  pass(Duration::s(9));
  EXPECT_TRUE(intake.accepts(kGuardian, kSource, now));
  EXPECT_TRUE(intake.accepts(kParent, kSource, now));
  speak(kParent, 14);
  speak(kOther, 30);
  EXPECT_FALSE(intake.accepts(kGuardian, kSource, now));
  pass(Duration::s(2));
  EXPECT_FALSE(intake.accepts(kParent, kSource, now));
  intake.handle_place({kParent, std::nullopt, false, {}, 3, next + 50}, now);
  EXPECT_TRUE(intake.accepts(kOther, kSource, now));
  EXPECT_FALSE(intake.accepts(kGuardian, kSource, now));  // of the plan before that
}

TEST_F(IntakeTest, what_a_slow_old_way_still_brings_is_taken_though_the_next_plan_is_there_already) {
  speak(kParent, 5);
  intake.handle_place({kOther, std::nullopt, false, {}, 2, 8}, now);
  frame(kOther, 8);  // a faster way: 5 to 7 are on the old one
  intake.handle_place({kGuardian, std::nullopt, false, {}, 3, 9}, now);
  EXPECT_TRUE(intake.accepts(kParent, kSource, now));
}

TEST_F(IntakeTest, whoever_learns_first_of_a_plan_that_begins_later_is_served_until_then_as_well) {
  intake.handle_start(50);
  next = 7;
  speak(kParent, 5);
  EXPECT_TRUE(pulls.empty());  // not for what was before it came
  EXPECT_FALSE(intake.is_silent());
  pass(Duration::ms(60));
  ASSERT_EQ(pulls.size(), 1U);
  EXPECT_EQ(pulls[0].next_counter, 12U);
  EXPECT_TRUE(pulls[0].wants_more);
}

TEST_F(IntakeTest, nobody_is_complained_of_before_its_plan_begins) {
  speak(kParent, 5);
  intake.handle_place({kOther, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2, 50}, now);
  pass(Duration::ms(100));
  frame(kGuardian, next++);
  EXPECT_TRUE(complaints.empty());
}

TEST_F(IntakeTest, a_parent_that_a_plan_has_just_given_us_has_time_to_hear_of_it) {
  speak(kParent, 10);
  intake.handle_place({kOther, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2, next}, now);
  pass(Duration::ms(60));
  speak(kGuardian, 20);
  EXPECT_TRUE(complaints.empty());
  speak(kGuardian, 50);
  ASSERT_FALSE(complaints.empty()) << "it does not serve at all";
  EXPECT_EQ(complaints[0].about, kOther);
}

TEST_F(IntakeTest, who_withholds_proofs_is_complained_of_and_not_banned) {
  speak(kParent, 5);
  intake.handle_withheld(kParent, now);
  intake.handle_withheld(kGuardian, now);
  intake.handle_withheld(kOther, now);  // no longer ours to judge
  collect();
  ASSERT_EQ(complaints.size(), 2U);
  EXPECT_EQ(complaints[0].about, kParent);
  EXPECT_EQ(complaints[1].about, kGuardian);
  EXPECT_FALSE(complaints[0].is_forged || complaints[1].is_forged);
  EXPECT_TRUE(intake.accepts(kParent, kSource, now));
}

TEST_F(IntakeTest, a_hole_that_was_filled_is_asked_for_no_more) {
  speak(kParent, 10);
  const std::uint64_t lost = next++;
  speak(kParent, 1);
  frame(kGuardian, lost);
  speak(kParent, 20);
  EXPECT_EQ(pulls.size(), 1U);
}

TEST_F(IntakeTest, gives_up_when_nobody_has_anything_and_leaves_no_pull) {
  speak(kParent, 50);
  pass(Duration::s(10));
  EXPECT_FALSE(intake.is_pulling());
  EXPECT_TRUE(intake.next_deadline().is_never());
}

TEST_F(IntakeTest, after_a_forgery_the_forger_is_left_and_named) {
  speak(kParent, 50);
  intake.handle_forgery(kParent, now);
  collect();
  EXPECT_FALSE(intake.accepts(kParent, kSource, now));
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_TRUE(complaints[0].is_forged);
  ASSERT_EQ(pulls.size(), 1U);
  EXPECT_EQ(pulls[0].to, kGuardian);
}

TEST_F(IntakeTest, a_forger_is_believed_again_in_time_however_smoothly_the_rest_goes) {
  speak(kParent, 10);
  intake.handle_forgery(kOther, now);
  speak(kParent, static_cast<int>(Intake::kBanFor.in_us() / 20'000) + 1);
  intake.handle_place({kOther, {}, false, {}, 2}, now);
  EXPECT_TRUE(intake.accepts(kOther, kSource, now));
}

TEST_F(IntakeTest, a_plan_that_seats_us_below_a_forger_is_complained_of_once_and_the_guardian_asked_in_time) {
  speak(kParent, 10);
  intake.handle_forgery(kOther, now);
  collect();
  complaints.clear();
  pulls.clear();
  intake.handle_place({kOther, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2}, now);
  collect();
  ASSERT_EQ(complaints.size(), 1U);
  EXPECT_EQ(complaints[0].about, kOther);
  EXPECT_TRUE(complaints[0].is_forged);
  // The same plan again, because a link came: no news.
  intake.handle_place({kOther, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2}, now);
  collect();
  EXPECT_EQ(complaints.size(), 1U);
  pass(Intake::kMissedAfterMax);  // the old parent says no more either
  ASSERT_FALSE(pulls.empty());
  EXPECT_EQ(pulls[0].to, kGuardian);
}

TEST_F(IntakeTest, a_forger_is_named_once_however_much_it_forges) {
  speak(kParent, 50);
  for (int i = 0; i < 5; ++i) intake.handle_forgery(kParent, now);
  collect();
  EXPECT_EQ(complaints.size(), 1U);
  EXPECT_EQ(pulls.size(), 1U);
}

TEST_F(IntakeTest, what_a_banned_parent_brings_shows_that_there_is_something_to_pull) {
  frame(kParent, next++, true);
  intake.handle_forgery(kParent, now);
  collect();
  ASSERT_EQ(complaints.size(), 1U);
  for (int i = 0; i < 20; ++i) {
    intake.handle_unaccepted(kStranger, now);
    pass(Duration::ms(20));
  }
  EXPECT_TRUE(pulls.empty());
  for (int i = 0; i < 10; ++i) {
    intake.handle_unaccepted(kParent, now);
    pass(Duration::ms(20));
  }
  ASSERT_FALSE(pulls.empty());
  EXPECT_EQ(pulls[0].to, kGuardian);
  EXPECT_TRUE(pulls[0].wants_more);
  EXPECT_EQ(complaints.size(), 1U);
  pass(Intake::kComplainAgain);
  intake.handle_unaccepted(kParent, now);
  collect();
  EXPECT_EQ(complaints.size(), 2U) << "the source has not heard of it";
}

TEST_F(IntakeTest, bans_no_more_than_the_source_remembers) {
  std::vector<PeerId> forgers;
  for (std::uint8_t i = 0; i <= Intake::kBannedMax; ++i) {
    forgers.push_back({{static_cast<std::uint8_t>(50 + i)}});
    intake.handle_forgery(forgers.back(), now);
    pass(Duration::ms(1));
  }
  intake.handle_place({forgers.front(), Supplier{forgers.back(), Duration::ms(30)}, false, {}, 2}, now);
  EXPECT_TRUE(intake.accepts(forgers.front(), kSource, now));
  EXPECT_FALSE(intake.accepts(forgers.back(), kSource, now));
}

TEST_F(IntakeTest, who_slept_itself_accuses_nobody) {
  speak(kParent, 50);
  now = now + Duration::s(10);
  intake.handle_own_sleep(now);
  intake.handle_time(now);
  collect();
  EXPECT_TRUE(pulls.empty());
  speak(kParent, 10);
  EXPECT_TRUE(complaints.empty());
}

TEST_F(IntakeTest, the_old_parent_serves_until_the_new_one_does) {
  speak(kParent, 50);
  intake.handle_place({kOther, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2}, now);
  EXPECT_TRUE(intake.accepts(kParent, kSource, now));
  speak(kParent, 5);
  EXPECT_TRUE(stopped.empty());
  speak(kOther, 5);
  EXPECT_EQ(stopped, std::vector{kParent});
  EXPECT_TRUE(pulls.empty());
}

TEST_F(IntakeTest, a_new_parent_that_is_ahead_leaves_no_gap) {
  speak(kParent, 50);
  intake.handle_place({kOther, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2}, now);
  // The new one is two frames ahead, and never has those between.
  for (std::uint64_t i = 0; i < 6; ++i) {
    frame(kOther, next + 2 + i);
    frame(kParent, next + i, false, i < 2);
    if (i < 1) {
      EXPECT_TRUE(stopped.empty());
    }
    pass(Duration::ms(20));
  }
  EXPECT_TRUE(pulls.empty());
  EXPECT_EQ(stopped, std::vector{kParent});
}

TEST_F(IntakeTest, an_old_parent_is_held_no_longer_than_its_lease) {
  speak(kParent, 50);
  intake.handle_place({kOther, Supplier{kGuardian, Duration::ms(30)}, false, {}, 2}, now);
  for (int i = 0; i < 110; ++i) {
    frame(kGuardian, next++);
    pass(Duration::ms(20));
  }
  EXPECT_FALSE(intake.is_pulling());
  EXPECT_TRUE(pulls.empty());
}

TEST_F(IntakeTest, a_complaint_that_changes_nothing_is_said_again) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  speak(kGuardian, 200);
  EXPECT_GE(complaints.size(), 3U);
  EXPECT_LE(complaints.size(), 5U);
}

TEST_F(IntakeTest, no_pull_outlives_a_spurt_by_more_than_a_doubt_though_a_frame_is_gone_for_good) {
  speak(kParent, 50);
  pass(Duration::ms(60));
  speak(kGuardian, 3);
  ++next;
  frame(kGuardian, next++, true);
  pass(Intake::kDoubtFor);
  EXPECT_FALSE(intake.is_pulling());
}

TEST_F(IntakeTest, a_jittery_path_is_given_more_time) {
  for (int i = 0; i < 100; ++i) {
    frame(kParent, next++);
    pass(Duration::ms(i % 2 == 0 ? 1 : 39));
  }
  EXPECT_GT(intake.missed_after(), Intake::kMissedAfterMin);
  EXPECT_LE(intake.missed_after(), Intake::kMissedAfterMax);
}

TEST_F(IntakeTest, when_the_parent_leaves_in_a_pause_the_guardian_is_asked_before_the_next_spurt) {
  speak(kParent, 50);
  frame(kParent, next++, true);
  pass(Duration::ms(100));
  intake.handle_peer_gone(kParent, now);
  collect();
  ASSERT_EQ(pulls.size(), 1U);
  EXPECT_EQ(pulls[0].to, kGuardian);
  EXPECT_TRUE(pulls[0].wants_more);
  intake.handle_have(kGuardian, next, true, now);  // its answer: nothing yet
  collect();
  EXPECT_TRUE(stopped.empty());
  speak(kGuardian, 10);
  EXPECT_EQ(pulls.size(), 1U) << "nothing is missed";
  EXPECT_TRUE(complaints.empty()) << "the map tells the source";
}

TEST_F(IntakeTest, whoever_waits_for_a_spurt_that_does_not_come_waits_no_longer_than_three_seconds) {
  speak(kParent, 50);
  frame(kParent, next++, true);
  intake.handle_peer_gone(kParent, now);
  collect();
  EXPECT_TRUE(intake.is_pulling());
  pass(Intake::kDoubtFor);
  EXPECT_FALSE(intake.is_pulling());
}

TEST_F(IntakeTest, nobody_is_asked_to_stand_in_for_the_parent_of_a_voice_that_has_long_been_silent) {
  speak(kParent, 50);
  frame(kParent, next++, true);
  pass(kAwakeFor);
  intake.handle_peer_gone(kParent, now);
  collect();
  EXPECT_TRUE(pulls.empty());
}

// Parent and guardian may both be dead, and this the only one who knows that there is something to hear.
TEST_F(IntakeTest, pulls_from_a_neighbour_that_has_what_nobody_brings) {
  speak(kParent, 50);
  frame(kParent, next++, true);
  pass(Duration::s(1));
  intake.handle_hint(kOther, next + 5, now);
  collect();
  ASSERT_EQ(pulls.size(), 1U);
  EXPECT_EQ(pulls[0].to, kOther);
  EXPECT_TRUE(pulls[0].wants_more);
  EXPECT_TRUE(intake.accepts(kOther, kSource, now));
  speak(kOther, 20);
  ASSERT_FALSE(complaints.empty());
  EXPECT_EQ(complaints[0].about, kParent);
}

TEST_F(IntakeTest, a_neighbours_word_counts_for_nothing_while_frames_come) {
  speak(kParent, 50);
  intake.handle_hint(kOther, next + 1, now);
  collect();
  EXPECT_TRUE(pulls.empty());
}

TEST_F(IntakeTest, of_several_neighbours_that_have_it_the_first_that_serves_is_kept) {
  speak(kParent, 50);
  frame(kParent, next++, true);
  pass(Duration::s(1));
  intake.handle_hint(kOther, next + 5, now);
  intake.handle_hint(kStranger, next + 5, now);
  collect();
  EXPECT_EQ(pulls.size(), 2U);
  frame(kStranger, next++);
  EXPECT_EQ(stopped, (std::vector<PeerId>{kOther}));
}

TEST_F(IntakeTest, whose_link_is_silent_is_asked_last) {
  speak(kParent, 50);
  intake.handle_place({kParent, Supplier{kGuardian, Duration::ms(30), true}, false, {{kOther, Duration::ms(80)}}, 1}, now);
  pass(Duration::ms(100));
  ASSERT_FALSE(pulls.empty());
  EXPECT_EQ(pulls[0].to, kOther);
}

TEST_F(IntakeTest, knows_who_sends_by_itself) {
  EXPECT_EQ(intake.senders(), (std::vector{kParent}));
  intake.handle_place({kParent, Supplier{kGuardian, Duration::ms(80)}, true, {}, 2}, now);
  EXPECT_EQ(intake.senders(), (std::vector{kParent, kGuardian}));
  frame(kParent, 0);
  intake.handle_place({kOther, {}, false, {}, 3}, now);
  EXPECT_EQ(intake.senders(), (std::vector{kOther, kParent})) << "which goes on until the new one serves";
}

}  // namespace
}  // namespace grove::overlay
