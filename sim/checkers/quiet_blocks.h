// I2: from the block on nothing of the blocked source is delivered to its blocker; from Blocks::quiet_from on nothing of it
// goes to the blocker nor over it; and no plan joins two of whom one blocks the other, the source's own edges aside.
#pragma once

#include <set>

#include "sim/blocks.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"

namespace grove::sim {

class QuietBlocks : public Checker {
 public:
  // A plan may join the two for so long: their records must reach its source, and a patch is 100 ms away. I6's healing.
  static constexpr Duration kToldToAll = Duration::s(3);

  QuietBlocks(const World& world, const Blocks& blocks, const PlanWatch& plans)
      : Checker("I2 nothing of a blocked source reaches its blocker or goes over it"), world_(world), blocks_(blocks), plans_(plans) {}

  void on_delivered(const Delivered& delivered) override;
  void on_sent(const Passage& passage) override;

 private:
  void look_at(const PlanWatch::Published& published);

  const World& world_;
  const Blocks& blocks_;
  const PlanWatch& plans_;
  std::size_t seen_ = 0;
};

}  // namespace grove::sim
