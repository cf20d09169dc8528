// I7: maps of one component are equal within 10 s.
#pragma once

#include <map>

#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"

namespace grove::sim {

class EqualMaps : public Checker {
 public:
  static constexpr Duration kWithin = Duration::s(10);  // DESIGN §4 I7

  EqualMaps(const World& world, const ViewWatch& views, const LinkWatch& links)
      : Checker("I7 maps of one component are equal within 10 s"), world_(world), views_(views), links_(links) {}

  void on_faults_over(Instant now) override { faults_over_ = now; }
  void on_tick(Instant now) override;

 private:
  const World& world_;
  const ViewWatch& views_;
  const LinkWatch& links_;
  Instant faults_over_ = Instant::never();
  std::map<PersonId, Instant> last_equal_;  // with the whole of its component
};

}  // namespace grove::sim
