// Round-trip times between hosts, in milliseconds: read from a file (one row a line, space separated), or sampled from one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/random.h"

namespace grove::sim {

class RttMatrix {
 public:
  struct Malformed {
    std::size_t line;  // from 1
    std::string why;
  };
  static constexpr std::size_t kHostsMax = 10'000;    // 800 MB; a bound, not a goal
  static constexpr double kRttMaxMs = 60'000;         // a minute: nobody talks over that
  // Two hosts that were given the same row, because more hosts than rows were asked for, are neighbours: a guess.
  static constexpr double kSameRowMs = 1.0;

  static std::variant<RttMatrix, Malformed> parse(std::string_view text);

  explicit RttMatrix(std::size_t hosts) : hosts_(hosts), ms_(hosts * hosts) {}

  std::size_t hosts() const { return hosts_; }
  double ms(std::size_t a, std::size_t b) const { return ms_[a * hosts_ + b]; }
  void set(std::size_t a, std::size_t b, double ms) { ms_[a * hosts_ + b] = ms_[b * hosts_ + a] = ms; }

  // `hosts` of its rows, none twice while there are enough.
  RttMatrix sample(std::size_t hosts, base::Random& random) const;

 private:
  std::size_t hosts_;
  std::vector<double> ms_;
};

}  // namespace grove::sim
