#include "sim/checkers/all_is_heard.h"

namespace grove::sim {

void AllIsHeard::on_faults_over(Instant now) {
  faults_over_ = now;
  components_ = links_.components(world_.here());
}

void AllIsHeard::on_tick(Instant now) {
  if (!views_.is_fresh() || faults_over_.is_never() || now < faults_over_ + kHealing) return;
  std::map<PersonId, Instant> pulling;
  for (const auto& look : views_.looks()) {
    if (look.view.pulls_open == 0) continue;
    const auto since = pulling_since_.find(look.person);
    pulling[look.person] = since == pulling_since_.end() ? now : since->second;
    if (now - pulling[look.person] > kLease) {
      violated(now, name(look.person) + " has pulled for more than two seconds");
      pulling[look.person] = now;
    }
  }
  pulling_since_ = std::move(pulling);
}

void AllIsHeard::on_end(Instant end) {
  if (faults_over_.is_never()) return;
  for (const PersonId source : hearing_.sources()) {
    const auto& spoken = hearing_.spoken(source);
    for (const PersonId listener : hearing_.people()) {
      const auto one = components_.find(source), other = components_.find(listener);
      const bool can_hear = one != components_.end() && other != components_.end() && one->second == other->second;
      if (!can_hear || source == listener) continue;
      const auto* stream = hearing_.stream(source, listener);
      const auto came = stream ? stream->by_counter(spoken.size()) : std::vector<Instant>(spoken.size(), Instant::never());
      std::uint64_t missed = 0;
      Instant first;
      for (std::size_t i = 0; i < spoken.size(); ++i) {
        if (spoken[i] < faults_over_ + kHealing || spoken[i] >= end - kHealing) continue;
        if (came[i] <= spoken[i] + kHealing || !hearing_.is_listening(listener, spoken[i], kHealing)) continue;
        if (missed++ == 0) first = spoken[i];
      }
      if (missed > 0) violated(first, name(listener) + " misses " + std::to_string(missed) + " frames of " + name(source) + " from here on");
    }
  }
}

}  // namespace grove::sim
