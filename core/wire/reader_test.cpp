#include "wire/reader.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "wire/writer.h"

namespace grove::wire {
namespace {

TEST(Reader, fields_are_little_endian) {
  const base::Bytes message = Writer().u16(0x0102).u32(0x03040506).take();
  EXPECT_EQ(message, (base::Bytes{0x02, 0x01, 0x06, 0x05, 0x04, 0x03}));
}

RC_GTEST_PROP(Reader, what_was_written_is_read,
              (std::uint8_t a, std::uint16_t b, std::uint32_t c, std::uint64_t d, const base::Bytes& tail)) {
  const base::Bytes message = Writer().u8(a).u16(b).u32(c).u64(d).bytes(tail).take();
  Reader reader(message);
  RC_ASSERT(reader.u8() == a);
  RC_ASSERT(reader.u16() == b);
  RC_ASSERT(reader.u32() == c);
  RC_ASSERT(reader.u64() == d);
  RC_ASSERT(base::to_bytes(reader.rest()) == tail);
  RC_ASSERT(reader.is_done());
}

TEST(Reader, a_failure_stays) {
  const base::Bytes message{1, 2, 3};
  Reader reader(message);
  EXPECT_EQ(reader.u32(), 0U);
  EXPECT_EQ(reader.u8(), 0U);
  EXPECT_TRUE(reader.rest().empty());
  EXPECT_TRUE(reader.has_failed());
  EXPECT_FALSE(reader.is_done());
}

TEST(Reader, bytes_left_over_are_not_done) {
  const base::Bytes message{1, 2};
  Reader reader(message);
  EXPECT_EQ(reader.u8(), 1);
  EXPECT_FALSE(reader.is_done());
}

TEST(Reader, an_array_that_is_not_whole_fails) {
  const base::Bytes message{1, 2, 3};
  Reader reader(message);
  EXPECT_EQ(reader.array<4>(), (base::ByteArray<4>{}));
  EXPECT_TRUE(reader.has_failed());
}

TEST(Reader, nothing_is_done_at_once) { EXPECT_TRUE(Reader({}).is_done()); }

}  // namespace
}  // namespace grove::wire
