// blocking_trees PEERS SEED FAN_OUT SHARE [RTT_FILE]: one line of JSON for run.mjs, an object for each way to treat blocks in a tree.
//
// The production planner on true delays with everybody linked to everybody, for grove-sim's hosts, talkers and blocks:
//   ignores   carries to everybody, wanted or not
//   prunes    that tree without blockers below whom nobody hangs; those who carry for others go on carrying
//   planned   what Grove's planner makes of the blocks when it knows all
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <numeric>

#include "overlay/plan.h"
#include "overlay/room_draw.h"
#include "room.h"

namespace grove::overlay_bench {
namespace {

using Blocks = std::set<std::pair<HostId, HostId>>;  // listener, source
using Copy = std::pair<HostId, HostId>;              // of one frame: from, to

struct Tree {
  std::map<HostId, HostId> parents;  // of those who are served
  std::vector<Copy> hot;             // guardians' copies beside them
};

struct Outcome {
  std::size_t copies = 0, wasted = 0, unreached = 0;
  std::vector<double> delays;  // ms, of those who want it
};

HostId host_of(const base::PeerId& id) { return {static_cast<std::uint32_t>(id.bytes[0] << 8 | id.bytes[1])}; }

// Everybody linked to everybody; of two of whom one blocks the other nobody is told a link, if `blocks` says so.
overlay::RoomDraw draw_links(const Room& room, const sim::Network& network, std::uint8_t fan_out, const Blocks& blocks) {
  overlay::RoomDraw drawn(room.peers);
  for (std::uint32_t a = 0; a < room.peers; ++a) {
    drawn.record(a).copies_max = fan_out;
    for (std::uint32_t b = 0; b < a; ++b) {
      const bool is_apart = blocks.contains({{a}, {b}}) || blocks.contains({{b}, {a}});
      if (!is_apart) drawn.link(a, b, network.rtt({a}, {b}));
    }
  }
  return drawn;
}

Tree plan(const overlay::Graph& graph, const sim::Network& network, HostId talker, std::uint8_t fan_out, const Blocks& blocks) {
  overlay::PlanInput input{overlay::RoomDraw::id(talker.value), fan_out};
  for (const auto& [listener, source] : blocks) {
    if (source == talker) input.no_send.push_back(overlay::RoomDraw::id(listener.value));
    if (listener == talker) input.aside.push_back({overlay::RoomDraw::id(source.value), network.rtt(talker, source)});
  }
  std::sort(input.no_send.begin(), input.no_send.end());
  const wire::TreePlan planned{input.source, {}, 0, 0, overlay::plan_tree(graph, input).seats};
  Tree tree;
  for (const wire::Seat& seat : planned.seats) {
    const HostId listener = host_of(seat.listener);
    if (blocks.contains({listener, talker})) continue;  // a seat in name only
    tree.parents[listener] = host_of(planned.peer_at(seat.parent));
    if (seat.guardian != wire::kNoSeat && seat.is_hot) tree.hot.emplace_back(host_of(planned.peer_at(seat.guardian)), listener);
  }
  return tree;
}

Tree prune(Tree tree, HostId talker, const Blocks& blocks) {
  for (bool has_changed = true; has_changed;) {
    has_changed = false;
    for (auto seat = tree.parents.begin(); seat != tree.parents.end();) {
      const HostId listener = seat->first;
      const bool carries = std::any_of(tree.parents.begin(), tree.parents.end(), [&](const auto& other) { return other.second == listener; }) ||
                           std::any_of(tree.hot.begin(), tree.hot.end(), [&](const Copy& copy) { return copy.first == listener; });
      if (carries || !blocks.contains({listener, talker})) {
        ++seat;
        continue;
      }
      std::erase_if(tree.hot, [&](const Copy& copy) { return copy.second == listener; });
      seat = tree.parents.erase(seat);
      has_changed = true;
    }
  }
  return tree;
}

void judge(const Tree& tree, HostId talker, const Room& room, const sim::Network& network, const Blocks& blocks, Outcome& to) {
  std::vector<Copy> copies = tree.hot;
  for (const auto& [listener, parent] : tree.parents) copies.emplace_back(parent, listener);
  to.copies += copies.size();
  to.wasted += static_cast<std::size_t>(std::count_if(copies.begin(), copies.end(), [&](const Copy& copy) {
    return blocks.contains({copy.first, talker}) || blocks.contains({copy.second, talker});
  }));
  for (std::uint32_t v = 0; v < room.peers; ++v) {
    if (v == talker.value || blocks.contains({{v}, talker})) continue;
    double delay = 0;
    HostId at{v};
    while (at != talker && tree.parents.contains(at)) {
      delay += network.one_way(tree.parents.at(at), at).in_ms();
      at = tree.parents.at(at);
    }
    if (at == talker) to.delays.push_back(delay);
    else ++to.unreached;
  }
}

int run_program(int count, char** words) {
  const auto number = [&](int i) { return std::strtoull(words[i], nullptr, 10); };
  if (count < 5 || count > 6 || number(1) < 4 || number(1) > 250 || number(3) < 1 || number(3) > 250) {
    std::fprintf(stderr, "blocking_trees PEERS (4 to 250) SEED FAN_OUT SHARE [RTT_FILE]\n");
    return 2;
  }
  const auto matrix = count == 6 ? read_matrix(words[5]) : std::nullopt;
  if (count == 6 && !matrix) {
    std::fprintf(stderr, "blocking_trees: %s holds no matrix of round-trip times\n", words[5]);
    return 2;
  }
  const Room room = draw_room(static_cast<std::uint32_t>(number(1)), number(2), matrix);
  const auto fan_out = static_cast<std::uint8_t>(number(3));
  const sim::Network network = room.network(0);
  const Blocks blocks = room.draw_blocks(std::strtod(words[4], nullptr));
  const overlay::Graph whole = draw_links(room, network, fan_out, {}).graph();
  const overlay::Graph without = draw_links(room, network, fan_out, blocks).graph();

  std::map<std::string, Outcome> outcomes;
  for (const HostId talker : room.talkers) {
    const Tree plain = plan(whole, network, talker, fan_out, {});
    judge(plain, talker, room, network, blocks, outcomes["ignores"]);
    judge(prune(plain, talker, blocks), talker, room, network, blocks, outcomes["prunes"]);
    judge(plan(without, network, talker, fan_out, blocks), talker, room, network, blocks, outcomes["planned"]);
  }
  const char* before = "{";
  for (auto& [name, o] : outcomes) {
    std::sort(o.delays.begin(), o.delays.end());
    const double sum = std::accumulate(o.delays.begin(), o.delays.end(), 0.0);
    const auto spoken = static_cast<double>(room.talkers.size());
    const auto pairs = static_cast<double>(std::max<std::size_t>(o.delays.size(), 1));
    std::printf("%s\"%s\": {\"copies_per_spoken\": %.3f, \"wasted_per_spoken\": %.3f, \"unreached\": %zu, \"delay_mean_ms\": %.2f, \"delay_p95_ms\": %.2f}",
                before, name.c_str(), static_cast<double>(o.copies) / spoken, static_cast<double>(o.wasted) / spoken, o.unreached, sum / pairs,
                o.delays.empty() ? 0 : o.delays[std::min(o.delays.size() - 1, static_cast<std::size_t>(0.95 * pairs))]);
    before = ", ";
  }
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace grove::overlay_bench

int main(int count, char** words) { return grove::overlay_bench::run_program(count, words); }
