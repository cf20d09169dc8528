#include "overlay/detours.h"

#include <algorithm>
#include <numeric>
#include <queue>
#include <tuple>
#include <utility>

#include "overlay/coordinate.h"

namespace grove::overlay {
namespace {

// DESIGN §4: 4 ms hop + 10 ms failure price.
constexpr std::int64_t kHopUs = 14'000;
constexpr std::int64_t kNoWayUs = 4'000'000;  // above any way: twice Whereabouts::kRttMax
// An open link costs nothing to keep: another must save a quarter more. A guess, near DESIGN §4's 20 %.
constexpr std::int64_t kKeepNumerator = 5;
constexpr std::int64_t kKeepDenominator = 4;
// A swap costs a connection of a tab's 500: it must shorten the mean way by 1 %. A guess.
constexpr std::int64_t kSwapWorth = 100;
constexpr std::size_t kSwapsTried = 4;  // those that save most beside all that we have

}  // namespace

Detours::Detours(const std::vector<const Prospect*>& prospects)
    : prospects_(prospects),
      ways_us_(prospects.size() * prospects.size(), kNoWayUs),
      shortest_us_(prospects.size(), kNoWayUs),
      over_(prospects.size(), prospects.size()),
      second_us_(prospects.size(), kNoWayUs) {
  const std::size_t n = prospects.size();
  for (std::size_t over = 0; over < n; ++over) {
    const Prospect& first = *prospects[over];
    if (!first.delay) continue;
    const std::int64_t to_first = std::min(first.delay->in_us() / 2, kNoWayUs / 2);
    ways_us_[over * n + over] = static_cast<std::int32_t>(to_first);
    if (!first.can_carry) continue;
    for (std::size_t to = 0; to < n; ++to) {
      if (to == over || !prospects[to]->delay) continue;
      const std::int64_t way = to_first + kHopUs + distance(first.coordinate, prospects[to]->coordinate).in_us() / 2;
      ways_us_[over * n + to] = static_cast<std::int32_t>(std::min(way, kNoWayUs));
    }
  }
}

void Detours::add(Index link) {
  for (Index to = 0; to < prospects_.size(); ++to) {
    const std::int64_t way = way_us(link, to);
    if (way < shortest_us_[to]) {
      second_us_[to] = std::exchange(shortest_us_[to], way);
      over_[to] = link;
    } else {
      second_us_[to] = std::min(second_us_[to], way);
    }
  }
}

// Savings only shrink as links are added, so a stale one is an upper bound: whoever leads with a fresh one is best
// (Minoux, "Accelerated greedy algorithms", 1978).
std::vector<Detours::Index> Detours::add_best(const std::vector<Index>& candidates, std::size_t places) {
  using Entry = std::tuple<std::int64_t, base::PeerId, Index>;
  const auto worse = [](const Entry& a, const Entry& b) {
    return std::get<0>(a) != std::get<0>(b) ? std::get<0>(a) < std::get<0>(b) : std::get<1>(b) < std::get<1>(a);
  };
  std::priority_queue<Entry, std::vector<Entry>, decltype(worse)> queue(worse);
  for (const Index link : candidates) queue.emplace(saving_us(link), prospects_[link]->peer, link);
  std::vector<Index> chosen;
  while (!queue.empty() && chosen.size() < places) {
    const auto [was, peer, link] = queue.top();
    queue.pop();
    const std::int64_t is = saving_us(link);
    if (is == 0) continue;
    if (is < was) {
      queue.emplace(is, peer, link);
      continue;
    }
    chosen.push_back(link);
    add(link);
  }
  return chosen;
}

std::optional<Detours::Swap> Detours::swap(const std::vector<Index>& candidates, const std::vector<Index>& spare,
                                           bool has_place) const {
  std::vector<std::tuple<std::int64_t, base::PeerId, Index>> leading;
  for (const Index in : candidates) {
    if (const std::int64_t saving = saving_us(in); saving > 0) leading.emplace_back(-saving, prospects_[in]->peer, in);
  }
  std::sort(leading.begin(), leading.end());
  if (leading.size() > kSwapsTried) leading.resize(kSwapsTried);

  std::optional<Swap> best;
  std::int64_t best_saving = std::accumulate(shortest_us_.begin(), shortest_us_.end(), std::int64_t{0}) / kSwapWorth;
  for (const auto& [saving, peer, in] : leading) {
    if (has_place && -saving > best_saving) {
      best_saving = -saving;
      best = Swap{in, std::nullopt};
    }
    for (const Index out : spare) {
      std::int64_t saved = 0;
      for (Index to = 0; to < prospects_.size(); ++to) {
        saved += shortest_us_[to] - std::min(way_us(in, to), over_[to] == out ? second_us_[to] : shortest_us_[to]);
      }
      if (saved <= best_saving) continue;
      best_saving = saved;
      best = Swap{in, out};
    }
  }
  return best;
}

std::int64_t Detours::saving_us(Index link) const {
  std::int64_t saving = 0;
  for (Index to = 0; to < prospects_.size(); ++to) {
    saving += std::max<std::int64_t>(0, shortest_us_[to] - way_us(link, to));
  }
  return prospects_[link]->is_open ? saving * kKeepNumerator / kKeepDenominator : saving;
}

}  // namespace grove::overlay
