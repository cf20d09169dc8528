// I4: epochs only grow; a bad signature changes nothing: nobody ever holds a plan that its source did not publish.
#pragma once

#include <map>

#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"

namespace grove::sim {

class GrowingEpochs : public Checker {
 public:
  GrowingEpochs(const World& world, const PlanWatch& plans, const ViewWatch& views)
      : Checker("I4 epochs grow and only what was signed is believed"), world_(world), plans_(plans), views_(views) {}

  void on_sent(const Passage& passage) override;
  void on_tick(Instant now) override;

 private:
  void look(Instant now, const ViewWatch::Look& look);
  bool has_earlier_run(PersonId person) const;

  const World& world_;
  const PlanWatch& plans_;
  const ViewWatch& views_;
  std::size_t seen_ = 0;
  std::map<PersonId, std::uint32_t> published_;                       // the last epoch
  std::map<std::pair<PersonId, PersonId>, std::uint32_t> believed_;  // by whom, whose
};

}  // namespace grove::sim
