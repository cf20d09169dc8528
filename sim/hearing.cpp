#include "sim/hearing.h"

#include <algorithm>

namespace grove::sim {

std::vector<Instant> Hearing::Stream::by_counter(std::size_t frames) const {
  std::vector<Instant> came(frames, Instant::never());
  for (const Arrival& arrival : arrivals) {
    if (arrival.counter < frames) came[arrival.counter] = std::min(came[arrival.counter], arrival.at);
  }
  return came;
}

const std::vector<Instant>& Hearing::spoken(PersonId source) const { return spoken_[source.value]; }

std::vector<PersonId> Hearing::sources() const {
  std::vector<PersonId> all;
  for (const PersonId person : people()) {
    if (!spoken_[person.value].empty()) all.push_back(person);
  }
  return all;
}

std::vector<PersonId> Hearing::people() const {
  std::vector<PersonId> all;
  for (std::uint32_t i = 0; i < presence_.size(); ++i) all.push_back({i});
  return all;
}

const Hearing::Stream* Hearing::stream(PersonId source, PersonId listener) const {
  const auto found = streams_.find(key(source, listener));
  return found == streams_.end() ? nullptr : &found->second;
}

bool Hearing::is_listening(PersonId person, Instant at, Duration after) const {
  const Presence& presence = presence_[person.value];
  if (at < presence.entered + kNewcomerFor || presence.departed <= at + after) return false;
  return std::none_of(presence.frozen.begin(), presence.frozen.end(), [&](const auto& frozen) {
    return frozen.first <= at + after && at < frozen.second + kWakingFor;
  });
}

void Hearing::on_entered(PersonId person, Instant now) {
  presence_.resize(person.value + 1);
  spoken_.resize(person.value + 1);
  presence_[person.value].entered = now;
}

void Hearing::on_spoken(const Spoken& spoken) { spoken_[spoken.frame.source.value].push_back(spoken.at); }

void Hearing::on_delivered(const Delivered& delivered) {
  if (!delivered.is_genuine) {
    ++forged_;
    return;
  }
  Stream& stream = streams_[key(delivered.frame.source, delivered.listener)];
  if (stream.arrivals.empty()) {
    stream.source = delivered.frame.source;
    stream.listener = delivered.listener;
  }
  stream.arrivals.push_back({delivered.at, delivered.frame.counter});
}

}  // namespace grove::sim
