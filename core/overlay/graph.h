// The map as the planner wants it: peers by number, in order of id, with the links that both ends list. Whole numbers
// only, so that native programs and WASM plan the same tree to the byte.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "overlay/map.h"
#include "wire/record.h"

namespace grove::overlay {

class Graph {
 public:
  using Index = std::uint16_t;
  static constexpr Index kNobody = 0xffff;
  static_assert(Map::kRecordsMax < kNobody);

  // A link that nobody has measured yet is neither sought nor shunned: about the median between any two homes
  // (PlanetLab's median is 135 ms, most rooms are closer together; a guess). As nearly nothing it would draw every tree.
  static constexpr base::Duration kUnmeasuredRtt = base::Duration::ms(100);
  static constexpr base::Duration kLossPricePerPercent = base::Duration::ms(30);  // DESIGN §4 plan: l(u,v)

  struct Peer {
    base::PeerId id;
    wire::Role role = wire::Role::kDesktop;
    std::uint8_t copies_max = 0;
    std::uint8_t copies_at_once = 0;
    wire::Coordinate coordinate;
  };
  struct Link {
    Index to;
    base::Duration rtt;     // the larger of both claims
    base::Duration metric;  // l(u,v) = rtt/2 + 30 ms × loss %
  };

  explicit Graph(const Map& map);
  // This one, and a link between any two that have none, as long as their places predict it; `price` is added to the
  // metric of what is not there yet. Whoever has `links_max` links gets no more.
  Graph completed(base::Duration price = {}, std::size_t links_max = SIZE_MAX) const;
  // This one, and links of one peer that it lacks. Sorted by `to`.
  Graph with_links(Index of, std::span<const Link> more) const;
  // A coordinate more wrong than this says nothing about one link (a guess).
  static constexpr std::uint8_t kErrorPercentMax = 60;

  std::size_t size() const { return peers_.size(); }
  const Peer& peer(Index index) const { return peers_[index]; }
  std::optional<Index> find(const base::PeerId& id) const;
  // Sorted by `to`.
  std::span<const Link> links(Index of) const {
    return std::span(links_).subspan(first_link_[of], first_link_[of + 1U] - first_link_[of]);
  }
  const Link* link(Index a, Index b) const {  // nullptr: none that both ends list
    const std::uint16_t place = places_[a * size() + b];
    return place == 0 ? nullptr : &links_[first_link_[a] + place - 1U];
  }

 private:
  Graph() = default;
  base::Duration at_most_measured(Index a, Index b, base::Duration predicted) const;
  void begin_links_of_next();
  void add(const Link& link);

  std::vector<Peer> peers_;
  std::vector<Link> links_;                 // of peer 0, then of peer 1, …
  std::vector<std::uint32_t> first_link_;   // one more than peers
  std::vector<std::uint16_t> places_;       // [a × size + b]: 1 + the place of b among a's links; 0 = no link
};

}  // namespace grove::overlay
