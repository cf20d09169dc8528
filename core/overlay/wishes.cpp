#include <algorithm>
#include <tuple>

#include "overlay/link_choice.h"
#include "overlay/plan.h"

namespace grove::overlay {
namespace {

using Index = Graph::Index;

// Less is not worth one of a tab's 500 connections (a guess): added up over all listeners.
constexpr base::Duration kGainMin = base::Duration::ms(30);

// The delay of every peer in a plan, by its number; before zero: it has no seat.
std::vector<base::Duration> delays_by_number(const Graph& graph, const PlanInput& input, const Planned& planned) {
  std::vector<base::Duration> delays(graph.size(), base::Duration::s(-1));
  for (std::size_t i = 0; i < planned.seats.size(); ++i) {
    if (const auto listener = graph.find(planned.seats[i].listener)) delays[*listener] = planned.delays[i];
  }
  if (const auto source = graph.find(input.source)) delays[*source] = {};
  return delays;
}

// How many hang below each seat, itself among them.
std::vector<std::int64_t> weights(const std::vector<wire::Seat>& seats) {
  std::vector<std::int64_t> weights(seats.size(), 1);
  for (std::size_t i = 0; i < seats.size(); ++i) {
    for (wire::SeatIndex above = seats[i].parent; above != wire::kSourceSeat; above = seats[above].parent) ++weights[above];
  }
  return weights;
}

}  // namespace

std::vector<WishedLink> wished_links(const Graph& graph, const PlanInput& input, const Planned& planned) {
  const Graph all = graph.completed({}, kLinksMaxByWish);
  const Planned ideal = plan_tree(all, input);
  const std::vector<base::Duration> delays = delays_by_number(graph, input, planned);
  const std::vector<std::int64_t> weight = weights(ideal.seats);

  std::vector<std::tuple<base::Duration, base::PeerId, base::PeerId>> losses;  // the largest gain first
  for (std::size_t i = 0; i < ideal.seats.size(); ++i) {
    const wire::Seat& seat = ideal.seats[i];
    const bool is_from_source = seat.parent == wire::kSourceSeat;
    const base::PeerId& parent = is_from_source ? input.source : ideal.seats[seat.parent].listener;
    const Index u = *graph.find(parent);
    const Index v = *graph.find(seat.listener);
    if (graph.link(u, v) || delays[u] < base::Duration() || delays[v] < base::Duration()) continue;
    const base::Duration by_wish = delays[u] + (is_from_source ? base::Duration() : kHopDelay) + all.link(u, v)->metric;
    const base::Duration gain = (delays[v] - by_wish) * weight[i];
    if (gain >= kGainMin) losses.emplace_back(base::Duration() - gain, parent, seat.listener);
  }
  std::sort(losses.begin(), losses.end());
  if (losses.size() > kWishesMax) losses.resize(kWishesMax);
  std::vector<WishedLink> wished;
  for (const auto& [loss, one, other] : losses) wished.push_back({one, other});
  return wished;
}

}  // namespace grove::overlay
