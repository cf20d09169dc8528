#include "voice/jitter/packet_buffer.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>

namespace grove::voice::jitter {
namespace {

using Stored = PacketBuffer::Stored;

Packet packet(std::uint64_t sequence) {
  Packet about;
  about.sequence = sequence;
  about.media = static_cast<std::int64_t>(sequence) * 960;
  about.samples = 960;
  return about;
}

base::Bytes content(std::uint64_t sequence) { return {static_cast<std::uint8_t>(sequence), 1, 2}; }

TEST(PacketBuffer, frames_come_out_in_order_however_they_went_in) {
  PacketBuffer buffer;
  for (const std::uint64_t sequence : {5U, 3U, 9U, 4U}) buffer.store(packet(sequence), content(sequence));
  for (const std::uint64_t sequence : {3U, 4U, 5U, 9U}) {
    EXPECT_EQ(buffer.front().sequence, sequence);
    EXPECT_EQ(buffer.front().opus, content(sequence));
    buffer.drop_front();
  }
  EXPECT_TRUE(buffer.is_empty());
}

TEST(PacketBuffer, a_copy_is_dropped) {
  PacketBuffer buffer;
  EXPECT_EQ(buffer.store(packet(1), content(1)), Stored::kYes);
  EXPECT_EQ(buffer.store(packet(1), content(1)), Stored::kDuplicate);
  EXPECT_EQ(buffer.size(), 1U);
}

TEST(PacketBuffer, when_full_the_oldest_goes) {
  PacketBuffer buffer;
  for (std::uint64_t i = 0; i < PacketBuffer::kPacketsMax; ++i) EXPECT_EQ(buffer.store(packet(i), content(i)), Stored::kYes);
  EXPECT_EQ(buffer.store(packet(1000), content(1000)), Stored::kOverflow);
  EXPECT_EQ(buffer.size(), PacketBuffer::kPacketsMax);
  EXPECT_EQ(buffer.front().sequence, 1U);
  EXPECT_EQ(buffer.back().sequence, 1000U);
}

TEST(PacketBuffer, it_behaves_as_a_sorted_map_of_bounded_size) {
  EXPECT_TRUE(rc::check([] {
    PacketBuffer buffer;
    std::map<std::uint64_t, base::Bytes> model;
    const auto steps = *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::inRange<std::uint64_t>(0, 300));
    for (const std::uint64_t step : steps) {
      if (step >= 250 && !model.empty()) {
        buffer.drop_front();
        model.erase(model.begin());
      } else {
        const std::uint64_t sequence = step + (std::uint64_t{1} << 32) - 100;  // across 2^32
        const Stored stored = buffer.store(packet(sequence), content(sequence));
        RC_ASSERT((stored == Stored::kDuplicate) == (model.count(sequence) > 0));
        if (stored == Stored::kOverflow) model.erase(model.begin());
        model.emplace(sequence, content(sequence));
      }
      RC_ASSERT(buffer.size() == model.size());
      RC_ASSERT(buffer.size() <= PacketBuffer::kPacketsMax);
      if (model.empty()) continue;
      RC_ASSERT(buffer.front().sequence == model.begin()->first);
      RC_ASSERT(buffer.front().opus == model.begin()->second);
      RC_ASSERT(buffer.back().sequence == model.rbegin()->first);
    }
  }));
}

}  // namespace
}  // namespace grove::voice::jitter
