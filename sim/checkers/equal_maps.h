// I7: maps of one component are equal within 10 s. A link between two of whom one blocks the other carries no gossip.
#pragma once

#include <map>

#include "sim/blocks.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"

namespace grove::sim {

class EqualMaps : public Checker {
 public:
  static constexpr Duration kWithin = Duration::s(10);  // DESIGN §4 I7

  EqualMaps(const World& world, const ViewWatch& views, const LinkWatch& links, const Blocks& blocks)
      : Checker("I7 maps of one component are equal within 10 s"), world_(world), views_(views), links_(links), blocks_(blocks) {}

  void on_faults_over(Instant now) override { faults_over_ = now; }
  void on_tick(Instant now) override;

 private:
  const World& world_;
  const ViewWatch& views_;
  const LinkWatch& links_;
  const Blocks& blocks_;
  Instant faults_over_ = Instant::never();
  std::map<PersonId, Instant> last_equal_;  // with the whole of its component
};

}  // namespace grove::sim
