#include "wire/record_delta.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace grove::wire {
namespace {

constexpr base::PeerId kAda{{2}};

LinkClaim claim(std::uint8_t to, std::uint16_t rtt = 10) { return {{{to}}, rtt, 0, true}; }

SignedRecord record(std::uint32_t version, std::vector<LinkClaim> links) {
  SignedRecord record;
  record.record.incarnation = {7};
  record.record.version = version;
  record.record.name = "Ada";
  record.record.links = std::move(links);
  record.signature = {static_cast<std::uint8_t>(version)};
  return record;
}

std::vector<LinkClaim> any_links() {
  std::vector<LinkClaim> links;
  for (std::uint8_t to = 0; to < 40; ++to) {
    if (*rc::gen::arbitrary<bool>()) links.push_back(claim(to, *rc::gen::element<std::uint16_t>(10, 20)));
  }
  return links;
}

TEST(RecordDelta, makes_of_the_old_record_the_new_one_whatever_links_came_went_or_changed) {
  EXPECT_TRUE(rc::check([] {
    SignedRecord before = record(*rc::gen::inRange<std::uint32_t>(1, 1000), any_links());
    SignedRecord now = record(before.record.version + *rc::gen::inRange<std::uint32_t>(1, 255), any_links());
    now.record.is_muted = *rc::gen::arbitrary<bool>();
    now.record.copies_max = 3;
    now.record.copies_at_once = 9;
    if (*rc::gen::arbitrary<bool>()) now.record.coordinate.height = 77;
    const auto delta = delta_between(kAda, before, now);
    RC_ASSERT(delta);
    RC_ASSERT(delta->base == mark_of(kAda, age_of(before.record)));
    const auto decoded = decode_delta(encode(*delta));
    RC_ASSERT(decoded);
    RC_ASSERT(apply(*decoded, before) == std::optional(now));
  }));
}

TEST(RecordDelta, of_one_link_more_is_a_fraction_of_the_record) {
  std::vector<LinkClaim> links;
  for (std::uint8_t to = 0; to < 26; ++to) links.push_back(claim(to));
  const SignedRecord before = record(1, links);
  links.push_back(claim(30));
  const SignedRecord now = record(2, links);
  EXPECT_LT(encode(*delta_between(kAda, before, now)).size() * 6, encode(now).size());
}

TEST(RecordDelta, is_not_made_where_it_cannot_say_what_changed) {
  const SignedRecord before = record(5, {claim(1), claim(2)});
  SignedRecord now = record(6, {claim(1)});
  EXPECT_TRUE(delta_between(kAda, before, now));
  now.record.name = "Eve";
  EXPECT_FALSE(delta_between(kAda, before, now));
  now = record(6, {claim(1)});
  now.record.incarnation = {8};
  EXPECT_FALSE(delta_between(kAda, before, now));
  EXPECT_FALSE(delta_between(kAda, before, record(5, {}))) << "no step";
  EXPECT_FALSE(delta_between(kAda, before, record(5 + 256, {}))) << "too many";
  EXPECT_FALSE(delta_between(kAda, before, record(6, {claim(2), claim(1)}))) << "an order that a delta does not keep";
}

TEST(RecordDelta, that_does_not_fit_its_base_makes_nothing) {
  const SignedRecord before = record(5, {claim(1), claim(2)});
  RecordDelta delta;
  EXPECT_TRUE(apply(delta, before));
  delta.removed = {2};
  EXPECT_FALSE(apply(delta, before));
  delta.removed.clear();
  delta.changed = {{2}};
  EXPECT_FALSE(apply(delta, before));
  delta.changed.clear();
  for (std::uint8_t to = 3; delta.added.size() < kLinksMax - 1; ++to) delta.added.push_back(claim(to));
  EXPECT_FALSE(apply(delta, before)) << "too many links";
  EXPECT_FALSE(apply(RecordDelta{}, record(UINT32_MAX, {}))) << "no version left";
}

TEST(RecordDelta, out_of_order_or_without_a_step_is_refused) {
  RecordDelta delta;
  delta.removed = {1, 2};
  delta.changed = {{1}, {2}};
  delta.added = {claim(1), claim(2)};
  EXPECT_TRUE(decode_delta(encode(delta)));
  RecordDelta bad = delta;
  bad.removed = {2, 2};
  EXPECT_FALSE(decode_delta(encode(bad)));
  bad = delta;
  bad.changed = {{2}, {1}};
  EXPECT_FALSE(decode_delta(encode(bad)));
  bad = delta;
  bad.added = {claim(2), claim(2)};
  EXPECT_FALSE(decode_delta(encode(bad)));
  base::Bytes no_step = encode(delta);
  no_step[12] = 0;
  EXPECT_EQ(decode_delta(no_step).why(), "delta: changes no version");
}

TEST(RecordMark, tells_newer_from_older_across_the_wrap_and_takes_another_run_for_both) {
  const RecordMark mark = mark_of(kAda, {{7}, 0x1'0001});
  EXPECT_TRUE(is_same(mark, {{7}, 1}));
  EXPECT_TRUE(is_newer(mark, {{7}, 0xffff}));
  EXPECT_FALSE(is_older(mark, {{7}, 0xffff}));
  EXPECT_TRUE(is_older(mark, {{7}, 0x1'0002}));
  EXPECT_FALSE(is_newer(mark, {{7}, 0x1'0001}));
  EXPECT_TRUE(is_newer(mark, {{8}, 1}));
  EXPECT_TRUE(is_older(mark, {{8}, 1}));
  EXPECT_TRUE(is_older({short_of(kAda)}, {{7}, 1}));
  EXPECT_FALSE(is_newer({short_of(kAda)}, {{7}, 1}));
}

}  // namespace
}  // namespace grove::wire
