#include "sim/run.h"

#include <algorithm>

#include "sim/checkers/checker_set.h"
#include "sim/geography.h"
#include "sim/population.h"

namespace grove::sim {
namespace {

// What is drawn for one purpose must not shift what is drawn for another.
enum class Purpose : std::uint64_t { kPlaces = 1, kNetwork, kWorld, kPopulation };

std::uint64_t seed_for(Purpose purpose, std::uint64_t seed) {
  return seed * 0x9e3779b97f4a7c15U + static_cast<std::uint64_t>(purpose);
}

}  // namespace

bool RunResult::is_well() const {
  return std::all_of(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) { return verdict.violations == 0; });
}

RunResult run(const Scenario& scenario, std::uint64_t seed, const std::vector<RttMatrix>& slices) {
  const std::uint32_t people = scenario.peers + newcomers_of(scenario);
  const std::size_t hosts = people + 1;  // the last is the rendezvous
  std::vector<RttMatrix> rtts;
  for (const RttMatrix& slice : slices) {
    base::Random places(seed_for(Purpose::kPlaces, seed));  // anew: the same hosts in every slice
    rtts.push_back(slice.sample(hosts, places));
  }
  if (rtts.empty()) {
    base::Random places(seed_for(Purpose::kPlaces, seed));
    rtts.push_back(draw_geography(hosts, places));
  }
  Network network(rtts.front(), scenario.network, seed_for(Purpose::kNetwork, seed));
  network.set_nat({people}, Nat::kOpen);
  network.set_uplink({people}, 0);
  for (std::uint32_t host = 0; host < people; ++host) network.mend({host}, {people});
  World world(scenario.world, network, {people}, seed_for(Purpose::kWorld, seed));
  Population population(scenario, world, rtts, seed_for(Purpose::kPopulation, seed));
  FigureSet figures(world, population.talk_begins());
  CheckerSet checkers(world, figures.hearing(), figures.blocks());
  population.run();

  RunResult result;
  result.figures = figures.compile();
  for (const Checker* checker : checkers.all()) {
    result.verdicts.push_back({std::string(checker->invariant()), checker->violations(), checker->told()});
  }
  result.trace_hash = world.trace_hash();
  result.events = world.events();
  result.simulated = world.now() - Instant::from_us(1'000'000);
  return result;
}

}  // namespace grove::sim
