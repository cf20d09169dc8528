// The hosts and talkers that grove-sim draws for a quiet room of so many people and a seed, so that everybody is compared on
// the same Internet.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/network.h"

namespace grove::overlay_bench {

using sim::HostId;

struct Room {
  sim::RttMatrix rtts;
  std::uint64_t seed;
  std::uint32_t peers;
  std::vector<HostId> talkers;
  std::vector<HostId> people;  // in order of arrival

  // That the first blocks the second, as sim/population.cpp draws it for this share.
  std::set<std::pair<HostId, HostId>> draw_blocks(double share) const;

  // Anew, with all its paths as at the beginning. 0: uplinks as fast as it takes.
  sim::Network network(std::uint64_t uplink_bits_per_s) const;
};

// As sim/run.cpp and sim/population.cpp do it for three_talk_in_a_room_of_a_hundred: three talkers, arrivals within 20 s.
Room draw_room(std::uint32_t peers, std::uint64_t seed, const std::optional<sim::RttMatrix>& matrix);

// Nothing if there is none in the file.
std::optional<sim::RttMatrix> read_matrix(const char* path);

}  // namespace grove::overlay_bench
