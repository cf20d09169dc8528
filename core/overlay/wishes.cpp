#include <algorithm>
#include <tuple>

#include "overlay/coordinate.h"
#include "overlay/plan.h"

namespace grove::overlay {
namespace {

// A coordinate that is more wrong than this says nothing about one link (a guess).
constexpr std::uint8_t kErrorPercentMax = 60;
// Less is not worth one of a tab's 500 connections (a guess): added up over all listeners.
constexpr base::Duration kGainMin = base::Duration::ms(10);

bool is_placed(const wire::Coordinate& coordinate) { return coordinate.error_percent <= kErrorPercentMax; }

}  // namespace

std::vector<base::PeerId> wishes(const Graph& graph, const PlanInput& input, const Planned& planned) {
  const auto source = graph.find(input.source);
  if (!source || !is_placed(graph.peer(*source).coordinate)) return {};
  std::vector<base::Duration> delays(graph.size(), base::Duration::s(-1));  // before zero: no listener
  for (std::size_t i = 0; i < planned.seats.size(); ++i) {
    if (const auto listener = graph.find(planned.seats[i].listener)) delays[*listener] = planned.delays[i];
  }

  std::vector<std::tuple<base::Duration, Graph::Index>> gains;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    const auto v = static_cast<Graph::Index>(i);
    const Graph::Peer& peer = graph.peer(v);
    if (delays[v] < base::Duration() || graph.link(*source, v) || !is_placed(peer.coordinate)) continue;
    const base::Duration direct = distance(graph.peer(*source).coordinate, peer.coordinate) / 2;
    if (direct >= delays[v]) continue;
    std::vector<base::Duration> shares;  // what those linked to v would gain by it
    for (const Graph::Link& link : graph.links(v)) {
      const base::Duration saved = delays[link.to] - (direct + kHopDelay + link.metric);
      if (delays[link.to] >= base::Duration() && saved > base::Duration()) shares.push_back(saved);
    }
    std::sort(shares.rbegin(), shares.rend());
    const std::size_t carried = peer.role == wire::Role::kDesktop ? peer.copies_max : 0;
    if (shares.size() > carried) shares.resize(carried);
    base::Duration gain = delays[v] - direct;
    for (const base::Duration share : shares) gain = gain + share;
    if (gain >= kGainMin) gains.emplace_back(base::Duration() - gain, v);
  }
  std::sort(gains.begin(), gains.end());
  if (gains.size() > kWishesMax) gains.resize(kWishesMax);
  std::vector<base::PeerId> wished;
  for (const auto& [gain, v] : gains) wished.push_back(graph.peer(v).id);
  return wished;
}

}  // namespace grove::overlay
