#include "overlay/route.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>

namespace grove::overlay {
namespace {

// A link that nobody has measured yet: about the median of the Internet. A guess.
constexpr std::int64_t kUnmeasuredTenthMs = 800;
// Each hop waits for a Worker twice, and may fail: DESIGN §4, 4 ms hop + 10 ms failure price.
constexpr std::int64_t kHopTenthMs = 140;
constexpr std::int64_t kFar = std::int64_t{1} << 40;

const wire::LinkClaim* claim_on(const wire::Record& record, const base::PeerId& peer) {
  const auto claim = std::find_if(record.links.begin(), record.links.end(), [&](const auto& c) { return c.to == peer; });
  return claim == record.links.end() ? nullptr : &*claim;
}

// A link's metric is the larger of both claims (DESIGN §4).
std::int64_t cost_of(const wire::LinkClaim& there, const wire::LinkClaim* back) {
  const auto rtt = std::max<std::int64_t>(there.rtt_tenth_ms, back ? back->rtt_tenth_ms : 0);
  return (rtt == 0 ? kUnmeasuredTenthMs : rtt) + kHopTenthMs;
}

}  // namespace

// Bellman and Ford's, a hop a round, because hops are bounded. From the addressee backwards would do as well.
std::optional<std::vector<base::PeerId>> route(const Map& map, const base::PeerId& from, const base::PeerId& to,
                                               const std::vector<FirstHop>& first_hops,
                                               const std::vector<base::PeerId>& avoiding) {
  if (from == to) return std::nullopt;
  const std::set<base::PeerId> avoided(avoiding.begin(), avoiding.end());
  struct Reached {
    std::int64_t cost;
    base::PeerId before;
  };
  // reached[h]: cheapest with exactly h + 1 hops.
  std::vector<std::map<base::PeerId, Reached>> reached(1);
  for (const FirstHop& first : first_hops) {
    if (first.peer == from || (first.peer != to && avoided.contains(first.peer))) continue;
    reached[0].insert_or_assign(first.peer, Reached{first.rtt.in_us() / 100 + kHopTenthMs, from});
  }

  std::map<base::PeerId, std::int64_t> cheapest;
  for (const auto& [peer, way] : reached[0]) cheapest[peer] = way.cost;
  for (std::size_t hop = 1; hop < wire::kHopsMax && !reached[hop - 1].empty(); ++hop) {
    std::map<base::PeerId, Reached> next;
    for (const auto& [peer, way] : reached[hop - 1]) {
      const wire::SignedRecord* record = peer == to ? nullptr : map.find(peer);
      if (!record) continue;
      for (const wire::LinkClaim& link : record->record.links) {
        if (link.to == from || (link.to != to && avoided.contains(link.to))) continue;
        const wire::SignedRecord* other = map.find(link.to);
        const wire::LinkClaim* back = other ? claim_on(other->record, peer) : nullptr;
        if (!back) continue;
        const std::int64_t cost = way.cost + cost_of(link, back);
        auto& known = cheapest.try_emplace(link.to, kFar).first->second;
        if (cost >= known) continue;
        known = cost;
        next.insert_or_assign(link.to, Reached{cost, peer});
      }
    }
    reached.push_back(std::move(next));
  }

  std::optional<std::size_t> last;
  std::int64_t best = kFar;
  for (std::size_t hop = 0; hop < reached.size(); ++hop) {
    const auto way = reached[hop].find(to);
    if (way == reached[hop].end() || way->second.cost >= best) continue;
    best = way->second.cost;
    last = hop;
  }
  if (!last) return std::nullopt;
  std::vector<base::PeerId> hops(*last + 1);
  base::PeerId peer = to;
  for (std::size_t hop = *last + 1; hop-- > 0;) {
    hops[hop] = peer;
    peer = reached[hop].at(peer).before;
  }
  return hops;
}

}  // namespace grove::overlay
