// Round-trip times without a file: hosts in and around cities of a globe, light in fibre between them.
#pragma once

#include "base/random.h"
#include "sim/rtt_matrix.h"

namespace grove::sim {

// Calibrated roughly to the PlanetLab slices (median 135 ms, 95th percentile 325 ms): docs/simulator.md has both in numbers.
RttMatrix draw_geography(std::size_t hosts, base::Random& random);

}  // namespace grove::sim
