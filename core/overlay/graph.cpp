#include "overlay/graph.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "overlay/placement.h"

namespace grove::overlay {
namespace {

// From id to number, without comparing ids twenty times for each of 60 000 claims: open addressing, at most half full.
// Whoever makes ids that collide costs us a walk over at most Map::kRecordsMax entries.
class Numbers {
 public:
  explicit Numbers(const std::vector<Graph::Peer>& peers)
      : peers_(peers), slots_(std::bit_ceil(2 * peers.size() + 1), Graph::kNobody) {
    for (std::size_t i = 0; i < peers.size(); ++i) {
      std::size_t slot = first_slot(peers[i].id);
      while (slots_[slot] != Graph::kNobody) slot = (slot + 1) & (slots_.size() - 1);
      slots_[slot] = static_cast<Graph::Index>(i);
    }
  }

  Graph::Index of(const base::PeerId& id) const {
    std::size_t slot = first_slot(id);
    while (slots_[slot] != Graph::kNobody && peers_[slots_[slot]].id != id) slot = (slot + 1) & (slots_.size() - 1);
    return slots_[slot];
  }

 private:
  std::size_t first_slot(const base::PeerId& id) const {
    std::uint32_t words[4];  // of a hash; mixed all the same, because tests count ids up in the first bytes
    std::memcpy(words, id.bytes.data(), sizeof words);
    const std::uint32_t mixed = (words[0] ^ words[1] ^ words[2] ^ words[3]) * 0x9e3779b1U;
    return (mixed >> 16) & (slots_.size() - 1);
  }

  const std::vector<Graph::Peer>& peers_;
  std::vector<Graph::Index> slots_;
};

struct Claim {
  std::uint16_t rtt_tenth_ms = 0;
  std::uint8_t loss_percent = 0;
  bool is_made = false;
};

Graph::Link link_between(Graph::Index to, const Claim& one, const Claim& other) {
  const std::int64_t rtt_tenth_ms = std::max(one.rtt_tenth_ms, other.rtt_tenth_ms);
  const base::Duration rtt = rtt_tenth_ms == 0 ? Graph::kUnmeasuredRtt : base::Duration::us(100) * rtt_tenth_ms;
  const std::int64_t loss_percent = std::max(one.loss_percent, other.loss_percent);
  return {to, rtt, rtt / 2 + Graph::kLossPricePerPercent * loss_percent};
}

}  // namespace

Graph::Graph(const Map& map) {
  const auto records = map.records();
  const std::size_t n = records.size();
  peers_.reserve(n);
  for (const auto& [id, entry] : records) {
    const wire::Record& record = entry->record;
    peers_.push_back({id, record.role, record.copies_max, record.copies_at_once, record.coordinate});
  }

  const Numbers numbers(peers_);
  std::vector<Claim> claims(n * n);
  for (std::size_t a = 0; a < n; ++a) {
    for (const wire::LinkClaim& link : records[a].second->record.links) {
      const Index b = numbers.of(link.to);
      if (b == kNobody || b == a) continue;
      Claim& claim = claims[a * n + b];  // made twice, the worse word counts
      claim = {std::max(claim.rtt_tenth_ms, link.rtt_tenth_ms), std::max(claim.loss_percent, link.loss_percent), true};
    }
  }

  for (std::size_t a = 0; a < n; ++a) {
    begin_links_of_next();
    for (std::size_t b = 0; b < n; ++b) {
      const Claim& one = claims[a * n + b];
      const Claim& other = claims[b * n + a];
      if (one.is_made && other.is_made) add(link_between(static_cast<Index>(b), one, other));
    }
  }
  first_link_.push_back(static_cast<std::uint32_t>(links_.size()));
}

Graph Graph::completed(base::Duration price, std::size_t links_max) const {
  const Placement placement(*this);
  const auto has_room = [&](Index peer) { return placement.is_known(peer) && links(peer).size() < links_max; };
  Graph all;
  all.peers_ = peers_;
  for (std::size_t i = 0; i < size(); ++i) {
    all.begin_links_of_next();
    const auto a = static_cast<Index>(i);
    for (std::size_t j = 0; j < size(); ++j) {
      const auto b = static_cast<Index>(j);
      if (const Link* known = link(a, b)) {
        all.add(*known);
      } else if (a != b && has_room(a) && has_room(b)) {
        const base::Duration rtt = at_most_measured(a, b, placement.distance(a, b));
        all.add({b, rtt, rtt / 2 + price});
      }
    }
  }
  all.first_link_.push_back(static_cast<std::uint32_t>(all.links_.size()));
  return all;
}

Graph Graph::with_links(Index of, std::span<const Link> more) const {
  Graph all;
  all.peers_ = peers_;
  for (std::size_t i = 0; i < size(); ++i) {
    const auto a = static_cast<Index>(i);
    std::vector<Link> links_of_a(links(a).begin(), links(a).end());
    for (const Link& link : more) {
      if (a == of) links_of_a.push_back(link);
      if (a == link.to) links_of_a.push_back({of, link.rtt, link.metric});
    }
    std::sort(links_of_a.begin(), links_of_a.end(), [](const Link& x, const Link& y) { return x.to < y.to; });
    all.begin_links_of_next();
    for (const Link& link : links_of_a) all.add(link);
  }
  all.first_link_.push_back(static_cast<std::uint32_t>(all.links_.size()));
  return all;
}

// A coordinate errs; but over somebody whom both are linked to it is measured how far apart they are at most, where a way
// is no shorter than the straight one. (That it is no nearer than the difference, helps less than it harms: many ways are.)
base::Duration Graph::at_most_measured(Index a, Index b, base::Duration predicted) const {
  for (const Link& first : links(a)) {
    if (const Link* second = link(first.to, b)) predicted = std::min(predicted, first.rtt + second->rtt);
  }
  return predicted;
}

void Graph::begin_links_of_next() {
  places_.resize(size() * size());
  first_link_.push_back(static_cast<std::uint32_t>(links_.size()));
}

void Graph::add(const Link& link) {
  links_.push_back(link);
  places_[(first_link_.size() - 1) * size() + link.to] = static_cast<std::uint16_t>(links_.size() - first_link_.back());
}

std::optional<Graph::Index> Graph::find(const base::PeerId& id) const {
  const auto peer = std::lower_bound(peers_.begin(), peers_.end(), id,
                                     [](const Peer& p, const base::PeerId& wanted) { return p.id < wanted; });
  if (peer == peers_.end() || peer->id != id) return std::nullopt;
  return static_cast<Index>(peer - peers_.begin());
}

}  // namespace grove::overlay
