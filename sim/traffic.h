// What goes over the links: copies of frames, and everything else.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "sim/checkers/watches.h"
#include "sim/observer.h"
#include "sim/world.h"

namespace grove::sim {

class Traffic : public Observer {
 public:
  // Copies near a fault are counted apart: from the fault on, so long.
  static constexpr Duration kAfterFault = Duration::s(5);
  static constexpr std::size_t kTypes = 256;

  // A hot guardian goes on for so long after a plan that took the ward from it was published: on its way, and a lease.
  static constexpr Duration kPlanArrives = Duration::s(3);

  // `plans` watches the world before this does.
  Traffic(const World& world, const PlanWatch& plans, Instant talk_begins) : world_(world), plans_(plans), talk_begins_(talk_begins) {}

  struct Span {  // a stretch of time
    Instant begin = Instant::never(), end = Instant::never();
    double person_seconds = 0;
    std::array<std::uint64_t, kTypes> bytes{}, wire_bytes{}, messages{};  // by type, frames left out
  };
  const Span& idle() const { return idle_; }        // the last ten seconds before anybody talks
  const Span& talking() const { return talking_; }  // the harsh phase

  struct Copies {
    std::uint64_t sent = 0, delivered = 0;
    std::uint64_t hot = 0;  // of those sent: by a hot guardian to its ward
    double per_frame() const { return delivered ? static_cast<double>(sent) / static_cast<double>(delivered) : 0; }
    double per_frame_cold() const { return delivered ? static_cast<double>(sent - hot) / static_cast<double>(delivered) : 0; }
  };
  Copies copies() const { return {calm_.sent + troubled_.sent, calm_.delivered + troubled_.delivered, calm_.hot + troubled_.hot}; }
  Copies calm() const { return calm_; }  // while nothing fails

  void on_sent(const Passage& passage) override;
  void on_delivered(const Delivered& delivered) override;
  void on_fault(FaultKind, PersonId, Instant now) override { last_fault_ = now; }
  void on_measuring(Instant now) override { talking_.begin = now; }
  void on_faults_over(Instant now) override { talking_.end = now; }
  void on_tick(Instant now) override;

 private:
  void look_at_plans();
  bool is_hot(const Passage& passage) const;
  static bool is_in(const Span& span, Instant now) { return span.begin <= now && now < span.end; }

  const World& world_;
  const PlanWatch& plans_;
  Instant talk_begins_;
  Instant last_fault_ = Instant::from_us(-3'600'000'000);
  Instant last_tick_;
  Span idle_, talking_;
  Copies calm_, troubled_;

  struct HotWards {  // of one source's tree
    std::set<std::pair<PersonId, PersonId>> now, before;  // guardian and ward
    Instant replaced;
  };
  std::map<PersonId, HotWards> hot_wards_;
  std::size_t plans_seen_ = 0;
};

}  // namespace grove::sim
