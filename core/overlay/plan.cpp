#include "overlay/plan.h"

#include <algorithm>

namespace grove::overlay {

Planned plan_tree(const Map& map, const PlanInput& input) {
  std::vector<base::PeerId> listeners;
  for (const base::PeerId& peer : input.links) {
    const bool is_willing = std::find(input.no_send.begin(), input.no_send.end(), peer) == input.no_send.end();
    if (is_willing && peer != input.source && map.find(peer)) listeners.push_back(peer);
  }
  std::sort(listeners.begin(), listeners.end());
  listeners.erase(std::unique(listeners.begin(), listeners.end()), listeners.end());
  if (listeners.size() > wire::kListenersMax) listeners.resize(wire::kListenersMax);

  Planned planned{{}, listeners.size() > input.copies_max};
  for (const base::PeerId& listener : listeners) planned.seats.push_back({listener});
  return planned;
}

}  // namespace grove::overlay
