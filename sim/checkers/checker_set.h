// All checkers there are, watching one world.
#pragma once

#include "sim/checkers/all_is_heard.h"
#include "sim/checkers/apart_guardians.h"
#include "sim/checkers/bounded_copies.h"
#include "sim/checkers/equal_maps.h"
#include "sim/checkers/growing_epochs.h"
#include "sim/checkers/once_a_link.h"
#include "sim/checkers/quiet_blocks.h"
#include "sim/checkers/sound_plans.h"
#include "sim/checkers/watches.h"

namespace grove::sim {

class CheckerSet {
 public:
  // `hearing` and `blocks` watch the world already.
  CheckerSet(World& world, const Hearing& hearing, const Blocks& blocks)
      : plans_(world), views_(world), budgets_(world), quiet_blocks_(world, blocks, plans_), sound_plans_(world, plans_, blocks), growing_epochs_(world, plans_, views_),
        bounded_copies_(world, plans_, budgets_, blocks), all_is_heard_(world, hearing, links_, blocks),
        equal_maps_(world, views_, links_, blocks),
        apart_guardians_(plans_) {
    for (Observer* watch : {static_cast<Observer*>(&plans_), static_cast<Observer*>(&views_), static_cast<Observer*>(&links_),
                            static_cast<Observer*>(&budgets_)}) {
      world.watch(*watch);
    }
    for (Checker* checker : all()) world.watch(*checker);
  }

  std::vector<Checker*> all() {
    return {&once_a_link_, &quiet_blocks_, &sound_plans_, &growing_epochs_, &bounded_copies_, &all_is_heard_, &equal_maps_, &apart_guardians_};
  }

 private:
  PlanWatch plans_;
  ViewWatch views_;
  LinkWatch links_;
  BudgetWatch budgets_;
  OnceALink once_a_link_;
  QuietBlocks quiet_blocks_;
  SoundPlans sound_plans_;
  GrowingEpochs growing_epochs_;
  BoundedCopies bounded_copies_;
  AllIsHeard all_is_heard_;
  EqualMaps equal_maps_;
  ApartGuardians apart_guardians_;
};

}  // namespace grove::sim
