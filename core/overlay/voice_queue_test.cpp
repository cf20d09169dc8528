#include "overlay/voice_queue.h"

#include <gtest/gtest.h>

namespace grove::overlay {
namespace {

constexpr base::PeerId kAda{{1}};
constexpr base::PeerId kBob{{2}};
constexpr base::Instant kNow = base::Instant::from_us(1'000'000);

base::Bytes frame(std::uint8_t tag) { return base::Bytes(100, tag); }

TEST(VoiceQueue, a_free_channel_gets_every_frame_at_once) {
  VoiceQueue queue;
  for (std::uint8_t i = 0; i < 10; ++i) {
    EXPECT_FALSE(queue.push(kAda, frame(i), kNow));
    EXPECT_EQ(queue.poll(kNow), frame(i));
    queue.handle_buffered(0);
  }
}

TEST(VoiceQueue, never_more_than_two_frames_of_a_voice_wait_in_the_channel_and_the_newest_four_are_kept) {
  VoiceQueue queue;
  for (std::uint8_t i = 1; i <= 2; ++i) {
    queue.push(kAda, frame(i), kNow);
    EXPECT_EQ(queue.poll(kNow), frame(i));  // below, and the channel does not move
  }
  for (std::uint8_t i = 3; i <= 6; ++i) {
    EXPECT_FALSE(queue.push(kAda, frame(i), kNow));
    EXPECT_EQ(queue.poll(kNow), std::nullopt);
  }
  EXPECT_TRUE(queue.push(kAda, frame(7), kNow));
  queue.handle_buffered(100);
  EXPECT_EQ(queue.poll(kNow), frame(4));
  EXPECT_EQ(queue.poll(kNow), std::nullopt);
  queue.handle_buffered(0);
  EXPECT_EQ(queue.poll(kNow), frame(5));
  EXPECT_EQ(queue.poll(kNow), frame(6));
  EXPECT_EQ(queue.poll(kNow), std::nullopt);
}

TEST(VoiceQueue, every_voice_has_its_own_place) {
  VoiceQueue queue;
  for (int i = 0; i < 2; ++i) {  // two of each may lie below
    queue.push(kAda, frame(1), kNow);
    queue.push(kBob, frame(2), kNow);
    EXPECT_EQ(queue.poll(kNow), frame(1));
    EXPECT_EQ(queue.poll(kNow), frame(2));
  }
  EXPECT_FALSE(queue.push(kAda, frame(3), kNow));
  EXPECT_FALSE(queue.push(kBob, frame(4), kNow));
  EXPECT_EQ(queue.poll(kNow), std::nullopt);
  queue.handle_buffered(300);
  EXPECT_EQ(queue.poll(kNow), frame(3));
  EXPECT_EQ(queue.poll(kNow), std::nullopt);
  queue.handle_buffered(300);
  EXPECT_EQ(queue.poll(kNow), frame(4));
}

TEST(VoiceQueue, a_large_frame_passes_an_empty_channel) {
  VoiceQueue queue;
  queue.push(kAda, base::Bytes(1200), kNow);
  EXPECT_TRUE(queue.poll(kNow));
}

TEST(VoiceQueue, what_waited_longer_than_the_channel_would_keep_it_is_dropped_and_counted) {
  VoiceQueue queue;
  queue.push(kAda, frame(1), kNow);
  EXPECT_FALSE(queue.poll(kNow + VoiceQueue::kFrameLifetime + base::Duration::ms(1)));
  EXPECT_EQ(queue.take_expired(), 1U);
  EXPECT_EQ(queue.take_expired(), 0U);
}

TEST(VoiceQueue, what_was_asked_for_waits_behind_what_is_new_and_none_of_it_is_lost) {
  VoiceQueue queue;
  for (std::uint8_t i = 1; i <= 5; ++i) EXPECT_FALSE(queue.push_late(kAda, frame(i), kNow));
  queue.push(kAda, frame(6), kNow);
  std::vector<base::Bytes> sent;
  for (int round = 0; round < 10; ++round) {
    while (auto next = queue.poll(kNow)) sent.push_back(*next);
    EXPECT_LE(queue.below_bytes(), 200U);
    queue.handle_buffered(0);
  }
  EXPECT_EQ(sent, (std::vector{frame(6), frame(1), frame(2), frame(3), frame(4), frame(5)}));
}

TEST(VoiceQueue, what_was_asked_for_and_waited_too_long_is_not_sent) {
  VoiceQueue queue;
  queue.push_late(kAda, frame(1), kNow);
  queue.push_late(kAda, frame(2), kNow + VoiceQueue::kFrameLifetime);
  EXPECT_EQ(queue.poll(kNow + VoiceQueue::kFrameLifetime + base::Duration::ms(1)), frame(2));
  EXPECT_EQ(queue.take_expired(), 1U);
}

TEST(VoiceQueue, remembers_a_bounded_number_of_voices) {
  VoiceQueue queue;
  for (std::uint32_t i = 0; i < 1000; ++i) {
    const base::PeerId source{{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8)}};
    queue.push(source, frame(1), kNow + base::Duration::us(i));
  }
  std::size_t waiting = 0;
  for (; queue.poll(kNow + base::Duration::ms(5)); ++waiting) queue.handle_buffered(0);
  EXPECT_EQ(waiting, VoiceQueue::kVoicesMax);
}

}  // namespace
}  // namespace grove::overlay
