// What was spoken and who heard it when: the record that figures and checkers are made from.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/observer.h"

namespace grove::sim {

class Hearing : public Observer {
 public:
  // Whoever came less than this ago is still being introduced, and is not counted as a listener: the settling time of a link
  // (6–8 RTT after an introduction over the rendezvous) with one failure among them.
  static constexpr Duration kNewcomerFor = Duration::s(10);
  // Whoever thawed less than this ago still finds its feet: DESIGN §4's dead-after.
  static constexpr Duration kWakingFor = Duration::s(3);

  struct Arrival {
    Instant at;
    std::uint64_t counter;
  };
  struct Stream {  // one source at one listener
    PersonId source, listener;
    std::vector<Arrival> arrivals;  // as they came
    // When each of the source's frames came, by counter; never() for those that did not.
    std::vector<Instant> by_counter(std::size_t frames) const;
  };

  const std::vector<Instant>& spoken(PersonId source) const;  // by counter
  std::vector<PersonId> sources() const;
  const Stream* stream(PersonId source, PersonId listener) const;
  std::vector<PersonId> people() const;  // ever

  // Present, awake and no newcomer at `at`, and still so for `after`.
  bool is_listening(PersonId person, Instant at, Duration after) const;

  Instant measuring() const { return measuring_; }
  Instant faults_over() const { return faults_over_; }
  Instant end() const { return end_; }
  std::uint64_t forged() const { return forged_; }

  void on_entered(PersonId person, Instant now) override;
  void on_departed(PersonId person, Departure, Instant now) override { presence_[person.value].departed = now; }
  void on_frozen(PersonId person, Instant now) override { presence_[person.value].frozen.emplace_back(now, Instant::never()); }
  void on_thawed(PersonId person, Instant now) override { presence_[person.value].frozen.back().second = now; }
  void on_spoken(const Spoken& spoken) override;
  void on_delivered(const Delivered& delivered) override;
  void on_measuring(Instant now) override { measuring_ = now; }
  void on_faults_over(Instant now) override { faults_over_ = now; }
  void on_end(Instant now) override { end_ = now; }

 private:
  struct Presence {
    Instant entered;
    Instant departed = Instant::never();
    std::vector<std::pair<Instant, Instant>> frozen{};
  };
  static std::uint64_t key(PersonId source, PersonId listener) { return std::uint64_t{source.value} << 32 | listener.value; }

  std::vector<Presence> presence_;           // by person
  std::vector<std::vector<Instant>> spoken_;  // by person
  std::unordered_map<std::uint64_t, Stream> streams_;
  Instant measuring_, faults_over_, end_;
  std::uint64_t forged_ = 0;
};

}  // namespace grove::sim
