// I6: when faults stop, every willing listener gets every frame within 3 s and no pull is left. Of listeners that links
// join to the source when the faults stop.
#pragma once

#include <map>

#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"
#include "sim/hearing.h"

namespace grove::sim {

class AllIsHeard : public Checker {
 public:
  static constexpr Duration kHealing = Duration::s(3);   // DESIGN §4 I6
  static constexpr Duration kLease = Duration::s(2);     // DESIGN §4 Timers: a pull that nobody wants any more ends then

  AllIsHeard(const World& world, const Hearing& hearing, const ViewWatch& views, const LinkWatch& links)
      : Checker("I6 when faults stop everybody hears all within 3 s"), world_(world), hearing_(hearing), views_(views), links_(links) {}

  void on_faults_over(Instant now) override;
  void on_tick(Instant now) override;
  void on_end(Instant now) override;

 private:
  const World& world_;
  const Hearing& hearing_;
  const ViewWatch& views_;
  const LinkWatch& links_;
  Instant faults_over_ = Instant::never();
  std::map<PersonId, std::uint32_t> components_;  // when the faults stopped
  std::map<PersonId, Instant> pulling_since_;
};

}  // namespace grove::sim
