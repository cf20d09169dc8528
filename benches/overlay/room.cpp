#include "room.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "sim/geography.h"

namespace grove::overlay_bench {
namespace {

// sim/run.cpp's.
enum class Purpose : std::uint64_t { kPlaces = 1, kNetwork, kWorld, kPopulation };
std::uint64_t seed_for(Purpose purpose, std::uint64_t seed) {
  return seed * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(purpose);
}

constexpr std::size_t kTalkers = 3;
constexpr double kArriveWithinUs = 20e6;

}  // namespace

sim::Network Room::network(std::uint64_t uplink_bits_per_s) const {
  sim::NetworkTerms terms;
  terms.uplink_bits_per_s = uplink_bits_per_s;
  return {rtts, terms, seed_for(Purpose::kNetwork, seed)};
}

std::set<std::pair<HostId, HostId>> Room::draw_blocks(double share) const {
  base::Random random(seed_for(Purpose::kPopulation, seed) ^ 0x626c6f636b73U);
  std::set<std::pair<HostId, HostId>> blocks;
  for (const HostId listener : people) {
    for (const HostId source : people) {
      if (listener != source && random.unit() < share) blocks.emplace(listener, source);
    }
  }
  return blocks;
}

Room draw_room(std::uint32_t peers, std::uint64_t seed, const std::optional<sim::RttMatrix>& matrix) {
  base::Random places(seed_for(Purpose::kPlaces, seed));
  const std::size_t hosts = peers + 1;  // the last is the rendezvous, which has nothing to do here
  Room room{matrix ? matrix->sample(hosts, places) : sim::draw_geography(hosts, places), seed, peers, {}, {}};

  base::Random population(seed_for(Purpose::kPopulation, seed));
  std::vector<std::pair<std::int64_t, std::uint32_t>> arrivals{{0, 0}};
  for (std::uint32_t host = 1; host < peers; ++host) {
    arrivals.emplace_back(static_cast<std::int64_t>(population.unit() * kArriveWithinUs), host);
  }
  std::sort(arrivals.begin(), arrivals.end());
  for (const auto& [when, host] : arrivals) room.people.push_back({host});
  while (room.talkers.size() < kTalkers && !arrivals.empty()) {
    const std::size_t chosen = population.below(arrivals.size());
    room.talkers.push_back({arrivals[chosen].second});
    arrivals.erase(arrivals.begin() + static_cast<std::ptrdiff_t>(chosen));
  }
  return room;
}

std::optional<sim::RttMatrix> read_matrix(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  auto parsed = sim::RttMatrix::parse(text.str());
  if (auto* matrix = std::get_if<sim::RttMatrix>(&parsed); file && matrix) return std::move(*matrix);
  return std::nullopt;
}

}  // namespace grove::overlay_bench
