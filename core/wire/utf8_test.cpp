#include "wire/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace grove::wire {
namespace {

base::Bytes encoded(std::uint32_t c) {
  const auto byte = [](std::uint32_t value) { return static_cast<std::uint8_t>(value); };
  const auto tail = [&](std::uint32_t shift) { return byte(0x80 | ((c >> shift) & 0x3f)); };
  if (c < 0x80) return {byte(c)};
  if (c < 0x800) return {byte(0xc0 | (c >> 6)), tail(0)};
  if (c < 0x10000) return {byte(0xe0 | (c >> 12)), tail(6), tail(0)};
  return {byte(0xf0 | (c >> 18)), tail(12), tail(6), tail(0)};
}

TEST(Utf8, every_character_but_surrogates_is_accepted_whole_and_refused_cut) {
  for (std::uint32_t c = 0; c <= 0x110000; ++c) {
    const bool is_character = c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
    const base::Bytes text = encoded(c);
    ASSERT_EQ(is_utf8(text), is_character) << c;
    for (std::size_t n = 1; n < text.size(); ++n) ASSERT_FALSE(is_utf8(base::ByteView(text).first(n))) << c;
  }
}

TEST(Utf8, longer_forms_than_needed_are_refused) {
  EXPECT_FALSE(is_utf8(base::Bytes{0xc0, 0x80}));
  EXPECT_FALSE(is_utf8(base::Bytes{0xc1, 0xbf}));
  EXPECT_FALSE(is_utf8(base::Bytes{0xe0, 0x9f, 0xbf}));
  EXPECT_FALSE(is_utf8(base::Bytes{0xf0, 0x8f, 0xbf, 0xbf}));
}

TEST(Utf8, bytes_that_begin_nothing_are_refused) {
  EXPECT_FALSE(is_utf8(base::Bytes{0x80}));
  EXPECT_FALSE(is_utf8(base::Bytes{0xff}));
  EXPECT_FALSE(is_utf8(base::Bytes{0xf5, 0x80, 0x80, 0x80}));
}

RC_GTEST_PROP(Utf8, texts_joined_are_text, ()) {
  base::Bytes text;
  for (const std::uint32_t c : *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, 0xd800U))) {
    base::append(text, encoded(c));
  }
  RC_ASSERT(is_utf8(text));
}

}  // namespace
}  // namespace grove::wire
