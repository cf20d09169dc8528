#include "sim/checkers/bounded_copies.h"

#include <algorithm>

namespace grove::sim {

void BoundedCopies::on_sent(const Passage& passage) {
  if (!passage.frame) return;
  const FrameName frame = *passage.frame;
  Stream& own = stream(passage.from, frame.source);
  if (own.copies.size() <= frame.counter) own.copies.resize(frame.counter + 64);
  const std::uint64_t copies = ++own.copies[frame.counter];
  const std::uint64_t most = allowed(passage.from, frame, passage.at);
  if (copies == most + 1) {  // told once a frame
    violated(passage.at, name(passage.from) + " sends more than " + std::to_string(most) + " copies of " + name(frame));
  }
  if (own.newest < frame.counter + kRingFrames) return;
  const auto begin = own.had.begin() + static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(frame.counter + 1, own.had.size()));
  const auto since = std::count(begin, own.had.end(), true);
  if (since >= kRingFrames) {
    violated(passage.at, name(passage.from) + " still has " + name(frame) + ", " + std::to_string(since) + " frames back");
  }
}

void BoundedCopies::note_had(PersonId at, const FrameName& frame) {
  Stream& own = stream(at, frame.source);
  if (own.had.size() <= frame.counter) own.had.resize(frame.counter + 64);
  own.had[frame.counter] = true;
  own.newest = std::max(own.newest, frame.counter);
}

// Those who block the source have seats in name only; while their word is under way they are served.
std::uint64_t BoundedCopies::willing_children(const wire::TreePlan& plan, PersonId source, Instant now) const {
  const auto children = plan.children_of(plan.source);
  if (blocks_.is_empty()) return children.size();
  return static_cast<std::uint64_t>(std::count_if(children.begin(), children.end(), [&](const base::PeerId& child) {
    const auto listener = world_.person_of(child);
    return !listener || !blocks_.must_be_quiet(*listener, source, now);
  }));
}

// A source serves all that its plan gives it, beyond its budget too, when nobody else can (DESIGN §4 "leftovers").
std::uint64_t BoundedCopies::allowed(PersonId at, const FrameName& frame, Instant now) const {
  std::uint64_t most = budgets_.copies_max(at, now);
  if (at == frame.source) {
    if (const auto* plan = plans_.in_force(frame.source, frame.counter)) most = std::max(most, willing_children(*plan, at, now));
  }
  return most + kCopiesBeyond;
}

}  // namespace grove::sim
