#include "sim/checkers/equal_maps.h"

#include <algorithm>
#include <optional>

namespace grove::sim {

void EqualMaps::on_tick(Instant now) {
  if (!views_.is_fresh() || faults_over_.is_never()) return;
  const auto components = links_.components(world_.here(), [&](PersonId a, PersonId b) { return blocks_.is_apart(a, b); });
  struct Known {
    std::uint64_t hash;
    bool is_equal;
  };
  std::map<std::uint32_t, Known> known;
  for (const auto& look : views_.looks()) {
    const auto [entry, is_first] = known.try_emplace(components.at(look.person), Known{look.view.map_hash, true});
    if (!is_first && entry->second.hash != look.view.map_hash) entry->second.is_equal = false;
  }
  // Whatever changes a link makes news that has its own ten seconds.
  const Instant settled = std::max({faults_over_, links_.last_change(), blocks_.last_change()});
  for (const auto& look : views_.looks()) {
    auto [equal, is_new] = last_equal_.try_emplace(look.person, now);
    if (known.at(components.at(look.person)).is_equal) equal->second = now;
    if (now - std::max(equal->second, settled) > kWithin) {
      violated(now, name(look.person) + " has known another map than its neighbours for more than ten seconds");
      equal->second = now;
    }
  }
}

}  // namespace grove::sim
