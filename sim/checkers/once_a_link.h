// I1: a (source, seq) crosses a link at most once in each direction, and no peer accepts it twice.
#pragma once

#include <unordered_map>
#include <vector>

#include "sim/checkers/checker.h"

namespace grove::sim {

class OnceALink : public Checker {
 public:
  OnceALink() : Checker("I1 a frame crosses a link once and is accepted once") {}

  void on_sent(const Passage& passage) override {
    if (!passage.frame || !marks(passage.from, passage.to, *passage.frame)) return;
    violated(passage.at, name(*passage.frame) + " goes a second time from " + name(passage.from) + " to " + name(passage.to));
  }
  void on_delivered(const Delivered& delivered) override {
    if (!marks(delivered.listener, delivered.listener, delivered.frame)) return;
    violated(delivered.at, name(delivered.frame) + " is accepted a second time by " + name(delivered.listener));
  }

 private:
  // Marks it, and says whether it was marked.
  bool marks(PersonId from, PersonId to, const FrameName& frame) {
    const std::uint64_t key = std::uint64_t{from.value} << 42 | std::uint64_t{to.value} << 21 | frame.source.value;
    std::vector<bool>& seen = seen_[key];
    if (seen.size() <= frame.counter) seen.resize(frame.counter + 64);
    const bool was_marked = seen[frame.counter];
    seen[frame.counter] = true;
    return was_marked;
  }

  std::unordered_map<std::uint64_t, std::vector<bool>> seen_;
};

}  // namespace grove::sim
