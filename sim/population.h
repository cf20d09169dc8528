// Lives a scenario in a world: people arrive, talk, and have faults happen to them; then the faults stop.
//
//   0 ─ arrive ─ quiet ─┬ talkers begin ─ settled ┬─ harsh: faults ─┬─ must converge ─ end
//                       └ the idle figure's window └ measured        └ faults over
#pragma once

#include <vector>

#include "base/random.h"
#include "sim/scenario.h"
#include "sim/world.h"

namespace grove::sim {

class Population {
 public:
  static constexpr Duration kWarmUp = Duration::s(10);     // talkers begin so long before anything is measured
  static constexpr Duration kRollCallWord = Duration::ms(500);

  // `slices`: round-trip times of the world's hosts; the first holds already, the others follow in the harsh phase.
  Population(const Scenario& scenario, World& world, const std::vector<RttMatrix>& slices, std::uint64_t seed);

  void run();

  // Until when nobody has talked, and when the room has settled.
  Instant talk_begins() const { return begin_ + scenario_.settle - kWarmUp; }

 private:
  enum class Act : std::uint32_t { kArrive, kComeBack, kTalk, kMeasure, kFault, kSlice, kFaultsOver, kWord, kWordEnds, kBlock };

  void post(Instant at, Act act, std::uint32_t detail = 0) { world_.post(at, static_cast<std::uint32_t>(act), detail); }
  void on_event(const Event& event);
  void arrive(std::uint32_t host);
  void fill_talkers();
  void on_fault(std::uint32_t index);
  void befall(const Fault& fault);
  void draw_blocks();
  void begin_blocks();
  void block(const Fault& fault);
  void unblock(const Fault& fault);
  void depart(PersonId person, const Fault& fault);
  void on_faults_over();
  bool is_relay(PersonId person) const;
  std::vector<PersonId> choose(const Fault& fault);
  std::vector<PersonId> who_fit(Whom who) const;
  std::vector<PersonId> draw(std::vector<PersonId> from, std::size_t count);

  const Scenario& scenario_;
  World& world_;
  const std::vector<RttMatrix>& slices_;
  base::Random random_;
  Instant begin_, faults_over_;
  std::uint32_t hosts_used_ = 0;
  bool is_roll_call_ = false;
  std::vector<PersonId> talkers_;
  struct Click {
    PersonId listener, source;
    bool is_blocked;
  };
  std::vector<Click> clicks_;  // of faults, by the detail of their event
  base::Random block_random_;  // its own, so that a run with blocks draws all else as one without
  std::vector<std::pair<PersonId, PersonId>> drawn_blocks_;
};

// How many hosts a run of this scenario may need beyond its peers.
std::uint32_t newcomers_of(const Scenario& scenario);

}  // namespace grove::sim
