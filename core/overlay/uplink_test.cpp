#include "overlay/uplink.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <utility>

#include "overlay/relay.h"

namespace grove::overlay {
namespace {

using base::Duration;
using base::Instant;

constexpr Duration kFrame = Duration::ms(20);

base::PeerId child(std::size_t i) { return {{static_cast<std::uint8_t>(i + 1)}}; }

// Somebody speaks through an uplink that bears `bearable` copies; what is above it is lost to all children alike.
class Speech {
 public:
  explicit Speech(wire::Role role = wire::Role::kDesktop, std::uint8_t cap = 0) : uplink_(role, cap, now_) {}

  void speak_for(Duration time, std::size_t bearable, std::uint8_t own_loss = 0, std::size_t children_max = 99) {
    for (const Instant end = now_ + time; now_ < end; now_ = now_ + kFrame) {
      const std::size_t copies = std::min<std::size_t>(uplink_.copies_max(), children_max);
      for (std::size_t voice = 0; voice < voices_; ++voice) uplink_.handle_copies(child(200 + voice), copies, 0, now_);
      if (now_.in_us() % 1'000'000 != 0) continue;
      const std::size_t lost = copies > bearable ? 100 * (copies - bearable) / copies : 0;
      for (std::size_t i = 0; i < copies; ++i) {
        uplink_.handle_child_loss(child(i), static_cast<std::uint8_t>(std::min<std::size_t>(100, lost + own_loss)), now_);
      }
      widest_ = std::max(widest_, copies);
    }
  }
  void set_voices(std::size_t voices) { voices_ = voices; }
  void pause_for(Duration time) { now_ = now_ + time; }

  Uplink& uplink() { return uplink_; }
  Instant now() const { return now_; }
  std::size_t take_widest() { return std::exchange(widest_, 0); }

 private:
  Instant now_ = Instant::from_us(1'000'000'000);
  Uplink uplink_;
  std::size_t voices_ = 1;
  std::size_t widest_ = 0;
};

TEST(Uplink, starts_with_four_copies_and_grows_to_its_roles_bound) {
  Speech desktop;
  EXPECT_EQ(desktop.uplink().copies_max(), Uplink::kStart);
  desktop.speak_for(Duration::s(300), 99);
  EXPECT_EQ(desktop.uplink().copies_max(), Uplink::kDesktopMax);
  Speech phone(wire::Role::kPhone);
  phone.speak_for(Duration::s(300), 99);
  EXPECT_EQ(phone.uplink().copies_max(), Uplink::kOthersMax);
}

TEST(Uplink, a_forced_bound_is_where_it_starts_and_ends) {
  Speech forced(wire::Role::kDesktop, 8);
  EXPECT_EQ(forced.uplink().copies_max(), 8);
  forced.speak_for(Duration::s(120), 99);
  EXPECT_EQ(forced.uplink().copies_max(), 8);
}

TEST(Uplink, what_is_not_used_does_not_grow_and_silence_proves_nothing) {
  Speech speech;
  speech.speak_for(Duration::s(120), 99, 0, 2);
  EXPECT_EQ(speech.uplink().copies_max(), Uplink::kStart);
  for (int spurt = 0; spurt < 3; ++spurt) {
    speech.speak_for(Duration::s(1), 99);
    speech.pause_for(Duration::s(60));
  }
  EXPECT_EQ(speech.uplink().copies_max(), Uplink::kStart);
}

TEST(Uplink, finds_what_the_line_bears_and_stays_near_it) {
  Speech speech;
  speech.speak_for(Duration::s(120), 8);
  speech.take_widest();
  speech.speak_for(Duration::s(120), 8);
  EXPECT_LE(speech.take_widest(), 10U);  // one more than it bears is a loss of 11 % and 10 is 20 %
  EXPECT_GE(speech.uplink().copies_max(), 5);
}

TEST(Uplink, loss_that_the_path_has_anyway_is_no_congestion) {
  Speech speech;
  speech.speak_for(Duration::s(300), 99, 12);
  EXPECT_EQ(speech.uplink().copies_max(), Uplink::kDesktopMax);
}

TEST(Uplink, one_childs_own_trouble_costs_nobody_else) {
  Speech speech;
  speech.speak_for(Duration::s(10), 99);
  const auto before = speech.uplink().copies_max();
  for (int i = 0; i < 10; ++i) {
    speech.pause_for(Duration::s(1));
    speech.uplink().handle_child_loss(child(0), 60, speech.now());
    for (std::size_t other = 1; other < 4; ++other) speech.uplink().handle_child_loss(child(other), 0, speech.now());
  }
  EXPECT_EQ(speech.uplink().copies_max(), before);
}

TEST(Uplink, what_waits_below_for_long_makes_it_back_off_but_not_at_every_call) {
  Speech speech(wire::Role::kDesktop, 10);
  Instant now = speech.now();
  for (int i = 0; i < 50; ++i, now = now + kFrame) {
    speech.uplink().handle_copies(child(200), 10, 0, now);
    speech.uplink().handle_buffered(1'000'000, now);
  }
  EXPECT_EQ(speech.uplink().copies_max(), 7);
  for (int i = 0; i < 50; ++i, now = now + kFrame) speech.uplink().handle_buffered(0, now);
  EXPECT_EQ(speech.uplink().copies_max(), 7);
}

TEST(Uplink, dropped_copies_make_it_back_off) {
  Speech speech(wire::Role::kDesktop, 10);
  Instant now = speech.now();
  for (int i = 0; i < 60; ++i, now = now + kFrame) speech.uplink().handle_copies(child(200), 10, 1, now);
  EXPECT_EQ(speech.uplink().copies_max(), 7);
}

TEST(Uplink, fewer_is_told_at_once_and_more_when_it_is_a_fifth) {
  Speech speech(wire::Role::kDesktop, 10);
  const auto at_once = speech.uplink().copies_at_once();
  EXPECT_TRUE(speech.uplink().is_worth_telling(11, at_once));
  EXPECT_FALSE(speech.uplink().is_worth_telling(10, at_once));
  EXPECT_FALSE(speech.uplink().is_worth_telling(9, at_once));
  EXPECT_TRUE(speech.uplink().is_worth_telling(8, at_once));
  EXPECT_TRUE(speech.uplink().is_worth_telling(10, static_cast<std::uint8_t>(at_once + 1)));
}

TEST(Uplink, what_one_voice_proves_is_no_promise_to_three) {
  Speech speech;
  speech.speak_for(Duration::s(300), 99);
  EXPECT_EQ(speech.uplink().copies_max(), Uplink::kDesktopMax);
  EXPECT_LE(speech.uplink().copies_at_once(), 18);  // twelve were sent: three quarters of 16, and one step more
}

TEST(Uplink, three_voices_prove_what_all_together_may_have) {
  Speech speech;
  speech.set_voices(3);
  EXPECT_EQ(speech.uplink().copies_at_once(), Uplink::kStartAtOnce);
  speech.speak_for(Duration::s(600), 99);
  EXPECT_EQ(speech.uplink().copies_at_once(), 3 * (Uplink::kDesktopMax + kCopiesBeyond));
}

TEST(Uplink, after_hours_of_ease_a_full_line_is_still_noticed) {
  Speech speech;
  speech.set_voices(3);
  speech.speak_for(Duration::s(3'600), 99);
  const auto before = speech.uplink().copies_at_once();
  speech.uplink().handle_buffered(40'000, speech.now());  // five frames of each copy
  speech.uplink().handle_buffered(40'000, speech.now() + Duration::ms(600));
  EXPECT_LT(speech.uplink().copies_at_once(), before);
}

TEST(Uplink, loss_that_many_report_costs_a_part_of_the_budget_though_little_went_out) {
  Speech speech;
  speech.set_voices(3);
  speech.speak_for(Duration::s(600), 99);
  speech.speak_for(Duration::s(5), 99, 0, 2);
  speech.speak_for(Duration::s(1), 99, 30, 2);  // whoever relayed it died
  EXPECT_EQ(speech.uplink().copies_max(), 8U);  // of 12
  EXPECT_GE(speech.uplink().copies_at_once(), 20U);
}

TEST(Uplink, reported_loss_gives_nothing_back_that_dropped_copies_took) {
  Speech speech;
  for (int i = 0; i < 40; ++i) {  // of ten copies eight find no room
    speech.uplink().handle_copies(child(200), 2, 8, speech.now());
    speech.pause_for(Duration::s(1));
  }
  const auto fallen = speech.uplink().copies_at_once();
  EXPECT_LE(fallen, 2U);
  for (const auto percent : {std::uint8_t{0}, std::uint8_t{50}}) {
    for (std::size_t i = 0; i < 3; ++i) speech.uplink().handle_child_loss(child(i), percent, speech.now());
  }
  EXPECT_LE(speech.uplink().copies_at_once(), fallen);
}

TEST(Uplink, a_line_that_is_nearly_full_is_asked_for_no_more) {
  Speech speech;
  for (int i = 0; i < 60; ++i) {
    speech.uplink().handle_buffered(1'500, speech.now());  // of eight copies: more than a frame and a half each
    speech.speak_for(Duration::s(1), 99);
  }
  EXPECT_EQ(speech.uplink().copies_max(), Uplink::kStart);
}

TEST(Uplink, whatever_happens_it_serves_one_and_never_more_than_its_bound) {
  EXPECT_TRUE(rc::check([] {
    const auto cap = *rc::gen::inRange<std::uint8_t>(0, 20);
    Instant now = Instant::from_us(0);
    Uplink uplink(wire::Role::kDesktop, cap, now);
    for (int i = 0; i < 300; ++i) {
      now = now + Duration::ms(*rc::gen::inRange(0, 3'000));
      switch (*rc::gen::inRange(0, 4)) {
        case 0: uplink.handle_copies(child(200), *rc::gen::inRange<std::size_t>(0, 30), *rc::gen::inRange<std::size_t>(0, 30), now); break;
        case 1: uplink.handle_child_loss(child(*rc::gen::inRange<std::size_t>(0, 200)), *rc::gen::inRange<std::uint8_t>(0, 101), now); break;
        case 2: uplink.handle_buffered(*rc::gen::inRange<std::size_t>(0, 100'000), now); break;
        default: uplink.handle_role(*rc::gen::element(wire::Role::kDesktop, wire::Role::kHiddenTab)); break;
      }
      RC_ASSERT(uplink.copies_max() >= 1);
      RC_ASSERT(uplink.copies_at_once() >= uplink.copies_max());
      RC_ASSERT(uplink.copies_max() <= (cap > 0 ? cap : Uplink::kDesktopMax));
    }
  }));
}

}  // namespace
}  // namespace grove::overlay
