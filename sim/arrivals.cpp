#include "sim/arrivals.h"

namespace grove::sim {

std::vector<Arrivals::FirstSound> Arrivals::first_sounds() const {
  std::vector<FirstSound> all;
  for (const Newcomer& one : newcomers_) {
    if (one.is_counted && one.first_sound) all.push_back({*one.first_sound - one.first_link, one.rtt});
  }
  return all;
}

void Arrivals::on_link_up(PersonId person, PersonId peer, Instant now) {
  Newcomer& one = newcomer(person);
  if (one.is_linked) return;
  one.is_linked = true;
  one.is_counted = is_measuring_;
  one.first_link = now;
  one.rtt = world_.network().rtt(world_.person(person).host, world_.person(peer).host);
}

void Arrivals::on_delivered(const Delivered& delivered) {
  Newcomer& one = newcomer(delivered.listener);
  if (!one.first_sound) one.first_sound = delivered.at;
}

}  // namespace grove::sim
