// I6: when faults stop, every willing listener gets every frame within 3 s and no pull is left. Of listeners that links
// join to the source when the faults stop, without those that a block shuts (Blocks::reach_of); who blocks a source expects nothing of it.
#pragma once

#include <map>

#include "sim/blocks.h"
#include "sim/checkers/checker.h"
#include "sim/checkers/watches.h"
#include "sim/hearing.h"

namespace grove::sim {

class AllIsHeard : public Checker {
 public:
  static constexpr Duration kHealing = Duration::s(3);   // DESIGN §4 I6
  static constexpr Duration kLease = Duration::s(2);     // DESIGN §4 Timers: PULLs closer than this are one pull that goes on

  AllIsHeard(const World& world, const Hearing& hearing, const LinkWatch& links, const Blocks& blocks)
      : Checker("I6 when faults stop everybody hears all within 3 s"), world_(world), hearing_(hearing), links_(links), blocks_(blocks) {}

  void on_faults_over(Instant now) override;
  void on_sent(const Passage& passage) override;
  void on_end(Instant now) override;

 private:
  const World& world_;
  const Hearing& hearing_;
  const LinkWatch& links_;
  const Blocks& blocks_;
  Instant faults_over_ = Instant::never();
  std::map<PersonId, std::uint32_t> components_;  // when the faults stopped
  std::map<PersonId, std::set<PersonId>> reach_;   // the same by source, where anybody blocks
  struct PullGoing {
    Instant begin, last;
    bool is_told = false;
  };
  std::map<std::pair<PersonId, Bytes>, PullGoing> pulls_;  // by who pulls, and whose stream
};

}  // namespace grove::sim
