#include "room/proofs.h"

#include <gtest/gtest.h>

namespace grove::room {
namespace {

using base::Duration;
using base::Instant;
using Verdict = ProofBook::Verdict;

struct ProofsTest : testing::Test {
  Credentials ada{crypto::Identity({1}), crypto::RoomKeys({1}), {1}};
  wire::Record record;
  base::PeerId relay{{66}};
  Instant now = Instant::from_us(1'000'000);
  Prover prover;
  ProofBook book;

  ProofsTest() {
    record.public_key = ada.identity.public_key();
    record.incarnation = ada.incarnation;
  }
  base::Bytes frame(std::uint64_t counter) const { return base::Bytes(80, static_cast<std::uint8_t>(counter)); }
  void speak(std::uint64_t first, int count) {
    for (int i = 0; i < count; ++i) prover.handle_sent(first + static_cast<std::uint64_t>(i), frame(first + static_cast<std::uint64_t>(i)), false, now);
  }
  Verdict hear(std::uint64_t counter, const base::Bytes& bytes) {
    return book.handle_frame(relay, counter, hash_of_frame(bytes), now);
  }
};

TEST_F(ProofsTest, a_proof_comes_five_times_a_second_and_is_its_sources) {
  speak(0, 10);
  EXPECT_FALSE(prover.poll(ada, now));
  const auto proof = prover.poll(ada, now + Prover::kEvery);
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->hashes.size(), 10U);
  EXPECT_TRUE(ada.is_proof_of(*proof, record));
  wire::Proof other = *proof;
  other.hashes[3][0] ^= 1;
  EXPECT_FALSE(ada.is_proof_of(other, record));
  EXPECT_TRUE(prover.next_deadline().is_never());
}

TEST_F(ProofsTest, the_end_of_a_spurt_is_proven_at_once) {
  prover.handle_sent(0, frame(0), true, now);
  EXPECT_TRUE(prover.poll(ada, now));
}

TEST_F(ProofsTest, true_frames_are_proven_before_or_after_their_proof) {
  speak(0, 10);
  for (std::uint64_t i = 0; i < 5; ++i) EXPECT_EQ(hear(i, frame(i)), Verdict::kPending);
  EXPECT_TRUE(book.handle_proof(*prover.poll(ada, now + Prover::kEvery)).empty());
  EXPECT_EQ(hear(5, frame(5)), Verdict::kProven);
}

TEST_F(ProofsTest, whoever_handed_on_a_forgery_is_found_out_when_the_proof_comes) {
  speak(0, 10);
  hear(0, frame(0));
  hear(1, frame(99));
  const auto proof = *prover.poll(ada, now + Prover::kEvery);
  EXPECT_EQ(book.handle_proof(proof), std::vector{relay});
  EXPECT_FALSE(book.is_news(proof));
  EXPECT_EQ(hear(2, frame(98)), Verdict::kForged);  // and from now on at once
}

TEST_F(ProofsTest, frames_without_proof_are_overdue_but_not_after_our_own_sleep) {
  hear(0, frame(0));
  EXPECT_TRUE(book.take_overdue(now + ProofBook::kOverdueAfter).empty());
  EXPECT_EQ(book.take_overdue(now + ProofBook::kOverdueAfter + Duration::ms(1)), std::vector{relay});
  EXPECT_TRUE(book.take_overdue(now + Duration::s(60)).empty());
  hear(1, frame(1));
  book.forgive();
  EXPECT_TRUE(book.take_overdue(now + Duration::s(60)).empty());
}

TEST_F(ProofsTest, who_withholds_all_proofs_is_found_out_in_speech_without_a_pause) {
  for (std::uint64_t i = 0; i < 250; ++i) {
    hear(i, frame(i));
    now = now + Duration::ms(20);
    if (!book.take_overdue(now).empty()) return;
  }
  FAIL() << "not in 5 s";
}

TEST_F(ProofsTest, a_proof_once_handled_is_never_news_again_however_many_came_since) {
  std::vector<wire::Proof> proofs;
  for (std::uint64_t first = 0; first < 400; first += 10) {
    speak(first, 10);
    now = now + Prover::kEvery;
    proofs.push_back(*prover.poll(ada, now));
    EXPECT_TRUE(book.is_news(proofs.back()));
    book.handle_proof(proofs.back());
    for (const wire::Proof& old : proofs) EXPECT_FALSE(book.is_news(old)) << old.first_counter << " after " << first;
  }
}

}  // namespace
}  // namespace grove::room
