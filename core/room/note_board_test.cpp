#include "room/note_board.h"

#include <gtest/gtest.h>

namespace grove::room {
namespace {

using Verdict = NoteBoard::Verdict;
using Written = NoteBoard::Written;

constexpr std::uint64_t kWallMs = 1'700'000'000'000;
constexpr base::Instant kNow = base::Instant::from_us(1);

Credentials person(std::uint8_t seed, std::uint8_t room = 1, std::uint64_t run = kWallMs) {
  return {crypto::Identity({seed}), crypto::RoomKeys({room}), {run}};
}

struct NoteBoardTest : testing::Test {
  Credentials ada = person(1), bob = person(2);
  NoteBoard adas{ada, kWallMs, 1, kNow}, bobs{bob, kWallMs, 2, kNow};

  void SetUp() override {
    adas.notes().handle_link_open(bob.self(), kNow);
    bobs.notes().handle_link_open(ada.self(), kNow);
  }

  // The notes that Ada's board sends and Bob's delivers.
  static std::vector<wire::SignedNote> sent_by(NoteBoard& board) {
    std::vector<wire::SignedNote> notes;
    while (auto output = board.notes().poll()) {
      const auto* send = std::get_if<overlay::Notes::Send>(&*output);
      if (!send) continue;
      if (const auto* news = std::get_if<wire::NoteNews>(&send->message)) notes.push_back(news->note);
    }
    return notes;
  }
  static std::vector<base::Bytes> delivered_by(NoteBoard& board) {
    std::vector<base::Bytes> bodies;
    while (auto output = board.notes().poll()) {
      if (const auto* delivery = std::get_if<overlay::Notes::Deliver>(&*output)) bodies.push_back(delivery->note.note.body);
    }
    return bodies;
  }
  wire::SignedNote written_by_ada(base::Bytes body) {
    EXPECT_EQ(adas.write(body, kNow), Written::kSent);
    const auto sent = sent_by(adas);
    EXPECT_EQ(sent.size(), 1U);
    return sent.at(0);
  }
};

TEST_F(NoteBoardTest, a_note_is_signed_by_its_author_and_delivered_once) {
  const auto note = written_by_ada({1, 2, 3});
  EXPECT_EQ(note.note.public_key, ada.identity.public_key());
  EXPECT_EQ(note.note.written_ms, kWallMs);
  EXPECT_EQ(bobs.handle_note(ada.self(), note, kNow), Verdict::kTaken);
  EXPECT_EQ(bobs.handle_note(ada.self(), note, kNow), Verdict::kKnown);
  EXPECT_EQ(delivered_by(bobs), (std::vector<base::Bytes>{{1, 2, 3}}));
}

TEST_F(NoteBoardTest, a_note_outlives_its_authors_presence_whoever_hands_it_on) {
  const auto note = written_by_ada({1});
  const Credentials cleo = person(3), dan = person(4);
  NoteBoard dans{dan, kWallMs, 4, kNow};
  dans.notes().handle_link_open(cleo.self(), kNow);  // and has never heard of Ada
  EXPECT_EQ(dans.handle_note(cleo.self(), note, kNow), Verdict::kTaken);
  EXPECT_EQ(delivered_by(dans), (std::vector<base::Bytes>{{1}}));
}

TEST_F(NoteBoardTest, a_forged_note_changes_nothing_and_the_true_one_is_taken_after_it) {
  const auto note = written_by_ada({1});
  auto forged = note;
  forged.note.body = {9};
  EXPECT_EQ(bobs.handle_note(ada.self(), forged, kNow), Verdict::kForged);
  auto later = note;
  later.note.number = 7;
  EXPECT_EQ(bobs.handle_note(ada.self(), later, kNow), Verdict::kForged);
  auto in_bobs_name = note;
  in_bobs_name.note.public_key = person(3).identity.public_key();
  EXPECT_EQ(bobs.handle_note(ada.self(), in_bobs_name, kNow), Verdict::kForged);
  EXPECT_EQ(sent_by(bobs).size(), 0U);
  EXPECT_EQ(bobs.handle_note(ada.self(), note, kNow), Verdict::kTaken);
  EXPECT_EQ(delivered_by(bobs), (std::vector<base::Bytes>{{1}}));
}

TEST_F(NoteBoardTest, a_note_of_another_room_is_forged) {
  const Credentials ada_elsewhere = person(1, 2);
  const auto note = ada_elsewhere.sign(wire::Note{ada.identity.public_key(), ada.incarnation, 1, kWallMs, {1}});
  EXPECT_EQ(bobs.handle_note(ada.self(), note, kNow), Verdict::kForged);
}

TEST_F(NoteBoardTest, a_note_over_no_link_is_not_looked_at) {
  const auto note = written_by_ada({1});
  EXPECT_EQ(bobs.handle_note(person(3).self(), note, kNow), Verdict::kKnown);
}

TEST_F(NoteBoardTest, nobody_tells_us_what_we_wrote_but_what_an_earlier_run_of_ours_wrote) {
  const auto note = written_by_ada({1});
  EXPECT_EQ(adas.handle_note(bob.self(), note, kNow), Verdict::kKnown);
  const auto earlier = person(1, 1, kWallMs - 1).sign(wire::Note{ada.identity.public_key(), {kWallMs - 1}, 1, kWallMs - 1, {2}});
  EXPECT_EQ(adas.handle_note(bob.self(), earlier, kNow), Verdict::kTaken);
  EXPECT_EQ(delivered_by(adas), (std::vector<base::Bytes>{{2}}));
}

TEST_F(NoteBoardTest, writing_has_a_size_and_a_rate) {
  EXPECT_EQ(adas.write({}, kNow), Written::kEmptyOrTooLong);
  EXPECT_EQ(adas.write(base::Bytes(wire::kNoteBytesMax + 1), kNow), Written::kEmptyOrTooLong);
  EXPECT_EQ(adas.write(base::Bytes(wire::kNoteBytesMax), kNow), Written::kSent);
  for (int i = 1; i < overlay::Notes::kOwnRate.burst; ++i) EXPECT_EQ(adas.write(base::Bytes{1}, kNow), Written::kSent);
  EXPECT_EQ(adas.write(base::Bytes{1}, kNow), Written::kTooFast);
  EXPECT_EQ(adas.write(base::Bytes{1}, kNow + base::Duration::s(1)), Written::kSent);
}

}  // namespace
}  // namespace grove::room
