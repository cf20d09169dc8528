// planner.wasm: the planner alone, over seeded rooms, for benches/planner/run.mjs.
#include <emscripten/emscripten.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <vector>

#include "base/random.h"
#include "overlay/plan.h"

#define EXPORT extern "C" EMSCRIPTEN_KEEPALIVE

namespace {

using namespace grove;
using base::Duration;

constexpr std::size_t kNear = 8, kLinks = 24;  // DESIGN §4: links of a peer in a room of more than 32
constexpr std::uint8_t kCopies = 8;            // issue 3: relay fan-out

struct Room {
  std::vector<base::PeerId> ids;
  overlay::Map map{base::PeerId{}};
};
std::optional<Room> room;
overlay::Planned planned;

// Places on a square of 150 ms and a last mile each: about the spread of PlanetLab's round-trip times.
struct Place {
  double x, y, last_mile;
  double rtt_to(const Place& o) const { return std::sqrt((x - o.x) * (x - o.x) + (y - o.y) * (y - o.y)) + last_mile + o.last_mile; }
};

Room draw(std::size_t peers, std::uint64_t seed) {
  base::Random random(seed);
  std::vector<Place> places(peers);
  Room drawn;
  for (Place& place : places) place = {random.unit() * 150, random.unit() * 150, 4 + random.unit() * 20};
  for (std::size_t i = 0; i < peers; ++i) {
    base::PeerId id;
    for (std::uint8_t& byte : id.bytes) byte = static_cast<std::uint8_t>(random.next());
    drawn.ids.push_back(id);
  }

  std::vector<std::set<std::size_t>> links(peers);
  const auto link = [&](std::size_t a, std::size_t b) {
    if (a == b || links[a].size() >= kLinks || links[b].size() >= kLinks) return;
    links[a].insert(b);
    links[b].insert(a);
  };
  for (std::size_t a = 0; a < peers; ++a) link(a, (a + 1) % peers);  // so that it is whole
  for (std::size_t a = 0; a < peers; ++a) {
    std::vector<std::size_t> others;
    for (std::size_t b = 0; b < peers; ++b) others.push_back(b);
    std::sort(others.begin(), others.end(), [&](std::size_t b, std::size_t c) { return places[a].rtt_to(places[b]) < places[a].rtt_to(places[c]); });
    for (std::size_t i = 1; i <= kNear; ++i) link(a, others[i]);
  }
  for (std::size_t i = 0; i < 100 * peers; ++i) {
    const std::size_t a = random.below(peers);
    link(a, random.below(peers));
  }

  for (std::size_t a = 0; a < peers; ++a) {
    wire::SignedRecord record;
    record.record.copies_max = kCopies;
    for (const std::size_t b : links[a]) {
      record.record.links.push_back({drawn.ids[b], static_cast<std::uint16_t>(places[a].rtt_to(places[b]) * 10)});
    }
    drawn.map.merge(drawn.ids[a], record, {});
  }
  return drawn;
}

}  // namespace

EXPORT void planner_draw(std::uint32_t peers, std::uint32_t seed) { room = draw(peers, seed); }

// A full plan from the map on, guardians and all. Mean delay in ms.
EXPORT double planner_plan(std::uint32_t source) {
  planned = overlay::plan_tree(overlay::Graph(room->map), {room->ids[source], kCopies});
  return planned.mean_delay.in_ms();
}
EXPORT std::uint32_t planner_listeners() { return static_cast<std::uint32_t>(planned.seats.size()); }
EXPORT std::uint32_t planner_hot_guardians() { return static_cast<std::uint32_t>(planned.hot_guardians); }

// What else comes to a plan's price: the tree that was, patched after a relay's death.
EXPORT double planner_patch(std::uint32_t source) {
  const overlay::PlanInput input{room->ids[source], kCopies, {}, {}, {planned.seats[0].listener}};
  return overlay::patch_tree(overlay::Graph(room->map), input, planned).mean_delay.in_ms();
}

// The peer: Dijkstra's shortest paths over the same map, without budgets, guardians or moves. Mean delay in ms.
EXPORT double planner_dijkstra(std::uint32_t source) {
  const overlay::Graph graph(room->map);
  const Duration far = Duration::s(1'000);
  std::vector<Duration> delays(graph.size(), far);
  std::vector<bool> is_done(graph.size());
  const auto root = graph.find(room->ids[source]);
  delays[*root] = Duration();
  Duration total;
  for (std::size_t i = 0; i < graph.size(); ++i) {
    std::size_t next = graph.size();
    for (std::size_t v = 0; v < graph.size(); ++v) {
      if (!is_done[v] && (next == graph.size() || delays[v] < delays[next])) next = v;
    }
    is_done[next] = true;
    total = total + delays[next];
    for (const auto& link : graph.links(static_cast<overlay::Graph::Index>(next))) {
      const Duration hop = next == *root ? Duration() : overlay::kHopDelay;
      delays[link.to] = std::min(delays[link.to], delays[next] + hop + link.metric);
    }
  }
  return total.in_ms() / static_cast<double>(graph.size() - 1);
}
