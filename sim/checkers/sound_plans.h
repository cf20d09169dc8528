// I3: every published plan is rooted, acyclic, within fan-out, over links that both ends advertise.
//
// Within fan-out: the source takes leftovers beyond its budget (DESIGN §4). A relay may have one child too many, so that
// nobody is deaf, but only while none of its children could hang elsewhere as the plan stands (docs/decisions/0004).
#pragma once

#include <map>
#include <set>

#include "sim/blocks.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"

namespace grove::sim {

class SoundPlans : public Checker {
 public:
  static constexpr std::uint32_t kLeafCopiesMax = 4;    // DESIGN §4 Budgets: phones, hidden tabs, metered lines
  static constexpr std::uint32_t kLeftoversBeyond = 1;  // docs/decisions/0004

  SoundPlans(const World& world, const PlanWatch& plans, const Blocks& blocks)
      : Checker("I3 plans are trees within fan-out over advertised links"), world_(world), plans_(plans), blocks_(blocks) {}

  void on_sent(const Passage& passage) override;

  // What is wrong with `plan`, given what its source knows of the room; empty: nothing. `deaf`: who gets nothing of this source,
  // and has a seat in name only: nobody can hang there.
  static std::string flaw(const wire::TreePlan& plan, const node::RoomView& view, const std::set<base::PeerId>& deaf = {});

 private:
  std::set<base::PeerId> blockers_of(const wire::TreePlan& plan, PersonId source) const;

  const World& world_;
  const PlanWatch& plans_;
  const Blocks& blocks_;
  std::size_t seen_ = 0;
  std::uint64_t unreadable_ = 0;
};

}  // namespace grove::sim
