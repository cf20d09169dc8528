// I8: guardian(v) never lies in the subtree of parent(v). (Where the parent is the source, everybody lies below it: then the
// guardian must at least not lie below v itself.)
#pragma once

#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"

namespace grove::sim {

class ApartGuardians : public Checker {
 public:
  explicit ApartGuardians(const PlanWatch& plans) : Checker("I8 no guardian lies below the parent it stands in for"), plans_(plans) {}

  void on_sent(const Passage& passage) override;

  // The first listener whose guardian is no help, as an index; none: well.
  static std::optional<std::size_t> flaw(const wire::TreePlan& plan);

 private:
  const PlanWatch& plans_;
  std::size_t seen_ = 0;
};

}  // namespace grove::sim
