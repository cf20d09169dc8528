// One invariant of DESIGN §4, watched from outside: a checker sees bytes on links, what was spoken and heard, and what nodes
// say of the room, never their insides. Each has a test that shows that it catches a violation.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "sim/observer.h"
#include "sim/world.h"

namespace grove::sim {

class Checker : public Observer {
 public:
  explicit Checker(std::string_view invariant) : invariant_(invariant) {}

  std::string_view invariant() const { return invariant_; }
  std::uint64_t violations() const { return violations_; }
  // In words, the first few: with the time in seconds since the run began.
  const std::vector<std::string>& told() const { return told_; }

 protected:
  void violated(Instant at, const std::string& what) {
    ++violations_;
    if (told_.size() == kToldMax) return;
char when[32];
    std::snprintf(when, sizeof when, "at %.3f s: ", (at - Instant::from_us(1'000'000)).in_ms() / 1000);
    told_.push_back(when + what);
  }
  static std::string name(PersonId person) { return "person " + std::to_string(person.value); }
  static std::string name(const FrameName& frame) {
    return "frame " + std::to_string(frame.counter) + " of " + name(frame.source);
  }

 private:
  static constexpr std::size_t kToldMax = 5;

  std::string invariant_;
  std::uint64_t violations_ = 0;
  std::vector<std::string> told_;
};

}  // namespace grove::sim
