// What blocks cost: copies in vain, how long they go on, and what the whole room sends before and after.
#pragma once

#include <map>
#include <utility>
#include <vector>

#include "sim/blocks.h"
#include "sim/observer.h"
#include "sim/world.h"

namespace grove::sim {

class BlockFigures : public Observer {
 public:
  static constexpr Duration kSettled = Blocks::kHeardAgainWithin;  // after the last change: leases of before are over, too

  // `blocks` watches the world before this does.
  BlockFigures(const World& world, const Blocks& blocks) : world_(world), blocks_(blocks) {}

  std::uint64_t in_vain() const { return in_vain_; }  // copies to a blocker of their source, or by one, from the click on
  std::uint64_t wasted() const { return wasted_; }    // of those, from Blocks::quiet_from on
  // From the click to the last byte in vain, for each pair that had any: at the blocker, or leaving it.
  std::vector<Duration> times_to_last() const;

  struct Flow {  // of voices, in a stretch of time
    double seconds = 0;
    std::uint64_t wire_bytes = 0, copies = 0, spoken = 0, pairs = 0, wanted_pairs = 0;  // pairs: frame and listener
    double kbits() const { return seconds > 0 ? static_cast<double>(wire_bytes) * 8 / 1000 / seconds : 0; }
    double copies_per_spoken() const { return spoken ? static_cast<double>(copies) / static_cast<double>(spoken) : 0; }
    double wanted_percent() const { return pairs ? 100 * static_cast<double>(wanted_pairs) / static_cast<double>(pairs) : 0; }
  };
  Flow before() const;  // of the harsh phase, until the first block
  Flow after() const;   // from kSettled after the last change of blocks to the end of the faults

  void on_spoken(const Spoken& spoken) override;
  void on_sent(const Passage& passage) override;
  void on_arrived(const Passage& passage) override;
  void on_measuring(Instant now) override { measuring_ = now; }
  void on_faults_over(Instant now) override { faults_over_ = now; }

 private:
  static constexpr Duration kBucket = Duration::ms(100);
  Flow& bucket(Instant now);
  Flow sum(Instant from, Instant until) const;
  void note_in_vain(PersonId listener, PersonId source, Instant now);

  const World& world_;
  const Blocks& blocks_;
  Instant measuring_ = Instant::never(), faults_over_ = Instant::never();
  std::vector<Flow> buckets_;
  std::uint64_t in_vain_ = 0, wasted_ = 0;
  std::map<Blocks::Pair, Duration> last_;
};

}  // namespace grove::sim
