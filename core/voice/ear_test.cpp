#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <limits>
#include <new>

#include "voice/codec/encoder.h"
#include "voice/codec/frame.h"
#include "voice/testing/line.h"

namespace {
std::atomic<std::uint64_t> allocations{0};
}

// Not inlined: GCC would take malloc and free for a mismatch with these very operators.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory != nullptr) ++allocations;  // giving back is as slow as taking
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace grove::voice {
namespace {

using testing::Samples;

base::Instant at_ms(double ms) { return base::Instant::from_us(static_cast<std::int64_t>(ms * 1000)); }

std::vector<base::Bytes> frames_of(const Samples& said) {
  Mouth mouth(48'000);
  std::vector<base::Bytes> frames;
  for (std::size_t at = 0; at + 480 <= said.size(); at += 480) {
    mouth.handle_pcm(std::span(said).subspan(at, 480));
    while (auto frame = mouth.poll_frame()) frames.push_back(std::move(*frame));
  }
  return frames;
}

// Everybody says the same frames at the same time; 20 ms are pulled after each.
struct Choir {
  Ear ear{48'000};
  std::uint32_t voices;
  std::uint64_t sequence = 0;
  double now_ms = 0;

  explicit Choir(std::uint32_t count) : voices(count) {}
  Samples sing(const std::vector<base::Bytes>& frames) {
    Samples heard;
    for (const auto& frame : frames) {
      for (std::uint32_t voice = 1; voice <= voices; ++voice) ear.handle_frame({voice}, sequence, frame, at_ms(now_ms));
      ++sequence;
      testing::append(heard, pull(20));
    }
    return heard;
  }
  Samples pull(double ms) {
    Samples block(static_cast<std::size_t>(ms * 96));
    now_ms += ms;
    ear.pull_audio(block, at_ms(now_ms));
    return block;
  }
};

Samples left_of(const Samples& stereo) {
  Samples left;
  for (std::size_t i = 0; i < stereo.size(); i += 2) left.push_back(stereo[i]);
  return left;
}

TEST(Ear, nobody_there_is_silence) {
  Ear ear(44'100);
  Samples block(882, 1.0F);
  ear.pull_audio(block, at_ms(0));
  EXPECT_EQ(testing::peak(block), 0);
  EXPECT_EQ(ear.level_dbfs({1}), -100);
  EXPECT_FALSE(ear.is_speaking({1}));
  EXPECT_EQ(ear.stats({1}).frames_received, 0U);
}

TEST(Ear, pulling_never_takes_or_gives_memory) {
  base::Random random(1);
  Ear ear(44'100);
  const auto frames = frames_of(testing::speech(6));
  std::vector<float> block(2 * 441);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    for (std::uint32_t voice = 1; voice <= 3; ++voice) {
      // Lost, late and in bursts, so that every way of filling a hole is walked.
      if (random.below(10) == 0) continue;
      const std::size_t which = random.below(15) == 0 && i > 3 ? i - 3 : i;
      ear.handle_frame({voice}, which, frames[which], at_ms(static_cast<double>(i) * 20));
    }
    if (i % 60 > 50) continue;  // the card stands still, then goes on
    for (int half = 0; half < 2; ++half) {
      const std::uint64_t before = allocations;
      ear.pull_audio(block, at_ms(static_cast<double>(i) * 20 + half * 10));
      ASSERT_EQ(allocations, before);
    }
  }
}

TEST(Ear, a_blocked_person_is_gone_within_a_block_and_comes_back_with_what_is_said_then) {
  Choir choir(1);
  const auto frames = frames_of(testing::speech(4));
  ASSERT_GT(frames.size(), 100U);
  const std::vector<base::Bytes> before(frames.begin(), frames.begin() + 60), meanwhile(frames.begin() + 60, frames.begin() + 80),
      after(frames.begin() + 80, frames.begin() + 100);
  EXPECT_GT(testing::peak(choir.sing(before)), 0.01F);
  choir.ear.set_blocked({1}, true);
  const Samples fading = choir.pull(5);  // what was under way, without a click
  const Samples tail(fading.end() - 20, fading.end());
  EXPECT_LT(testing::peak(tail), 0.01F);
  choir.pull(3);  // the limiter looks ahead
  const auto taken = choir.ear.stats({1}).frames_received;
  EXPECT_EQ(testing::peak(choir.sing(meanwhile)), 0);
  EXPECT_EQ(choir.ear.level_dbfs({1}), -100);
  EXPECT_EQ(choir.ear.stats({1}).frames_received, taken);
  choir.ear.set_blocked({1}, false);
  EXPECT_EQ(testing::peak(choir.pull(200)), 0);  // no burst of old audio
  EXPECT_GT(testing::peak(choir.sing(after)), 0.01F);
}

TEST(Ear, who_is_blocked_before_the_first_frame_is_never_heard) {
  Choir choir(1);
  choir.ear.set_blocked({1}, true);
  EXPECT_EQ(testing::peak(choir.sing(frames_of(testing::speech(2)))), 0);
}

TEST(Ear, many_loud_voices_at_30_db_never_pass_the_ceiling) {
  Choir choir(8);
  for (std::uint32_t voice = 1; voice <= 8; ++voice) choir.ear.set_volume_db({voice}, 30);
  testing::Speaker loud;
  loud.level = 0.8;
  const Samples heard = choir.sing(frames_of(testing::speech(1.5, 48'000, loud)));
  EXPECT_LE(testing::peak(heard), 0.8913);
  EXPECT_GE(testing::peak(heard), 0.7);
}

TEST(Ear, volume_mute_and_pan_are_remembered_before_a_peer_is_first_heard) {
  const auto frames = frames_of(testing::tone(0.5, 300, 0.1));
  Choir choir(1);
  choir.ear.set_volume_db({1}, 6.0206);
  choir.ear.set_pan({1}, -1);
  const Samples heard = choir.sing(frames);
  Samples right;
  for (std::size_t i = 1; i < heard.size(); i += 2) right.push_back(heard[i]);
  EXPECT_EQ(testing::peak(right), 0);
  const Samples left = left_of(heard);
  EXPECT_NEAR(testing::rms(std::span(left).subspan(9'600)), 0.1 * 2, 0.03);
  Choir muted(1);
  muted.ear.set_muted({1}, true);
  EXPECT_EQ(testing::peak(muted.sing(frames)), 0);
  EXPECT_TRUE(muted.ear.is_speaking({1})) << "people see who speaks, though they silenced them";
  EXPECT_GT(muted.ear.level_dbfs({1}), -40) << "the meter is before the volume";
}

TEST(Ear, turning_a_voice_up_down_and_off_makes_no_click) {
  const auto frames = frames_of(testing::tone(2, 150, 0.1));
  Choir choir(1);
  const Samples settled = left_of(choir.sing({frames.begin(), frames.begin() + 20}));
  const double natural = testing::steepest(std::span(settled).subspan(9'600));
  Samples heard;
  for (std::size_t i = 20; i < frames.size(); ++i) {
    if (i % 8 == 0) choir.ear.set_volume_db({1}, i % 16 == 0 ? -20 : 0);
    if (i % 8 == 4) choir.ear.set_muted({1}, i % 16 == 4);
    const Samples sung = choir.sing({frames[i]});
    testing::append(heard, left_of(sung));
  }
  EXPECT_LT(testing::steepest(heard), natural * 1.5 + 0.1 / 240);
}

TEST(Ear, speaking_and_level_follow_the_voice) {
  Choir choir(1);
  Samples said = testing::tone(0.6, 300, 0.2);
  testing::append(said, testing::room(0.6, 0.0002));
  const auto frames = frames_of(said);
  choir.sing({frames.begin(), frames.begin() + 25});
  EXPECT_TRUE(choir.ear.is_speaking({1}));
  EXPECT_NEAR(choir.ear.level_dbfs({1}), -17, 3);
  choir.sing({frames.begin() + 25, frames.end()});
  choir.pull(4'000);
  EXPECT_FALSE(choir.ear.is_speaking({1}));
  EXPECT_EQ(choir.ear.level_dbfs({1}), -100);
}

TEST(Ear, a_removed_peer_is_silent_at_once_and_forgotten) {
  const auto frames = frames_of(testing::tone(0.4, 300, 0.2));
  Choir choir(1);
  choir.sing(frames);
  choir.ear.remove_peer({1});
  choir.pull(10);  // what the limiter still holds
  EXPECT_EQ(testing::peak(choir.pull(100)), 0);
  EXPECT_EQ(choir.ear.stats({1}).frames_received, 0U);
}

TEST(Ear, another_sound_card_keeps_strips_and_goes_on_talking) {
  const auto frames = frames_of(testing::tone(1, 300, 0.1));
  Choir choir(1);
  choir.ear.set_volume_db({1}, 6.0206);
  choir.sing({frames.begin(), frames.begin() + 25});
  choir.ear.set_device_rate(24'000);
  Samples heard;
  for (std::size_t i = 25; i < frames.size(); ++i) {
    choir.ear.handle_frame({1}, choir.sequence++, frames[i], at_ms(choir.now_ms));
    Samples block(2 * 480);
    choir.now_ms += 20;
    choir.ear.pull_audio(block, at_ms(choir.now_ms));
    testing::append(heard, left_of(block));
  }
  EXPECT_NEAR(testing::rms(std::span(heard).subspan(2'000)), 0.2 / std::sqrt(2.0), 0.03);
  EXPECT_EQ(choir.ear.stats({1}).frames_received, frames.size());
}

TEST(Ear, after_the_sound_card_stood_still_nobody_hears_the_old_words) {
  const auto frames = frames_of(testing::tone(3, 300, 0.1));
  Choir choir(1);
  choir.sing({frames.begin(), frames.begin() + 40});
  for (std::size_t i = 40; i < 100; ++i) choir.ear.handle_frame({1}, choir.sequence++, frames[i], at_ms(choir.now_ms));
  choir.now_ms += 1'200;
  choir.sing({frames.begin() + 100, frames.end()});
  EXPECT_LE(choir.ear.stats({1}).current_delay_ms, 40);
}

TEST(Ear, more_than_512_strips_are_not_opened) {
  Ear ear(48'000);
  const auto frames = frames_of(testing::tone(0.04, 300, 0.1));
  for (std::uint32_t peer = 1; peer <= 512; ++peer) ear.set_pan({peer}, 0.5);
  ear.handle_frame({1000}, 1, frames[0], at_ms(0));
  EXPECT_EQ(ear.stats({1000}).frames_received, 0U);
  ear.remove_peer({5});
  ear.handle_frame({1000}, 1, frames[0], at_ms(0));
  EXPECT_EQ(ear.stats({1000}).frames_received, 1U);
}

TEST(Ear, garbage_is_refused_and_odd_controls_are_borne) {
  Ear ear(std::numeric_limits<double>::quiet_NaN());
  ear.handle_frame({1}, 0, {}, at_ms(0));
  ear.handle_frame({1}, 0, base::Bytes(2'000, 0xff), at_ms(0));
  EXPECT_EQ(ear.stats({1}).frames_received, 0U);
  ear.set_volume_db({1}, std::numeric_limits<double>::quiet_NaN());
  ear.set_pan({1}, std::numeric_limits<double>::infinity());
  Samples block(101);  // half a frame too many
  ear.pull_audio(block, at_ms(1));
  EXPECT_EQ(testing::peak(block), 0);
}

}  // namespace
}  // namespace grove::voice
