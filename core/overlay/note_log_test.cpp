#include "overlay/note_log.h"

#include <gtest/gtest.h>

namespace grove::overlay {
namespace {

constexpr std::uint64_t kWallMs = 1'700'000'000'000;
constexpr base::Instant kNow = base::Instant::from_us(1);
constexpr base::PeerId kSelf{{1}};
constexpr base::PeerId kAda{{2}};
constexpr base::PeerId kBob{{3}};
constexpr wire::Incarnation kRun{kWallMs};

wire::SignedNote note(std::uint32_t number, std::uint64_t written_ms = kWallMs, wire::Incarnation run = kRun,
                      std::size_t bytes = 1) {
  return {{{}, run, number, written_ms, base::Bytes(bytes, 7)}, {}};
}

base::PeerId somebody(std::uint32_t i) {
  return {{9, static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i >> 16)}};
}

struct NoteLogTest : testing::Test {
  NoteLog log{{kSelf, kRun}, kWallMs, kNow};

  std::vector<std::uint32_t> take(const base::PeerId& author, const wire::SignedNote& taken, base::Instant now = kNow) {
    return numbers(log.take(author, taken, now));
  }
  static std::vector<std::uint32_t> numbers(const std::vector<NoteLog::Delivery>& deliveries) {
    std::vector<std::uint32_t> numbers;
    for (const auto& delivery : deliveries) numbers.push_back(delivery.note.note.number);
    return numbers;
  }
};

using Numbers = std::vector<std::uint32_t>;

TEST_F(NoteLogTest, delivers_in_order_and_once_whatever_comes_first) {
  EXPECT_EQ(take(kAda, note(3)), Numbers{});
  EXPECT_EQ(take(kAda, note(3)), Numbers{});
  EXPECT_EQ(take(kAda, note(1)), Numbers{1});
  EXPECT_EQ(take(kAda, note(2)), (Numbers{2, 3}));
  EXPECT_EQ(take(kAda, note(2)), Numbers{});
  EXPECT_TRUE(log.gaps().empty());
}

TEST_F(NoteLogTest, runs_of_one_author_are_numbered_apart) {
  EXPECT_EQ(take(kAda, note(1)), Numbers{1});
  EXPECT_EQ(take(kAda, note(1, kWallMs, {kWallMs + 1})), Numbers{1});
  EXPECT_EQ(log.spans().size(), 2U);
}

TEST_F(NoteLogTest, what_is_given_up_is_told_with_the_next_note_and_never_taken_later) {
  take(kAda, note(1));
  take(kAda, note(5));
  const auto deliveries = log.skip({kAda, kRun}, kNow);
  ASSERT_EQ(numbers(deliveries), Numbers{5});
  EXPECT_EQ(deliveries[0].missing_before, 3U);
  EXPECT_EQ(take(kAda, note(3)), Numbers{});
  EXPECT_EQ(log.span_of({kAda, kRun}), (wire::NoteSpan{{kAda, kRun}, 5, 6}));
}

TEST_F(NoteLogTest, a_history_that_begins_in_the_middle_of_a_run_misses_nothing) {
  take(kAda, note(40));
  const auto deliveries = log.skip({kAda, kRun}, kNow);
  ASSERT_EQ(numbers(deliveries), Numbers{40});
  EXPECT_EQ(deliveries[0].missing_before, 0U);
}

TEST_F(NoteLogTest, keeps_the_last_notes_of_the_room_whoever_wrote_them) {
  for (std::uint32_t i = 1; i <= 150; ++i) {
    take(kAda, note(i, kWallMs - 10'000 + i));
    take(kBob, note(i, kWallMs - 20'000 + i));
  }
  EXPECT_EQ(log.span_of({kAda, kRun}), (wire::NoteSpan{{kAda, kRun}, 1, 151}));
  EXPECT_EQ(log.span_of({kBob, kRun}), (wire::NoteSpan{{kBob, kRun}, 101, 151}));
}

TEST_F(NoteLogTest, a_clock_in_the_future_pushes_no_honest_note_out) {
  constexpr std::uint64_t kYear = 365ULL * 24 * 3600 * 1000;
  take(kBob, note(1, kWallMs + 100 * kYear));
  for (std::uint32_t i = 1; i <= NoteLog::kHistoryNotesMax; ++i) {
    take(kAda, note(i, kWallMs + i * 250), kNow + base::Duration::ms(i * 250));
  }
  EXPECT_EQ(log.span_of({kAda, kRun}), (wire::NoteSpan{{kAda, kRun}, 1, NoteLog::kHistoryNotesMax + 1}));
  EXPECT_EQ(log.span_of({kBob, kRun}), (wire::NoteSpan{{kBob, kRun}, 2, 2}));
}

TEST_F(NoteLogTest, is_told_when_a_note_was_written_but_never_a_time_that_has_not_come) {
  const auto early = log.take(kAda, note(1, kWallMs - 5), kNow);
  EXPECT_EQ(early.at(0).at_ms, kWallMs - 5);
  const auto late = log.take(kAda, note(2, ~std::uint64_t{0}), kNow + base::Duration::ms(3));
  EXPECT_EQ(late.at(0).at_ms, kWallMs + 3);
  const auto back = log.take(kAda, note(3, 0), kNow + base::Duration::ms(4));
  EXPECT_EQ(back.at(0).at_ms, kWallMs + 3);
}

TEST_F(NoteLogTest, is_bounded_in_bytes_both_in_history_and_in_waiting) {
  const std::size_t fit = NoteLog::kHistoryBytesMax / wire::kNoteBytesMax;
  for (std::uint32_t i = 1; i <= fit + 20; ++i) take(kAda, note(i, kWallMs, kRun, wire::kNoteBytesMax));
  EXPECT_EQ(log.span_of({kAda, kRun}).first, 21U);
  std::size_t taken = 0;
  for (std::uint32_t i = 0; i < 2 * fit; ++i) {
    if (!log.is_news(kBob, note(i + 2, kWallMs, kRun, wire::kNoteBytesMax).note, kNow)) break;
    take(kBob, note(i + 2, kWallMs, kRun, wire::kNoteBytesMax));
    ++taken;
  }
  EXPECT_EQ(taken, NoteLog::kAheadBytesMax / wire::kNoteBytesMax);
  EXPECT_EQ(take(kBob, note(1)).size(), taken + 1) << "what is next in line needs no room";
}

TEST_F(NoteLogTest, an_author_has_a_rate_that_a_person_never_meets) {
  std::uint32_t number = 0;
  while (log.is_news(kAda, note(number + 1).note, kNow)) take(kAda, note(++number));
  EXPECT_EQ(number, NoteLog::kAuthorRate.burst);
  EXPECT_TRUE(log.is_news(kBob, note(1).note, kNow));
  EXPECT_EQ(take(kAda, note(number + 1), kNow + base::Duration::s(1)), Numbers{number + 1});
}

TEST_F(NoteLogTest, invented_runs_cost_bounded_memory_and_nothing_is_delivered_twice) {
  std::size_t delivered = 0;
  base::Instant now = kNow;
  for (int round = 0; round < 2; ++round) {
    for (std::uint32_t i = 0; i < 2 * NoteLog::kRunsMax; ++i) {
      now = now + base::Duration::ms(1);
      delivered += take(somebody(i), note(1, kWallMs + i), now).size();
    }
  }
  EXPECT_EQ(delivered, 2 * NoteLog::kRunsMax);
  EXPECT_EQ(log.spans().size(), NoteLog::kHistoryNotesMax);
}

TEST_F(NoteLogTest, the_oldest_runs_of_an_author_are_forgotten_for_good) {
  for (std::uint64_t run = 1; run <= NoteLog::kRunsOfAuthorMax + 1; ++run) {
    EXPECT_EQ(take(kAda, note(1, kWallMs, {run})), Numbers{1});
  }
  EXPECT_EQ(take(kAda, note(1, kWallMs, {1})), Numbers{});
  EXPECT_EQ(log.missing_from({kAda, {1}}, 1), 0U);
  EXPECT_EQ(take(kAda, note(1, kWallMs, {2})), Numbers{}) << "known";
  EXPECT_EQ(log.spans().size(), NoteLog::kRunsOfAuthorMax);
}

TEST_F(NoteLogTest, nothing_of_an_unwanted_author_is_kept_or_taken_and_nobody_sees_it_by_what_we_claim) {
  take(kAda, note(1));
  take(kAda, note(3));
  log.set_wanted(kAda, false);
  EXPECT_FALSE(log.wants(kAda));
  EXPECT_EQ(log.spans(), std::vector{(wire::NoteSpan{{kAda, kRun}, 1, 2})});
  EXPECT_EQ(log.find({kAda, kRun}, 1), nullptr);
  log.learn_unwanted({{kAda, kRun}, 1, 4});
  log.learn_unwanted({{kAda, kRun}, 1, 3});  // somebody who is behind
  EXPECT_EQ(log.spans(), std::vector{(wire::NoteSpan{{kAda, kRun}, 1, 4})});
  EXPECT_TRUE(log.gaps().empty());
  EXPECT_EQ(take(kAda, note(2)), Numbers{});
  EXPECT_EQ(log.missing_from({kAda, kRun}, 1), 0U);
  log.set_wanted(kAda, true);
  EXPECT_EQ(take(kAda, note(1)), Numbers{}) << "delivered before";
  EXPECT_EQ(take(kAda, note(2)), Numbers{2});
}

TEST_F(NoteLogTest, equal_histories_hash_alike_and_others_do_not) {
  NoteLog other({kBob, kRun}, kWallMs, kNow);
  EXPECT_EQ(log.hash(), other.hash());
  take(kAda, note(1));
  EXPECT_NE(log.hash(), other.hash());
  other.take(kAda, note(1), kNow);
  EXPECT_EQ(log.hash(), other.hash());
}

}  // namespace
}  // namespace grove::overlay
