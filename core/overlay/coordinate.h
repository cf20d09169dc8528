// Where a peer lies in the Internet, found from the round-trip times of its links alone: Vivaldi with heights and adaptive
// timesteps (Dabek, Cox, Kaashoek, Morris, "Vivaldi: A Decentralized Network Coordinate System", SIGCOMM 2004).
#pragma once

#include <array>
#include <cstdint>

#include "base/random.h"
#include "base/time.h"
#include "wire/record.h"

namespace grove::overlay {

// The round-trip time that two coordinates predict.
base::Duration distance(const wire::Coordinate& a, const wire::Coordinate& b);

class Whereabouts {
 public:
  static constexpr double kTimestep = 0.25;   // the paper's cc, §3.4
  static constexpr double kErrorGain = 0.25;  // the paper's ce, §3.4
  // No path that carries voice is longer; a bound on what a liar can do in one step.
  static constexpr base::Duration kRttMax = base::Duration::s(2);

  // The seed chooses a direction when two peers begin at the same place.
  explicit Whereabouts(std::uint64_t seed) : random_(seed) {}

  // A measurement, best a smoothed one, and what the other end says of itself.
  void handle_rtt(const wire::Coordinate& theirs, base::Duration rtt);

  wire::Coordinate current() const;

  // Whether what we told the room is stale: moved by max(10 ms, 20 % of the usual distance), DESIGN §4 Timers, or far
  // surer than we said.
  bool is_worth_telling(const wire::Coordinate& told) const;
  // Whether it moved enough to go with a record that is made anyway.
  bool is_worth_adding(const wire::Coordinate& told) const;

 private:
  bool has_changed(const wire::Coordinate& told, double by) const;

  // In ms.
  std::array<double, 3> place_{};
  double height_ = kHeightMin;
  double error_ = 1.0;  // relative; 1 = no idea
  double usual_rtt_ = 0.0;
  base::Random random_;

  static constexpr double kHeightMin = 0.1;  // wire's step: two peers never lie in one point
};

}  // namespace grove::overlay
