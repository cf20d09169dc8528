#include "sim/rtt_matrix.h"

#include <gtest/gtest.h>

#include <set>

namespace grove::sim {
namespace {

std::string complaint(std::string_view text) {
  const auto parsed = RttMatrix::parse(text);
  if (const auto* bad = std::get_if<RttMatrix::Malformed>(&parsed)) return std::to_string(bad->line) + ": " + bad->why;
  return "";
}

TEST(RttMatrix, reads_rows_of_milliseconds) {
  const auto parsed = RttMatrix::parse("0 12.5 7\n12.5 0 3.1\n7 3.1 0\n");
  const auto& matrix = std::get<RttMatrix>(parsed);
  EXPECT_EQ(matrix.hosts(), 3U);
  EXPECT_EQ(matrix.ms(0, 1), 12.5);
  EXPECT_EQ(matrix.ms(2, 1), 3.1);
}

TEST(RttMatrix, windows_line_ends_and_a_missing_last_one_are_fine) {
  EXPECT_EQ(complaint("0 1\r\n1 0\r\n"), "");
  EXPECT_EQ(complaint("0 1\n1 0"), "");
}

TEST(RttMatrix, says_the_line_and_what_is_wrong) {
  EXPECT_EQ(complaint(""), "0: fewer than two hosts");
  EXPECT_EQ(complaint("0 1\n1 x\n"), "2: number 2 is no number");
  EXPECT_EQ(complaint("0 1\n1,0\n"), "2: number 1 is no number");
  EXPECT_EQ(complaint("0 -1\n-1 0\n"), "1: number 2 is not between 0 and 60000 ms");
  EXPECT_EQ(complaint("0 nan\nnan 0\n"), "1: number 2 is not between 0 and 60000 ms");
  EXPECT_EQ(complaint("0 1\n1 0 4\n"), "2: 3 numbers where the first row has 2");
  EXPECT_EQ(complaint("0 1\n1 2\n"), "2: a host's distance to itself is not 0");
  EXPECT_EQ(complaint("0 1\n2 0\n"), "2: not symmetric: number 1 differs from the other direction's");
  EXPECT_EQ(complaint("0 1 2\n1 0 2\n"), "2: 2 rows but 3 columns");
  EXPECT_EQ(complaint("0 1\n1 0\n0 0\n"), "3: more rows than the 2 columns");
  EXPECT_EQ(complaint("0 1\n\n1 0\n"), "2: an empty line");
}

TEST(RttMatrix, a_sample_takes_no_row_twice_while_there_are_enough) {
  RttMatrix whole(5);
  for (std::size_t a = 0; a < 5; ++a) {
    for (std::size_t b = 0; b < a; ++b) whole.set(a, b, static_cast<double>(10 * a + b));
  }
  base::Random random(4);
  const RttMatrix all = whole.sample(5, random);
  std::multiset<double> before, after;
  for (std::size_t a = 0; a < 5; ++a) {
    for (std::size_t b = 0; b < a; ++b) {
      before.insert(whole.ms(a, b));
      after.insert(all.ms(a, b));
    }
  }
  EXPECT_EQ(before, after);
  EXPECT_EQ(whole.sample(12, random).hosts(), 12U);
}

}  // namespace
}  // namespace grove::sim
