#include "sim/geography.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace grove::sim {
namespace {

TEST(Geography, resembles_the_measured_internet) {
  std::vector<double> all;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    base::Random random(seed);
    const RttMatrix matrix = draw_geography(200, random);
    for (std::size_t a = 0; a < 200; ++a) {
      for (std::size_t b = 0; b < a; ++b) all.push_back(matrix.ms(a, b));
    }
  }
  std::sort(all.begin(), all.end());
  const auto quantile = [&](double q) { return all[static_cast<std::size_t>(q * static_cast<double>(all.size()))]; };

  // PlanetLab, both slices: median 135 and 137 ms, 95th percentile 325 and 337 ms.
  EXPECT_NEAR(quantile(0.5), 136, 15);
  EXPECT_NEAR(quantile(0.95), 331, 40);
}

TEST(Geography, the_same_seed_is_the_same_globe) {
  base::Random one(9), same(9);
  EXPECT_EQ(draw_geography(10, one).ms(3, 7), draw_geography(10, same).ms(3, 7));
}

}  // namespace
}  // namespace grove::sim
