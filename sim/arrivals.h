// How long newcomers wait for their first sound.
#pragma once

#include <optional>
#include <vector>

#include "sim/observer.h"
#include "sim/world.h"

namespace grove::sim {

class Arrivals : public Observer {
 public:
  explicit Arrivals(const World& world) : world_(world) {}

  struct FirstSound {
    Duration after_first_link;
    Duration rtt;  // of that link
  };
  // Of those whose first link came up in the harsh phase, while people talk.
  std::vector<FirstSound> first_sounds() const;

  void on_link_up(PersonId person, PersonId peer, Instant now) override;
  void on_delivered(const Delivered& delivered) override;
  void on_measuring(Instant) override { is_measuring_ = true; }
  void on_faults_over(Instant) override { is_measuring_ = false; }

 private:
  struct Newcomer {
    bool is_linked = false, is_counted = false;
    Instant first_link;
    Duration rtt;
    std::optional<Instant> first_sound{};
  };
  Newcomer& newcomer(PersonId person) {
    if (newcomers_.size() <= person.value) newcomers_.resize(person.value + 1);
    return newcomers_[person.value];
  }

  const World& world_;
  bool is_measuring_ = false;
  std::vector<Newcomer> newcomers_;
};

}  // namespace grove::sim
