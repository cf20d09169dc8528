#include "overlay/spread.h"

#include <gtest/gtest.h>

#include <set>


namespace grove::overlay {
namespace {

constexpr base::Instant kNow = base::Instant::from_us(1);
constexpr base::PeerId kAuthor{{1}};

wire::SignedRecord record(std::vector<base::PeerId> links, std::uint32_t version = 1) {
  wire::SignedRecord signed_record;
  signed_record.record.version = version;
  for (const auto& link : links) signed_record.record.links.push_back({link, 10, 0});
  return signed_record;
}

base::PeerId peer(std::uint8_t i) { return {{i, static_cast<std::uint8_t>(i * 37), static_cast<std::uint8_t>(i * 91)}}; }

// The author is linked to 10 … 15, and those to 20; 30 is linked to 20 and 31 alone.
struct SpreadTest : testing::Test {
  Map map{peer(10)};
  std::vector<base::PeerId> middle{peer(10), peer(11), peer(12), peer(13), peer(14), peer(15)};

  void SetUp() override {
    map.merge(kAuthor, record(middle), kNow);
    for (const auto& m : middle) map.merge(m, record({kAuthor, peer(20)}), kNow);
    auto far = middle;
    far.push_back(peer(30));
    map.merge(peer(20), record(far), kNow);
    map.merge(peer(30), record({peer(20), peer(31)}), kNow);
    map.merge(peer(31), record({peer(30)}), kNow);
  }
  Spread::Telling telling(const base::PeerId& self, const base::PeerId& to, std::uint32_t version = 1) {
    return Spread(map, self, kAuthor, record(middle, version).record).telling(to);
  }
};

TEST_F(SpreadTest, one_of_those_between_tells_and_one_stands_by) {
  std::size_t bodies = 0, announcements = 0;
  for (const auto& self : middle) {
    bodies += telling(self, peer(20)) == Spread::Telling::kBody;
    announcements += telling(self, peer(20)) == Spread::Telling::kAnnounce;
  }
  EXPECT_EQ(bodies, 1U);
  EXPECT_EQ(announcements, 1U);
}

TEST_F(SpreadTest, nobody_tells_whom_the_author_is_linked_to_nor_the_author) {
  for (const auto& self : middle) {
    EXPECT_EQ(telling(self, peer(11)), Spread::Telling::kNothing);
    EXPECT_EQ(telling(self, kAuthor), Spread::Telling::kNothing);
  }
  EXPECT_EQ(telling(peer(30), peer(20)), Spread::Telling::kNothing) << "those between do";
}

TEST_F(SpreadTest, beyond_two_steps_it_is_announced_and_of_a_stranger_too) {
  EXPECT_EQ(telling(peer(20), peer(30)), Spread::Telling::kAnnounce);
  EXPECT_EQ(telling(peer(30), peer(31)), Spread::Telling::kAnnounce);
  EXPECT_EQ(telling(peer(10), peer(99)), Spread::Telling::kAnnounce);
}

TEST_F(SpreadTest, another_record_is_for_another_to_tell) {
  std::set<base::PeerId> tellers;
  for (std::uint32_t version = 1; version < 50; ++version) {
    for (const auto& self : middle) {
      if (telling(self, peer(20), version) == Spread::Telling::kBody) tellers.insert(self);
    }
  }
  EXPECT_EQ(tellers.size(), middle.size());
}

}  // namespace
}  // namespace grove::overlay
