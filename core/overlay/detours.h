// Which further links would shorten our ways most: greedy, as for any coverage (Nemhauser, Wolsey, Fisher 1978: at least
// 63 % of the best). Ways of one hop between are enough to judge by.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "overlay/link_choice.h"

namespace grove::overlay {

class Detours {
 public:
  using Index = std::size_t;  // of a prospect

  // `prospects` must outlive this. Whose delay is unknown is no way to anywhere.
  explicit Detours(const std::vector<const Prospect*>& prospects);

  // We have this link.
  void add(Index link);

  // So many of `candidates`, the best first, each judged beside those before it, and added; fewer when no more save anything.
  std::vector<Index> add_best(const std::vector<Index>& candidates, std::size_t places);

  // Of `candidates` one that is worth having instead of one of `spare` (links that were added), or beside them all, if
  // `has_place`. Only for a saving worth the trouble.
  struct Swap {
    Index in;
    std::optional<Index> out;
  };
  std::optional<Swap> swap(const std::vector<Index>& candidates, const std::vector<Index>& spare, bool has_place) const;

 private:
  std::int64_t way_us(Index over, Index to) const { return ways_us_[over * prospects_.size() + to]; }
  std::int64_t saving_us(Index link) const;

  const std::vector<const Prospect*>& prospects_;
  std::vector<std::int32_t> ways_us_;  // one-way, over one prospect to another
  // To each, over the links that were added: the shortest, over whom, and the next best.
  std::vector<std::int64_t> shortest_us_;
  std::vector<Index> over_;
  std::vector<std::int64_t> second_us_;
};

}  // namespace grove::overlay
