#include "overlay/link_choice.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "overlay/detours.h"

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
  Chooser(const base::PeerId& self, const std::vector<Prospect>& prospects) : self_(self), first_(prospects.data()), taken_(prospects.size()) {
    order_.reserve(prospects.size());
    for (const Prospect& p : prospects) order_.push_back(&p);
  }

  Choice choose(const ChoiceTerms& terms) {
    choice_.ring = ring();
    choice_.wished = wished();
    choice_.near = near();
    choice_.far = far(terms);
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

  // Links that the other end keeps fill places too, and serve as ways.
  std::vector<base::PeerId> far(const ChoiceTerms& terms) {
    std::vector<std::size_t> given;  // links that there are anyway
    std::vector<std::size_t> ours;   // far ones from before
    std::vector<std::size_t> others;
    bool is_complete = true;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      const Prospect& p = *order_[i];
      const bool has_place = is_taken(p);
      if ((p.is_open && p.is_wanted_by_it) || (has_place && is_solid(p))) {
        given.push_back(i);
      } else if (!has_place && can_be_had(p)) {
        (p.was_far ? ours : others).push_back(i);
        is_complete = is_complete && (!p.was_far || p.is_open);
      }
    }
    std::vector<base::PeerId> group;
    const auto take_all = [&](const std::vector<std::size_t>& links) {
      for (const std::size_t i : links) take(*order_[i], group);
    };
    const std::size_t total = given.size() + ours.size();
    const bool may_improve = terms.may_improve && is_complete;
    if (total >= terms.target && total <= terms.keep_until && !may_improve) {
      take_all(ours);
      return group;
    }

    Detours detours(order_);
    for (const std::size_t i : given) detours.add(i);
    if (total > terms.keep_until) {
      take_all(detours.add_best(ours, terms.keep_until > given.size() ? terms.keep_until - given.size() : 0));
      return group;
    }
    for (const std::size_t i : ours) detours.add(i);
    if (total >= terms.target) {
      const auto swap = detours.swap(others, ours, total < terms.keep_until);
      if (swap && swap->out) std::erase(ours, *swap->out);
      if (swap) ours.push_back(swap->in);
      take_all(ours);
      return group;
    }
    take_all(ours);
    std::size_t missing = terms.target - total;
    for (const std::size_t i : detours.add_best(others, missing)) missing -= take(*order_[i], group);
    // Who saves nothing, or lies we do not know where, in an order of our own.
    std::sort(others.begin(), others.end(), [&](std::size_t a, std::size_t b) {
      return std::pair(pair_hash(self_, order_[a]->peer), order_[a]->peer) <
             std::pair(pair_hash(self_, order_[b]->peer), order_[b]->peer);
    });
    for (const std::size_t i : others) {
      if (missing > 0 && !is_taken(*order_[i])) missing -= take(*order_[i], group);
    }
    return group;
  }

  template <typename Test>
  std::vector<const Prospect*> free_ones(const Test& test) const {
    std::vector<const Prospect*> found;
    for (const Prospect* p : order_) {
      if (!is_taken(*p) && can_be_had(*p) && test(*p)) found.push_back(p);
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
  Choice choice_;
};

}  // namespace

std::uint64_t pair_hash(const base::PeerId& a, const base::PeerId& b) {
  return a < b ? mix(id_hash(a, 3) ^ id_hash(b, 4)) : mix(id_hash(b, 3) ^ id_hash(a, 4));
}

std::vector<base::PeerId> ring_links(const base::PeerId& self, const std::vector<Prospect>& prospects) {
  return Chooser(self, prospects).ring();
}

Choice choose_links(const base::PeerId& self, const std::vector<Prospect>& prospects, const ChoiceTerms& terms) {
  return Chooser(self, prospects).choose(terms);
}

}  // namespace grove::overlay
