#include "overlay/link_choice.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace grove::overlay {
namespace {

// Three rings: by id, two neighbours on each side; by two hashes of it, one on each side. Each is symmetric, and together
// they are an expander, which stays whole though many die at once (Law and Siu, "Distributed construction of random
// expander networks", INFOCOM 2003).
constexpr std::array<std::size_t, 3> kRingReach = {2, 1, 1};
static_assert(2 * (kRingReach[0] + kRingReach[1] + kRingReach[2]) == kRingLinks);

std::uint64_t mix(std::uint64_t z) {  // splitmix64's
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::uint64_t id_hash(const base::PeerId& id, std::uint64_t salt) {
  std::uint64_t hash = mix(salt + 0x9e3779b97f4a7c15U);
  for (std::size_t half = 0; half < base::PeerId::kSize; half += 8) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < 8; ++i) word |= std::uint64_t{id.bytes[half + i]} << (8 * i);
    hash = mix(hash ^ word);
  }
  return hash;
}

class Chooser {
 public:
  Chooser(const base::PeerId& self, const std::vector<Prospect>& prospects) : self_(self), first_(prospects.data()), taken_(prospects.size()) {
    order_.reserve(prospects.size());
    for (const Prospect& p : prospects) order_.push_back(&p);
  }

  Choice choose() {
    Choice choice;
    choice.ring = ring();
    choice.tree_links = first_of(free_ones([](const Prospect& p) { return p.is_tree_link && can_be_had(p); }), kTreeLinks);
    choice.wished = wished(kWishedLinks);
    return choice;
  }

  std::vector<base::PeerId> ring() {
    std::vector<base::PeerId> group;
    for (std::size_t r = 0; r < kRingReach.size(); ++r) {
      const auto key = [&](const base::PeerId& id) { return std::pair(r == 0 ? 0 : id_hash(id, r), id); };
      std::vector<std::pair<std::pair<std::uint64_t, base::PeerId>, const Prospect*>> ring;
      for (const Prospect* p : order_) ring.emplace_back(key(p->peer), p);
      std::sort(ring.begin(), ring.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
      const auto here = static_cast<std::size_t>(
          std::lower_bound(ring.begin(), ring.end(), key(self_), [](const auto& a, const auto& k) { return a.first < k; }) -
          ring.begin());
      // Forwards, then backwards; who cannot be had is passed over.
      for (const bool forwards : {true, false}) {
        std::size_t left = kRingReach[r];
        for (std::size_t step = 0; step < ring.size() && left > 0; ++step) {
          const std::size_t at = forwards ? (here + step) % ring.size() : (here + 2 * ring.size() - 1 - step) % ring.size();
          const Prospect& p = *ring[at].second;
          if (is_taken(p) || (p.is_full && !p.is_open)) continue;
          left -= take(p, group);
        }
      }
    }
    return group;
  }

 private:
  std::size_t index_of(const Prospect& p) const { return static_cast<std::size_t>(&p - first_); }
  bool is_taken(const Prospect& p) const { return taken_[index_of(p)]; }
  static bool is_solid(const Prospect& p) { return p.is_open || !p.is_doubtful; }
  static bool can_be_had(const Prospect& p) { return p.is_open || !(p.is_full || p.is_crowded); }

  // How many places of its group it takes.
  std::size_t take(const Prospect& p, std::vector<base::PeerId>& group) {
    taken_[index_of(p)] = true;
    group.push_back(p.peer);
    return is_solid(p) ? 1U : 0U;
  }

  std::vector<base::PeerId> wished(std::size_t places) {
    std::vector<const Prospect*> candidates = free_ones([](const Prospect& p) { return p.wishes > 0 && (p.is_open || p.takes_wishes); });
    std::sort(candidates.begin(), candidates.end(), [](const Prospect* a, const Prospect* b) {
      return std::tuple(b->wishes, b->is_open, a->peer) < std::tuple(a->wishes, a->is_open, b->peer);
    });
    return first_of(candidates, places);
  }

  template <typename Test>
  std::vector<const Prospect*> free_ones(const Test& test) const {
    std::vector<const Prospect*> found;
    for (const Prospect* p : order_) {
      if (!is_taken(*p) && test(*p)) found.push_back(p);
    }
    return found;
  }

  std::vector<base::PeerId> first_of(const std::vector<const Prospect*>& candidates, std::size_t places) {
    std::vector<base::PeerId> group;
    for (const Prospect* p : candidates) {
      if (places == 0) break;
      places -= take(*p, group);
    }
    return group;
  }

  const base::PeerId& self_;
  const Prospect* first_;
  std::vector<const Prospect*> order_;
  std::vector<bool> taken_;  // by place in `prospects`
};

}  // namespace

std::uint64_t pair_hash(const base::PeerId& a, const base::PeerId& b) {
  return a < b ? mix(id_hash(a, 3) ^ id_hash(b, 4)) : mix(id_hash(b, 3) ^ id_hash(a, 4));
}

std::vector<base::PeerId> ring_links(const base::PeerId& self, const std::vector<Prospect>& prospects) {
  return Chooser(self, prospects).ring();
}

Choice choose_links(const base::PeerId& self, const std::vector<Prospect>& prospects) {
  return Chooser(self, prospects).choose();
}

}  // namespace grove::overlay
