#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

#include "wire/introduction.h"
#include "wire/link_message.h"
#include "wire/petition.h"

namespace grove::wire {
namespace {

template <std::size_t N>
rc::Gen<base::ByteArray<N>> any_array() {
  return rc::gen::container<base::ByteArray<N>>(rc::gen::arbitrary<std::uint8_t>());
}

rc::Gen<base::PeerId> any_peer() {
  return rc::gen::map(any_array<16>(), [](const auto& bytes) { return base::PeerId{bytes}; });
}

rc::Gen<std::vector<base::PeerId>> any_peers() {
  return rc::gen::resize(20, rc::gen::container<std::vector<base::PeerId>>(any_peer()));
}

rc::Gen<std::string> any_text() {
  return rc::gen::resize(60, rc::gen::container<std::string>(rc::gen::inRange<char>(32, 127)));
}

Incarnation any_incarnation() { return {*rc::gen::arbitrary<std::uint64_t>()}; }

SignedRecord any_record() {
  SignedRecord r;
  r.record.public_key = *any_array<32>();
  r.record.incarnation = any_incarnation();
  r.record.version = *rc::gen::arbitrary<std::uint32_t>();
  r.record.sending_salt = *any_array<16>();
  r.record.is_muted = *rc::gen::arbitrary<bool>();
  r.record.role = *rc::gen::element(Role::kDesktop, Role::kPhone, Role::kHiddenTab, Role::kMetered);
  r.record.copies_max = *rc::gen::arbitrary<std::uint8_t>();
  r.record.copies_at_once = *rc::gen::arbitrary<std::uint8_t>();
  r.record.is_at_door = *rc::gen::arbitrary<bool>();
  r.record.is_leaving = *rc::gen::arbitrary<bool>();
  for (auto& axis : r.record.coordinate.place) axis = *rc::gen::arbitrary<std::int16_t>();
  r.record.coordinate.height = *rc::gen::arbitrary<std::uint16_t>();
  r.record.coordinate.error_percent = *rc::gen::inRange<std::uint8_t>(0, 101);
  r.record.name = *any_text();
  for (const auto& peer : *any_peers()) {
    r.record.links.push_back({peer, *rc::gen::arbitrary<std::uint16_t>(), *rc::gen::inRange<std::uint8_t>(0, 101),
                              *rc::gen::arbitrary<bool>()});
  }
  r.signature = *any_array<64>();
  return r;
}

SignedPlan any_plan() {
  SignedPlan p;
  p.plan.source = *any_peer();
  p.plan.incarnation = any_incarnation();
  p.plan.epoch = *rc::gen::arbitrary<std::uint32_t>();
  p.plan.next_counter = *rc::gen::arbitrary<std::uint64_t>();
  auto listeners = *any_peers();
  std::erase(listeners, p.plan.source);
  std::sort(listeners.begin(), listeners.end());
  listeners.erase(std::unique(listeners.begin(), listeners.end()), listeners.end());
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    Seat seat{listeners[i], kSourceSeat, *rc::gen::element(kSourceSeat, kNoSeat, SeatIndex{0}), *rc::gen::arbitrary<bool>()};
    // A parent with a lower index: always a tree.
    if (i > 0 && *rc::gen::arbitrary<bool>()) seat.parent = *rc::gen::inRange<SeatIndex>(0, static_cast<SeatIndex>(i));
    p.plan.seats.push_back(seat);
  }
  p.signature = *any_array<64>();
  return p;
}

AttemptId any_attempt() {
  return {{any_incarnation(), *rc::gen::arbitrary<std::uint32_t>()}, any_incarnation(), *rc::gen::arbitrary<std::uint32_t>()};
}

NoteRun any_run() { return {*any_peer(), any_incarnation()}; }

SignedNote any_note() {
  SignedNote n;
  n.note.public_key = *any_array<32>();
  n.note.incarnation = any_incarnation();
  n.note.number = *rc::gen::inRange<std::uint32_t>(1, kNoteNumberMax);
  n.note.written_ms = *rc::gen::arbitrary<std::uint64_t>();
  n.note.body = *rc::gen::nonEmpty<base::Bytes>();
  n.signature = *any_array<64>();
  return n;
}

NoteDigest any_note_digest() {
  NoteDigest digest{*rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<bool>(), {}};
  digest.spans.resize(*rc::gen::inRange<std::size_t>(0, 20));
  for (NoteSpan& span : digest.spans) {
    span.run = any_run();
    span.first = *rc::gen::inRange<std::uint32_t>(1, kNoteNumberMax);
    span.next = *rc::gen::inRange<std::uint32_t>(span.first, kNoteNumberMax);
  }
  return digest;
}

NoteWant any_note_want() {
  NoteWant want;
  want.marks.resize(*rc::gen::inRange<std::size_t>(1, 20));
  for (NoteWant::Mark& mark : want.marks) mark = {any_run(), *rc::gen::inRange<std::uint32_t>(1, kNoteNumberMax)};
  return want;
}

Hearing any_hearing() {
  return {any_incarnation(), *rc::gen::arbitrary<std::uint32_t>(), *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>()};
}

std::vector<RecordMark> any_marks() {
  std::vector<RecordMark> marks(*rc::gen::inRange<std::size_t>(0, 20));
  for (RecordMark& mark : marks) mark = {*any_array<8>(), *rc::gen::arbitrary<std::uint16_t>(), *rc::gen::arbitrary<std::uint16_t>()};
  return marks;
}

RecordDelta any_delta() {
  const SignedRecord like = any_record();
  RecordDelta delta;
  delta.base = {*any_array<8>(), *rc::gen::arbitrary<std::uint16_t>(), *rc::gen::arbitrary<std::uint16_t>()};
  delta.steps = *rc::gen::inRange<std::uint8_t>(1, 255);
  delta.is_muted = like.record.is_muted;
  delta.is_at_door = like.record.is_at_door;
  delta.is_leaving = like.record.is_leaving;
  delta.role = like.record.role;
  delta.copies_max = like.record.copies_max;
  delta.copies_at_once = like.record.copies_at_once;
  if (*rc::gen::arbitrary<bool>()) delta.coordinate = like.record.coordinate;
  for (int next = *rc::gen::inRange(0, 9); next < 200 && delta.removed.size() < kLinksMax; next += *rc::gen::inRange(1, 90)) {
    const auto place = static_cast<std::uint8_t>(next);
    delta.removed.push_back(place);
    delta.changed.push_back({place, *rc::gen::arbitrary<std::uint16_t>(), *rc::gen::inRange<std::uint8_t>(0, 101), *rc::gen::arbitrary<bool>()});
  }
  delta.added = like.record.links;
  std::sort(delta.added.begin(), delta.added.end(), [](const auto& a, const auto& b) { return a.to < b.to; });
  delta.added.erase(std::unique(delta.added.begin(), delta.added.end(), [](const auto& a, const auto& b) { return a.to == b.to; }),
                    delta.added.end());
  delta.signature = like.signature;
  return delta;
}

LinkMessage any_link_message() {
  switch (*rc::gen::inRange(0, 22)) {
    case 0: return RecordNews{any_record()};
    case 1: return Digest{*rc::gen::arbitrary<std::uint16_t>(), any_marks()};
    case 2: return PlanNews{any_plan()};
    case 3: return Beat{*rc::gen::inRange<std::uint32_t>(1, 1U << 24), *rc::gen::inRange<std::uint32_t>(0, 1U << 24),
                          *rc::gen::inRange<std::uint8_t>(0, 101)};
    case 4: return Bye{};
    case 5: return Want{any_marks()};
    case 6: return PlanRequest{*any_peer(), any_incarnation(), *rc::gen::arbitrary<std::uint32_t>()};
    case 7: {
      Proof proof{*any_peer(), any_incarnation(), *rc::gen::arbitrary<std::uint64_t>(), {}, *any_array<64>()};
      proof.hashes.resize(*rc::gen::inRange<std::size_t>(1, kProofFramesMax + 1), *any_array<8>());
      return proof;
    }
    case 8: return Have{*any_peer(), *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<bool>()};
    case 9: return Pull{*any_peer(), *rc::gen::arbitrary<std::uint64_t>(), *rc::gen::arbitrary<std::uint64_t>(),
                         *rc::gen::arbitrary<bool>()};
    case 10: return Stop{*any_peer(), *rc::gen::arbitrary<bool>()};
    case 11: return Stall{*any_peer()};
    case 12: {
      Routed routed{*any_peers(), *rc::gen::arbitrary<base::Bytes>()};
      routed.hops.resize(*rc::gen::inRange<std::size_t>(1, kHopsMax + 1));
      routed.detours = static_cast<std::uint8_t>(*rc::gen::inRange(0, kDetoursMax + 1));
      return routed;
    }
    case 13: return NoteNews{any_note()};
    case 14: return any_note_digest();
    case 15: return any_note_want();
    case 16: return any_delta();
    case 17: {
      MapHashes hashes;
      for (auto& part : hashes.parts) part = *rc::gen::arbitrary<std::uint32_t>();
      return hashes;
    }
    case 18: return News{any_marks()};
    case 19: {
      PlanDelta delta{*any_array<8>(), *rc::gen::arbitrary<std::uint16_t>(), *rc::gen::arbitrary<std::uint32_t>(),
                      *rc::gen::inRange<std::uint8_t>(1, 255), *rc::gen::arbitrary<std::uint64_t>(), {}, {}, {}, *any_array<64>()};
      for (const auto& seat : any_plan().plan.seats) delta.added.push_back(seat.listener);
      for (SeatIndex seat = *rc::gen::inRange<SeatIndex>(0, 9); seat < 200; seat = static_cast<SeatIndex>(seat + 40)) {
        delta.removed.push_back(seat);
        delta.changed.push_back({seat, *rc::gen::arbitrary<std::uint8_t>(), *rc::gen::arbitrary<std::uint8_t>(), *rc::gen::arbitrary<bool>()});
      }
      return delta;
    }
    case 20: return any_hearing();
    default: return FrameNews{*rc::gen::arbitrary<base::Bytes>()};
  }
}

Introduction any_introduction() {
  const base::PeerId to = *any_peer();
  switch (*rc::gen::inRange(0, 4)) {
    case 0: return {to, Hello{{any_incarnation(), *rc::gen::arbitrary<std::uint32_t>()}, *any_peers()}};
    case 1: return {to, Offer{any_attempt(), any_record(), *any_text()}};
    case 2: return {to, Answer{any_attempt(), any_record(), *any_text()}};
    default: return {to, Candidate{any_attempt(), *any_text()}};
  }
}

TEST(PeerMessages, every_link_message_comes_back_and_every_truncation_of_a_fixed_one_is_refused) {
  EXPECT_TRUE(rc::check([] {
    const LinkMessage message = any_link_message();
    const base::Bytes bytes = encode(message);
    const auto decoded = decode_link_message(bytes);
    RC_ASSERT(decoded);
    RC_ASSERT(*decoded == message);
    if (std::holds_alternative<FrameNews>(message) || std::holds_alternative<Routed>(message)) return;  // any length is theirs
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      RC_ASSERT(!decode_link_message(base::ByteView(bytes).first(size)));
    }
  }));
}

TEST(PeerMessages, every_introduction_comes_back) {
  EXPECT_TRUE(rc::check([] {
    const Introduction introduction = any_introduction();
    const auto decoded = decode_introduction(encode(introduction));
    RC_ASSERT(decoded);
    RC_ASSERT(*decoded == introduction);
  }));
}

TEST(PeerMessages, every_petition_comes_back_all_are_of_one_length_and_every_truncation_is_refused) {
  EXPECT_TRUE(rc::check([] {
    Petition petition = Wish{any_incarnation(), *any_peer()};
    const int kind = *rc::gen::inRange(0, 3);
    if (kind == 1) petition = any_hearing();
    if (kind == 2) {
      petition = Complaint{any_incarnation(), *rc::gen::arbitrary<std::uint32_t>(), *any_peer(),
                           *rc::gen::element(Complaint::Reason::kSilent, Complaint::Reason::kForged)};
    }
    const base::Bytes bytes = encode(petition);
    RC_ASSERT(bytes.size() == kPetitionBytes);
    const auto decoded = decode_petition(bytes);
    RC_ASSERT(decoded);
    RC_ASSERT(*decoded == petition);
    for (std::size_t size = 0; size < bytes.size(); ++size) RC_ASSERT(!decode_petition(base::ByteView(bytes).first(size)));
  }));
}

TEST(PeerMessages, a_petition_with_something_behind_it_is_refused) {
  base::Bytes bytes = encode(Petition{Hearing{{1}, 2, false, false}});
  bytes.back() = 1;
  EXPECT_FALSE(decode_petition(bytes));
}

TEST(PeerMessages, every_letter_comes_back_and_a_long_one_is_refused) {
  EXPECT_TRUE(rc::check([] {
    const Letter letter{*any_peer(), *rc::gen::resize(60, rc::gen::arbitrary<base::Bytes>())};
    const auto decoded = decode_letter(encode(letter));
    RC_ASSERT(decoded);
    RC_ASSERT(*decoded == letter);
  }));
  base::Bytes bytes = encode(Letter{{}, base::Bytes(kLetterBytesMax)});
  bytes.push_back(0);
  EXPECT_FALSE(decode_letter(bytes));
}

TEST(PeerMessages, an_unknown_version_or_type_is_refused) {
  EXPECT_FALSE(decode_link_message(base::Bytes{2, 0x14}));
  EXPECT_FALSE(decode_link_message(base::Bytes{1, 0x7f}));
  EXPECT_TRUE(decode_link_message(base::Bytes{1, 0x14}));
}

TEST(PeerMessages, a_frame_longer_than_a_datagram_is_refused) {
  base::Bytes message{1, 0x15};
  message.resize(2 + kFrameBytesMax);
  EXPECT_TRUE(decode_link_message(message));
  message.push_back(0);
  EXPECT_FALSE(decode_link_message(message));
}

TEST(Note, that_is_too_long_or_empty_or_numbered_out_of_range_is_refused) {
  SignedNote note;
  note.note.number = 1;
  note.note.body.resize(kNoteBytesMax, 'a');
  const base::Bytes longest = encode(note);
  EXPECT_EQ(longest.size(), encoded_bytes(note));
  EXPECT_TRUE(decode_note(longest));

  constexpr std::size_t kNumberAt = 40;
  constexpr std::size_t kLengthAt = 52;
  base::Bytes too_long = longest;
  too_long[kLengthAt] = static_cast<std::uint8_t>((kNoteBytesMax + 1) & 0xff);
  too_long.push_back(0);
  EXPECT_EQ(decode_note(too_long).why(), "note: empty or too long");
  base::Bytes empty = longest;
  empty[kLengthAt] = empty[kLengthAt + 1] = 0;
  empty.resize(longest.size() - kNoteBytesMax);
  EXPECT_EQ(decode_note(empty).why(), "note: empty or too long");
  base::Bytes unnumbered = longest;
  unnumbered[kNumberAt] = 0;
  EXPECT_EQ(decode_note(unnumbered).why(), "note: no such number");
  for (std::size_t i = 0; i < 4; ++i) unnumbered[kNumberAt + i] = 0xff;
  EXPECT_EQ(decode_note(unnumbered).why(), "note: no such number");
}

TEST(NoteDigest, with_a_span_that_ends_before_it_begins_is_refused) {
  base::Bytes digest = encode(LinkMessage(NoteDigest{0, true, {{{}, 7, 7}}}));
  EXPECT_TRUE(decode_link_message(digest));
  digest[digest.size() - 4] = 6;
  EXPECT_FALSE(decode_link_message(digest));
  digest[digest.size() - 8] = 0;
  EXPECT_FALSE(decode_link_message(digest));
}

TEST(TreePlan, a_ring_of_parents_is_refused) {
  SignedPlan plan;
  plan.plan.source = {{9}};
  plan.plan.seats = {{{{1}}, 1}, {{{2}}, 0}};
  const auto decoded = decode_plan(encode(plan));
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.why(), "plan: a ring of parents");
}

TEST(TreePlan, a_source_that_listens_to_itself_or_a_listener_twice_is_refused) {
  SignedPlan plan;
  plan.plan.source = {{9}};
  plan.plan.seats = {{{{9}}}};
  EXPECT_FALSE(decode_plan(encode(plan)));
  plan.plan.seats = {{{{1}}}, {{{1}}}};
  EXPECT_FALSE(decode_plan(encode(plan)));
}

TEST(TreePlan, children_are_those_who_name_a_peer_as_their_parent) {
  TreePlan plan;
  plan.source = {{9}};
  plan.seats = {{{{1}}}, {{{2}}, 0}, {{{3}}}};
  EXPECT_EQ(plan.children_of(plan.source), (std::vector<base::PeerId>{{{1}}, {{3}}}));
  EXPECT_EQ(plan.children_of({{1}}), (std::vector<base::PeerId>{{{2}}}));
  EXPECT_TRUE(plan.children_of({{2}}).empty());
  EXPECT_EQ(plan.parent_of({{2}}), (base::PeerId{{1}}));
  EXPECT_EQ(plan.parent_of({{1}}), plan.source);
}

TEST(Name, is_cut_on_a_character_boundary) {
  const std::string long_name = std::string(63, 'a') + "\xc3\xa9";
  EXPECT_EQ(fit_name(long_name), std::string(63, 'a'));
  EXPECT_EQ(fit_name("Ad\xc3\xa8le"), "Ad\xc3\xa8le");
  EXPECT_EQ(fit_name("\xff\xff"), "");
}

}  // namespace
}  // namespace grove::wire
