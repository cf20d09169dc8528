#include "room/block_list.h"

#include <gtest/gtest.h>

namespace grove::room {
namespace {

using base::Duration;
using base::Instant;
using base::PeerId;

constexpr PeerId kBen{{2}};
constexpr PeerId kAda{{1}};

struct BlockListTest : testing::Test {
  Instant now = Instant::from_us(1'000'000);
  BlockList ada{{100}};  // of Ada's run
  BlockList ben{{200}};

  // Everything that one of them has to say now, as it reaches the other.
  bool pass_to_ben() {
    bool has_changed = false;
    while (const auto say = ada.poll(now)) has_changed |= ben.handle_hearing(kAda, say->hearing);
    while (const auto say = ben.poll(now)) ada.handle_hearing(kBen, say->hearing);
    return has_changed;
  }
};

TEST_F(BlockListTest, a_block_reaches_the_blocked_and_ends) {
  EXPECT_TRUE(ada.set_blocked(kBen, true, now));
  EXPECT_FALSE(ada.set_blocked(kBen, true, now));
  EXPECT_TRUE(pass_to_ben());
  EXPECT_TRUE(ben.is_blocked_by(kAda));
  EXPECT_TRUE(ben.is_apart(kAda) && ada.is_apart(kBen));
  EXPECT_EQ(ben.no_send(), std::vector{kAda});
  EXPECT_TRUE(ada.sends_to(kBen));  // Ben still hears Ada
  EXPECT_TRUE(ada.set_blocked(kBen, false, now));
  EXPECT_TRUE(pass_to_ben());
  EXPECT_FALSE(ben.is_apart(kAda) || ada.is_apart(kBen));
  EXPECT_TRUE(ben.no_send().empty());
}

TEST_F(BlockListTest, a_word_is_repeated_ever_more_seldom_until_it_is_said_back) {
  ada.set_blocked(kBen, true, now);
  int said = 0;
  for (int second = 0; second < 10; ++second, now = now + Duration::s(1)) {
    while (ada.poll(now)) ++said;
  }
  EXPECT_EQ(said, 5);  // due at 0, 0.3, 0.9 s and so on; looked at every second: at 0, 1, 2, 4 and 7 s
  now = ada.next_deadline();
  pass_to_ben();
  EXPECT_TRUE(ada.next_deadline().is_never());
}

TEST_F(BlockListTest, an_old_word_changes_nothing) {
  ada.set_blocked(kBen, true, now);
  const auto block = ada.poll(now)->hearing;
  ben.handle_hearing(kAda, block);
  ada.set_blocked(kBen, false, now);
  EXPECT_TRUE(ben.handle_hearing(kAda, ada.poll(now)->hearing));
  EXPECT_FALSE(ben.handle_hearing(kAda, block));
  EXPECT_FALSE(ben.is_blocked_by(kAda));
}

TEST_F(BlockListTest, a_block_that_is_overtaken_by_its_end_does_not_stick) {
  ada.set_blocked(kBen, true, now);
  const auto block = ada.poll(now)->hearing;
  ada.set_blocked(kBen, false, now);
  ben.handle_hearing(kAda, ada.poll(now)->hearing);
  EXPECT_FALSE(ben.handle_hearing(kAda, block));
  EXPECT_FALSE(ben.is_blocked_by(kAda));
}

TEST_F(BlockListTest, a_word_of_a_run_that_is_over_counts_no_more) {
  ada.set_blocked(kBen, true, now);
  const auto block = ada.poll(now)->hearing;
  ben.handle_hearing(kAda, block);
  EXPECT_TRUE(ben.forget_words_of(kAda, {500}));
  EXPECT_FALSE(ben.handle_hearing(kAda, block));
  EXPECT_FALSE(ben.is_blocked_by(kAda));
}

TEST_F(BlockListTest, an_echo_of_an_older_word_does_not_count) {
  ada.set_blocked(kBen, true, now);
  auto echo = ada.poll(now)->hearing;
  echo.is_echo = true;
  ada.set_blocked(kBen, false, now);
  ada.handle_hearing(kBen, echo);
  EXPECT_TRUE(ada.poll(now).has_value());
}

TEST_F(BlockListTest, who_reloads_is_told_again) {
  ada.set_blocked(kBen, true, now);
  pass_to_ben();
  ben = BlockList({300});
  ada.handle_met(kBen, now);
  EXPECT_TRUE(pass_to_ben());
  EXPECT_TRUE(ben.is_blocked_by(kAda));
}

TEST_F(BlockListTest, a_new_run_that_blocks_nobody_ends_the_block_of_the_run_before) {
  ada.set_blocked(kBen, true, now);
  pass_to_ben();
  EXPECT_FALSE(ben.forget_words_of(kAda, {100}));
  BlockList again({400});
  EXPECT_TRUE(ben.handle_hearing(kAda, again.word_to(kBen)));
  EXPECT_FALSE(ben.is_blocked_by(kAda));
  ben.handle_hearing(kAda, {{500}, 1, false, false});
  EXPECT_TRUE(ben.forget_words_of(kAda, {501}));
  EXPECT_FALSE(ben.is_blocked_by(kAda));
}

TEST_F(BlockListTest, whoever_goes_on_sending_is_told_again) {
  ada.set_blocked(kBen, true, now);
  pass_to_ben();
  ada.handle_unwanted(kBen, now);
  EXPECT_FALSE(ada.poll(now).has_value());  // it may be on its way
  now = ada.next_deadline();
  EXPECT_TRUE(ada.poll(now).has_value());
}

TEST_F(BlockListTest, keeping_ones_voice_is_a_choice_of_its_own_and_told_to_nobody) {
  EXPECT_TRUE(ada.set_withheld(kBen, true));
  EXPECT_FALSE(ada.sends_to(kBen));
  EXPECT_FALSE(ada.is_apart(kBen));
  EXPECT_EQ(ada.no_send(), std::vector{kBen});
  EXPECT_FALSE(ada.poll(now).has_value());
  EXPECT_TRUE(ada.set_withheld(kBen, false));
  EXPECT_TRUE(ada.sends_to(kBen));
}

}  // namespace
}  // namespace grove::room
