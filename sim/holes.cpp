#include "sim/holes.h"

#include <algorithm>

namespace grove::sim {

void Holes::on_fault(FaultKind kind, PersonId person, Instant now) {
  if (kind != FaultKind::kDeath && kind != FaultKind::kLeave) return;
  for (const PersonId source : world_.here()) {
    if (!world_.person(source).talks || source == person) continue;
    const auto tree = tree_of(world_, source);
    if (!tree) continue;
    for (const PersonId listener : tree->below(person)) {
      wounds_.push_back({kind, now, source, listener, guard_of(*tree, person, listener)});
    }
  }
}

Holes::Guard Holes::guard_of(const Tree& tree, PersonId gone, PersonId listener) {
  const TreeSeat* orphan = tree.orphan(gone, listener);
  if (!orphan || !orphan->guardian) return Guard::kNone;
  return orphan->is_hot ? Guard::kHot : Guard::kCold;
}

std::vector<Holes::Hole> Holes::found() const {
  std::vector<Hole> all;
  for (const Wound& wound : wounds_) {
    for (const Hole& hole : hole_of(wound)) all.push_back(hole);
  }
  return all;
}

// None or one.
std::vector<Holes::Hole> Holes::hole_of(const Wound& wound) const {
  const auto* stream = hearing_.stream(wound.source, wound.listener);
  const auto& spoken = hearing_.spoken(wound.source);
  const Instant until = std::min(wound.at + kWatchedFor, hearing_.faults_over());
  // Who dies or freezes meanwhile, speaker or listener, tells nothing.
  const bool both_live = hearing_.is_listening(wound.listener, wound.at, until - wound.at) &&
                         hearing_.is_listening(wound.source, wound.at, until - wound.at);
  if (!stream || !both_live || !blocks_.is_wanted(wound.listener, wound.source, wound.at, until - wound.at)) return {};

  std::vector<std::int64_t> transits;
  const auto& arrivals = stream->arrivals;
  std::size_t first_after = 0;
  while (first_after < arrivals.size() && arrivals[first_after].at < wound.at) ++first_after;
  for (std::size_t i = first_after; i > 0 && transits.size() < kMedianOf; --i) {
    transits.push_back((arrivals[i - 1].at - spoken[arrivals[i - 1].counter]).in_us());
  }
  if (transits.size() < kMedianOfAtLeast) return {};
  if (spoken[arrivals[first_after - 1].counter] < wound.at - kSpokeWithin) return {};
  std::nth_element(transits.begin(), transits.begin() + static_cast<std::ptrdiff_t>(transits.size() / 2), transits.end());
  const Duration patience = Duration::us(transits[transits.size() / 2]) + kBuffer;

  Hole hole{wound.kind, wound.guard, 0, 0, 0};
  double furthest_ms = 0;
  const auto came = stream->by_counter(spoken.size());
  for (std::size_t counter = 0; counter < spoken.size(); ++counter) {
    const Instant due = spoken[counter] + patience;
    if (due < wound.at || spoken[counter] >= until - patience) continue;
    if (came[counter] > due) hole.missed_ms += 20;
    if (came[counter].is_never()) hole.adapting_ms += 20;
    else furthest_ms = std::max(furthest_ms, (came[counter] - due).in_ms());
  }
  hole.adapting_ms += furthest_ms;
  for (std::size_t i = std::max<std::size_t>(first_after, 1); i < arrivals.size() && arrivals[i - 1].at < until; ++i) {
    const std::uint64_t counter = arrivals[i].counter;
    const Duration pause = counter > 0 ? std::max(spoken[counter] - spoken[counter - 1] - Duration::ms(20), Duration()) : Duration();
    hole.gap_ms = std::max(hole.gap_ms, (arrivals[i].at - arrivals[i - 1].at - pause).in_ms());
  }
  return {hole};
}

}  // namespace grove::sim
