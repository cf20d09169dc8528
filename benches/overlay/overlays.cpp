#include "overlays.h"

#include <algorithm>
#include <numeric>

namespace grove::overlay_bench {
namespace {

constexpr std::size_t kNear = 6, kRandom = 6;  // 12 links of one's own making; those of others come on top
constexpr std::size_t kCycles = 6;             // through all hosts in random order: a random graph of 12 links each, and whole

void link(Links& links, std::uint32_t a, std::uint32_t b) {
  const bool is_there = std::find(links[a].begin(), links[a].end(), HostId{b}) != links[a].end();
  if (a == b || is_there) return;
  links[a].push_back({b});
  links[b].push_back({a});
}

Links near_and_random(const Room& room, const sim::Network& network, base::Random& random) {
  Links links(room.peers);
  std::vector<std::uint32_t> others(room.peers);
  std::iota(others.begin(), others.end(), 0U);
  for (std::uint32_t a = 0; a < room.peers; ++a) {
    auto nearest = others;
    std::sort(nearest.begin(), nearest.end(), [&](auto b, auto c) { return network.one_way({a}, {b}) < network.one_way({a}, {c}); });
    for (std::size_t i = 0; i <= kNear && i < nearest.size(); ++i) link(links, a, nearest[i]);  // the nearest is itself
    for (std::size_t i = 0; i < kRandom; ++i) link(links, a, static_cast<std::uint32_t>(random.below(room.peers)));
  }
  return links;
}

Links random_regular(const Room& room, base::Random& random) {
  Links links(room.peers);
  std::vector<std::uint32_t> order(room.peers);
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t cycle = 0; cycle < kCycles; ++cycle) {
    for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
    for (std::size_t i = 0; i < order.size(); ++i) link(links, order[i], order[(i + 1) % order.size()]);
  }
  return links;
}

// Dijkstra: also what a flood's first arrivals draw, jitter apart.
std::vector<HostId> shortest_parents(const Links& links, const sim::Network& network, HostId root) {
  std::vector<std::int64_t> delays(links.size(), INT64_MAX);
  std::vector<HostId> parents(links.size(), root);
  std::vector<bool> is_done(links.size());
  delays[root.value] = 0;
  for (std::size_t round = 0; round < links.size(); ++round) {
    std::uint32_t next = 0;
    while (is_done[next]) ++next;
    for (std::uint32_t v = next; v < links.size(); ++v) if (!is_done[v] && delays[v] < delays[next]) next = v;
    is_done[next] = true;
    for (const HostId to : links[next]) {
      const std::int64_t delay = delays[next] + network.one_way({next}, to).in_us();
      if (delay >= delays[to.value]) continue;
      delays[to.value] = delay;
      parents[to.value] = {next};
    }
  }
  return parents;
}

Links tree_of(const std::vector<HostId>& parents) {
  Links tree(parents.size());
  for (std::uint32_t v = 0; v < parents.size(); ++v) link(tree, v, parents[v].value);  // the root is its own parent
  return tree;
}

}  // namespace

std::vector<Overlay> draw_overlays(const Room& room) {
  const sim::Network network = room.network(0);
  base::Random random(room.seed);
  const Links mesh = near_and_random(room, network, random);
  const Links regular = random_regular(room, random);
  // Plumtree's shape: what the first one to speak has flooded stays as everybody's tree.
  const Links shared = tree_of(shortest_parents(regular, network, room.talkers.front()));

  Overlay star{"full_mesh", {}}, shortest{"shortest_paths", {}}, gossip{"shared_gossip_tree", {}}, flood{"flooding", {}};
  for (const HostId talker : room.talkers) {
    Links direct(room.peers);
    for (std::uint32_t v = 0; v < room.peers; ++v) if (v != talker.value) direct[talker.value].push_back({v});
    star.next.push_back(std::move(direct));
    shortest.next.push_back(tree_of(shortest_parents(mesh, network, talker)));
    gossip.next.push_back(shared);
    flood.next.push_back(regular);
  }
  return {star, shortest, gossip, flood};
}

}  // namespace grove::overlay_bench
