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

// A source serves all that its plan gives it, beyond its budget too, when nobody else can (DESIGN §4 "leftovers").
std::uint64_t BoundedCopies::allowed(PersonId at, const FrameName& frame, Instant now) const {
  std::uint64_t most = budgets_.copies_max(at, now);
  if (at == frame.source) {
    if (const auto* plan = plans_.in_force(frame.source, frame.counter)) most = std::max<std::uint64_t>(most, plan->children_of(plan->source).size());
  }
  return most + kCopiesBeyond;
}

}  // namespace grove::sim
