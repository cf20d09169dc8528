#include "overlay/map.h"

#include <gtest/gtest.h>

namespace grove::overlay {
namespace {

constexpr base::PeerId kSelf{{1}};
constexpr base::PeerId kAda{{2}};
constexpr base::PeerId kBob{{3}};
constexpr base::Instant kNow = base::Instant::from_us(1);

wire::SignedRecord record(std::uint64_t incarnation, std::uint32_t version, std::vector<base::PeerId> links = {}) {
  wire::SignedRecord signed_record;
  signed_record.record.incarnation = {incarnation};
  signed_record.record.version = version;
  for (const auto& link : links) signed_record.record.links.push_back({link, 0, 0});
  return signed_record;
}

TEST(Map, the_last_writer_wins_on_incarnation_then_version) {
  Map map(kSelf);
  EXPECT_EQ(map.merge(kAda, record(5, 2), kNow), Map::Merged::kNews);
  EXPECT_EQ(map.merge(kAda, record(5, 2), kNow), Map::Merged::kKnown);
  EXPECT_EQ(map.merge(kAda, record(5, 1), kNow), Map::Merged::kKnown);
  EXPECT_EQ(map.merge(kAda, record(4, 9), kNow), Map::Merged::kKnown);
  EXPECT_EQ(map.merge(kAda, record(6, 0), kNow), Map::Merged::kNews);
  EXPECT_EQ(map.find(kAda)->record.incarnation.started_ms, 6U);
}

TEST(Map, a_link_counts_when_both_ends_claim_it) {
  Map map(kSelf);
  map.merge(kAda, record(1, 1, {kBob}), kNow);
  map.merge(kBob, record(1, 1), kNow);
  EXPECT_FALSE(map.are_linked(kAda, kBob));
  map.merge(kBob, record(1, 2, {kAda}), kNow);
  EXPECT_TRUE(map.are_linked(kAda, kBob));
}

constexpr std::uint16_t kAllParts = 0xffff;

std::vector<base::PeerId> better(const Map& map, const wire::Digest& theirs) {
  std::vector<base::PeerId> peers;
  for (const auto& better : map.newer_than(theirs)) peers.push_back(better.peer);
  return peers;
}

TEST(Map, a_digest_is_answered_with_what_is_known_better) {
  Map ours(kSelf);
  Map theirs(kAda);
  for (Map* map : {&ours, &theirs}) map->merge(kSelf, record(1, 1, {kAda}), kNow);
  ours.merge(kAda, record(1, 1, {kSelf, kBob}), kNow);
  ours.merge(kBob, record(1, 3, {kAda}), kNow);
  theirs.merge(kAda, record(1, 2, {kSelf, kBob}), kNow);
  theirs.merge(kBob, record(1, 2, {kAda}), kNow);
  EXPECT_EQ(better(ours, theirs.digest(kAllParts)), std::vector{kBob});
  EXPECT_EQ(ours.newer_than(theirs.digest(kAllParts)).front().theirs, wire::mark_of(kBob, {{1}, 2}));
  EXPECT_EQ(better(theirs, ours.digest(kAllParts)), std::vector{kAda});
  EXPECT_TRUE(better(ours, ours.digest(kAllParts)).empty());
}

constexpr base::PeerId kDan{{0xf0}};

TEST(Map, a_part_of_it_is_told_alone_and_hashed_alone) {
  Map ours(kSelf);
  Map theirs(kAda);
  for (Map* map : {&ours, &theirs}) {
    map->merge(kSelf, record(1, 1, {kAda, kDan}), kNow);
    map->merge(kAda, record(1, 1, {kSelf}), kNow);
    map->merge(kDan, record(1, 1, {kSelf}), kNow);
  }
  EXPECT_EQ(ours.hashes(), theirs.hashes());
  theirs.merge(kDan, record(1, 2, {kSelf}), kNow);
  for (std::size_t i = 0; i < wire::kMapParts; ++i) EXPECT_EQ(ours.hashes().parts[i] == theirs.hashes().parts[i], i != 15) << i;
  EXPECT_EQ(theirs.digest(0x8000).marks, std::vector{wire::mark_of(kDan, {{1}, 2})});
  EXPECT_EQ(better(theirs, ours.digest(0x8000)), std::vector{kDan});
  EXPECT_TRUE(better(theirs, {0x7fff, ours.digest(0x7fff).marks}).empty()) << "of the rest they are equal";
}

TEST(Map, keeps_the_last_few_records_of_a_run_for_deltas) {
  Map map(kSelf);
  for (std::uint32_t version = 1; version <= 6; ++version) map.merge(kAda, record(1, version), kNow);
  EXPECT_EQ(map.before(kAda)->record.version, 5U);
  EXPECT_EQ(map.find(kAda, wire::mark_of(kAda, {{1}, 3}))->record.version, 3U);
  EXPECT_EQ(map.find(kAda, wire::mark_of(kAda, {{1}, 2})), nullptr);
  map.merge(kAda, record(2, 1), kNow);
  EXPECT_EQ(map.before(kAda), nullptr) << "of another run nothing can be made";
}

TEST(Map, finds_a_peer_by_the_first_half_of_its_id_unless_two_begin_alike) {
  base::PeerId ada_too = kAda;
  ada_too.bytes[15] = 1;
  Map map(kSelf);
  map.merge(kAda, record(1, 1), kNow);
  EXPECT_EQ(map.find(wire::short_of(kAda)), kAda);
  EXPECT_EQ(map.find(wire::short_of(kBob)), std::nullopt);
  map.merge(ada_too, record(1, 1), kNow);
  EXPECT_EQ(map.find(wire::short_of(kAda)), std::nullopt);
}

TEST(Map, who_is_out_of_reach_is_not_told_of_and_makes_no_difference) {
  Map ours(kSelf);
  Map theirs(kAda);
  for (Map* map : {&ours, &theirs}) {
    map->merge(kSelf, record(1, 1, {kAda}), kNow);
    map->merge(kAda, record(1, 1, {kSelf}), kNow);
  }
  ours.merge(kBob, record(1, 1, {kSelf}), kNow);  // one-sided
  EXPECT_EQ(ours.hash(), theirs.hash());
  EXPECT_EQ(ours.hashes(), theirs.hashes());
  EXPECT_EQ(ours.digest(kAllParts), theirs.digest(kAllParts));
  EXPECT_TRUE(ours.newer_than(theirs.digest(kAllParts)).empty());
  ours.merge(kSelf, record(1, 2, {kAda, kBob}), kNow);
  EXPECT_NE(ours.hash(), theirs.hash());
  EXPECT_EQ(ours.newer_than(theirs.digest(kAllParts)).size(), 2U);
}

TEST(Map, tells_of_another_part_of_the_room_what_it_knows_there) {
  constexpr base::PeerId kCid{{4}};
  Map ours(kSelf);
  Map theirs(kAda);
  for (Map* map : {&ours, &theirs}) {
    map->merge(kAda, record(1, 1, {kBob}), kNow);
    map->merge(kBob, record(1, 1, {kAda}), kNow);
  }
  ours.merge(kSelf, record(1, 1, {kCid}), kNow);
  ours.merge(kCid, record(1, 1, {kSelf}), kNow);
  EXPECT_EQ(ours.hashes(kAda), theirs.hashes());
  theirs.merge(kBob, record(1, 2, {kAda}), kNow);
  EXPECT_NE(ours.hashes(kAda), theirs.hashes());
  EXPECT_EQ(better(theirs, ours.digest(kAllParts, kAda)), std::vector{kBob});
  EXPECT_TRUE(ours.are_joined(kAda, kBob));
  EXPECT_FALSE(ours.are_joined(kAda, kCid));
}

TEST(Map, has_in_reach_whom_a_chain_of_two_sided_links_joins_to_it_and_itself) {
  constexpr base::PeerId kCid{{4}};
  Map map(kSelf);
  EXPECT_TRUE(map.has_in_reach(kSelf));
  EXPECT_FALSE(map.has_in_reach(kCid)) << "of whom it knows nothing";
  map.merge(kSelf, record(1, 1, {kAda}), kNow);
  map.merge(kAda, record(1, 1, {kSelf, kBob}), kNow);
  map.merge(kBob, record(1, 1, {kCid}), kNow);
  map.merge(kCid, record(1, 1, {kBob}), kNow);
  EXPECT_TRUE(map.has_in_reach(kAda));
  EXPECT_FALSE(map.has_in_reach(kBob)) << "he does not list Ada";
  EXPECT_FALSE(map.has_in_reach(kCid));
  map.merge(kBob, record(1, 2, {kAda, kCid}), kNow);
  EXPECT_TRUE(map.has_in_reach(kBob));
  EXPECT_TRUE(map.has_in_reach(kCid));
  map.merge(kAda, record(1, 2, {kSelf}), kNow);
  EXPECT_FALSE(map.has_in_reach(kCid));
}

TEST(Map, forgets_who_has_been_out_of_reach_for_long_and_nobody_else) {
  Map map(kSelf);
  map.merge(kSelf, record(1, 1, {kAda}), kNow);
  map.merge(kAda, record(1, 1, {kSelf}), kNow);
  map.merge(kBob, record(1, 1), kNow);
  map.forget_unreachable({}, kNow + Map::kForgetAfter);
  EXPECT_TRUE(map.find(kBob));
  EXPECT_EQ(map.forget_unreachable({}, kNow + Map::kForgetAfter + base::Duration::ms(1)), std::vector{kBob});
  EXPECT_FALSE(map.find(kBob));
  EXPECT_TRUE(map.find(kAda));
}

TEST(Map, keeps_a_last_word_while_somebody_claims_a_link_to_whoever_said_it) {
  auto last_word = record(1, 2);
  last_word.record.is_leaving = true;
  Map map(kSelf);
  map.merge(kSelf, record(1, 1, {kAda}), kNow);
  map.merge(kAda, record(1, 1, {kSelf, kBob}), kNow);
  map.merge(kBob, record(1, 1, {kAda}), kNow);
  map.merge(kBob, last_word, kNow);
  auto now = kNow + Map::kForgetAfter * 5;
  EXPECT_EQ(map.forget_unreachable({}, now), std::vector<base::PeerId>{});
  EXPECT_EQ(map.merge(kBob, record(1, 1, {kAda}), now), Map::Merged::kKnown) << "who has missed it tells of him";
  EXPECT_TRUE(map.is_past_life(kBob, wire::mark_of(kBob, {{1}, 1})));
  EXPECT_FALSE(map.is_past_life(kBob, wire::mark_of(kBob, {{1}, 2})));
  EXPECT_FALSE(map.is_past_life(kBob, wire::mark_of(kBob, {{2}, 0}))) << "he is back";
  EXPECT_FALSE(map.is_past_life(kAda, wire::mark_of(kAda, {{1}, 0}))) << "she is here";

  map.merge(kAda, record(1, 2, {kSelf}), now);
  EXPECT_EQ(map.forget_unreachable({}, now + Map::kForgetAfter), std::vector<base::PeerId>{});
  EXPECT_EQ(map.forget_unreachable({}, now + Map::kForgetAfter + base::Duration::ms(1)), std::vector{kBob});
}

TEST(Map, takes_no_more_records_than_its_bound) {
  Map map(kSelf);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    map.merge({{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8), 9}}, record(1, 1), kNow);
  }
  EXPECT_EQ(map.size(), Map::kRecordsMax);
}

}  // namespace
}  // namespace grove::overlay
