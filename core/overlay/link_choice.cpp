#include "overlay/link_choice.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

namespace grove::overlay {
namespace {

// Three rings: by id, two neighbours on each side; by two hashes of it, one on each side. Each is symmetric, and together
// they are an expander, which stays whole though many die at once (Law and Siu, "Distributed construction of random
// expander networks", INFOCOM 2003).
constexpr std::array<std::size_t, 3> kRingReach = {2, 1, 1};
static_assert(2 * (kRingReach[0] + kRingReach[1] + kRingReach[2]) == kRingLinks);

// A newly near one must be nearer by this: DESIGN §4's 20 %, and 5 ms (a guess), since two of one town differ by noise.
constexpr base::Duration kNearerBy = base::Duration::ms(5);

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
  Chooser(const base::PeerId& self, const std::vector<Prospect>& prospects) : self_(self) {
    order_.reserve(prospects.size());
    for (const Prospect& p : prospects) order_.push_back(&p);
  }

  Choice choose(std::size_t keep_far_until) {
    choice_.ring = ring();
    choice_.wished = wished();
    choice_.near = near();
    choice_.far = far(keep_far_until);
    return std::move(choice_);
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
          if (taken_.contains(p.peer) || (p.is_full && !p.is_open)) continue;
          left -= take(p, group);
        }
      }
    }
    return group;
  }

 private:
  // How many places of its group it takes.
  std::size_t take(const Prospect& p, std::vector<base::PeerId>& group) {
    taken_.insert(p.peer);
    group.push_back(p.peer);
    return p.is_open || !p.is_doubtful ? 1U : 0U;
  }

  std::vector<base::PeerId> wished() {
    std::vector<const Prospect*> candidates = free_ones([](const Prospect& p) { return p.wishes > 0; });
    std::sort(candidates.begin(), candidates.end(), [](const Prospect* a, const Prospect* b) {
      return std::tuple(b->wishes, b->is_open, a->peer) < std::tuple(a->wishes, a->is_open, b->peer);
    });
    return first_of(candidates, kWishedLinks);
  }

  std::vector<base::PeerId> near() {
    std::vector<const Prospect*> candidates = free_ones([](const Prospect&) { return true; });
    const auto key = [&](const Prospect* p) {
      // Unknown ones come last, in an order of our own, so that not everybody takes the same.
      if (!p->delay) return std::tuple(std::int64_t{1} << 40, pair_hash(self_, p->peer), p->peer);
      const base::Duration handicap = p->was_near && p->is_open ? std::max(*p->delay / 5, kNearerBy) : base::Duration{};
      return std::tuple((*p->delay - handicap).in_us(), std::uint64_t{0}, p->peer);
    };
    std::sort(candidates.begin(), candidates.end(), [&](const auto* a, const auto* b) { return key(a) < key(b); });
    return first_of(candidates, kNearLinks);
  }

  // Links that the other end keeps fill places too.
  std::vector<base::PeerId> far(std::size_t keep_far_until) {
    const auto kept = static_cast<std::size_t>(std::count_if(order_.begin(), order_.end(), [&](const Prospect* p) {
      return p->is_open && p->is_wanted_by_it && !taken_.contains(p->peer);
    }));
    std::size_t total = kept + solid();
    std::vector<base::PeerId> group;
    const auto fill = [&](std::size_t until, const auto& is_meant) {
      std::vector<const Prospect*> candidates = free_ones(is_meant);
      std::sort(candidates.begin(), candidates.end(), [&](const Prospect* a, const Prospect* b) {
        return std::pair(pair_hash(self_, a->peer), a->peer) < std::pair(pair_hash(self_, b->peer), b->peer);
      });
      for (const Prospect* p : candidates) {
        if (total >= until) return;
        total += take(*p, group);
      }
    };
    const auto is_ours = [](const Prospect& p) { return !(p.is_open && p.is_wanted_by_it); };
    fill(keep_far_until, [&](const Prospect& p) { return is_ours(p) && p.is_open && p.was_far; });
    fill(kLinksTarget, [&](const Prospect& p) { return is_ours(p) && p.is_open; });
    fill(kLinksTarget, [&](const Prospect& p) { return is_ours(p) && p.was_far; });
    fill(kLinksTarget, is_ours);
    return group;
  }

  std::size_t solid() const {
    return static_cast<std::size_t>(std::count_if(order_.begin(), order_.end(), [&](const Prospect* p) {
      return taken_.contains(p->peer) && (p->is_open || !p->is_doubtful);
    }));
  }

  template <typename Test>
  std::vector<const Prospect*> free_ones(const Test& test) const {
    std::vector<const Prospect*> found;
    for (const Prospect* p : order_) {
      if (!taken_.contains(p->peer) && (p->is_open || !(p->is_full || p->is_crowded)) && test(*p)) found.push_back(p);
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
  std::vector<const Prospect*> order_;
  std::set<base::PeerId> taken_;
  Choice choice_;
};

}  // namespace

std::uint64_t pair_hash(const base::PeerId& a, const base::PeerId& b) {
  return a < b ? mix(id_hash(a, 3) ^ id_hash(b, 4)) : mix(id_hash(b, 3) ^ id_hash(a, 4));
}

std::vector<base::PeerId> ring_links(const base::PeerId& self, const std::vector<Prospect>& prospects) {
  return Chooser(self, prospects).ring();
}

Choice choose_links(const base::PeerId& self, const std::vector<Prospect>& prospects, std::size_t keep_far_until) {
  return Chooser(self, prospects).choose(keep_far_until);
}

}  // namespace grove::overlay
