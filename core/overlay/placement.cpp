#include "overlay/placement.h"

#include <algorithm>
#include <cmath>

namespace grove::overlay {
namespace {

using Index = Graph::Index;

constexpr double kTenth = 0.1;        // ms a unit of the wire
constexpr double kHeightMin = 0.1;    // ms; as coordinate.h
constexpr double kHeightFirst = 5.0;  // ms; of whom nothing is known: about the median last mile. A guess
constexpr double kRttMin = 5.0;       // ms; so that a neighbour next door does not outweigh all others. A guess

double in_ms(base::Duration d) { return static_cast<double>(d.in_us()) / 1000.0; }

// Plain IEEE + - * / and sqrt only: equal natively and in WASM.
double apart(const std::array<double, 3>& a, const std::array<double, 3>& b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return std::sqrt(sum);
}

bool is_measured(const Graph::Link& link) { return link.rtt != Graph::kUnmeasuredRtt; }

}  // namespace

Placement::Placement(const Graph& graph) : spots_(graph.size()) {
  begin(graph);
  for (int round = 0; round < kRounds; ++round) {
    for (std::size_t i = 0; i < spots_.size(); ++i) settle(graph, static_cast<Index>(i));
  }
}

base::Duration Placement::distance(Index a, Index b) const {
  const double ms = apart(spots_[a].place, spots_[b].place) + spots_[a].height + spots_[b].height;
  return base::Duration::us(static_cast<std::int64_t>(ms * 1000.0 + 0.5));
}

// As told; who knows nothing yet begins at the nearest who does.
void Placement::begin(const Graph& graph) {
  for (std::size_t i = 0; i < spots_.size(); ++i) {
    const wire::Coordinate& told = graph.peer(static_cast<Index>(i)).coordinate;
    if (told.error_percent > Graph::kErrorPercentMax) continue;
    for (std::size_t k = 0; k < told.place.size(); ++k) spots_[i].place[k] = told.place[k] * kTenth;
    spots_[i].height = std::max(kHeightMin, told.height * kTenth);
    spots_[i].is_known = true;
  }
  const std::vector<Spot> told = spots_;
  for (std::size_t i = 0; i < spots_.size(); ++i) {
    if (told[i].is_known) continue;
    const auto links = graph.links(static_cast<Index>(i));
    const Graph::Link* nearest = nullptr;
    std::size_t measured = 0;
    for (const Graph::Link& link : links) {
      if (!is_measured(link) || !told[link.to].is_known) continue;
      ++measured;
      if (!nearest || link.rtt < nearest->rtt) nearest = &link;
    }
    if (measured < kLinksMin) continue;
    spots_[i] = {told[nearest->to].place, kHeightFirst, true};
    spots_[i].place[i % 3] += in_ms(nearest->rtt) / 2;  // no two in one point: neither would know which way to go
  }
}

// Down the slope of the squared errors, each weighed by how near the link says the two are.
void Placement::settle(const Graph& graph, Index peer) {
  Spot& spot = spots_[peer];
  if (!spot.is_known) return;
  std::array<double, 3> pull{};
  double lift = 0;
  double weights = 0;
  for (const Graph::Link& link : graph.links(peer)) {
    const Spot& other = spots_[link.to];
    if (!is_measured(link) || !other.is_known) continue;
    const double rtt = in_ms(link.rtt);
    const double weight = 1.0 / std::max(rtt, kRttMin);
    const double way = std::max(kTenth, apart(spot.place, other.place));
    const double missing = weight * (rtt - way - spot.height - other.height);
    for (std::size_t k = 0; k < pull.size(); ++k) pull[k] += missing * (spot.place[k] - other.place[k]) / way;
    lift += missing;
    weights += weight;
  }
  if (weights == 0) return;
  for (std::size_t k = 0; k < pull.size(); ++k) spot.place[k] += pull[k] / weights / 2;
  spot.height = std::max(kHeightMin, spot.height + lift / weights / 4);
}

}  // namespace grove::overlay
