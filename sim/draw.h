// Draws from the usual distributions, for the simulator only: they use libm, whose last digit may differ between machines.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/random.h"

namespace grove::sim {

inline double draw_exponential(base::Random& random, double mean) { return -mean * std::log(1.0 - random.unit()); }

inline double draw_normal(base::Random& random) {  // Box and Muller, 1958
  const double radius = std::sqrt(-2.0 * std::log(1.0 - random.unit()));
  return radius * std::cos(2.0 * std::numbers::pi * random.unit());
}

inline double draw_log_normal(base::Random& random, double median, double sigma) {
  return median * std::exp(sigma * draw_normal(random));
}

inline double draw_between(base::Random& random, double low, double high) { return low + (high - low) * random.unit(); }

}  // namespace grove::sim
