#include "sim/checkers/all_is_heard.h"

#include <algorithm>

namespace grove::sim {
namespace {

constexpr std::uint8_t kPull = 0x19, kStop = 0x1a;  // docs/protocol.md §3
constexpr std::size_t kSourceAt = 2;

}  // namespace

void AllIsHeard::on_faults_over(Instant now) {
  faults_over_ = now;
  components_ = links_.components(world_.here());
  if (blocks_.is_empty()) return;
  for (const PersonId source : world_.here()) reach_[source] = blocks_.reach_of(source);
}

void AllIsHeard::on_sent(const Passage& passage) {
  const std::uint8_t type = type_of(passage.message);
  if ((type != kPull && type != kStop) || passage.message.size() < kSourceAt + base::PeerId::kSize) return;
  const Bytes source = base::to_bytes(passage.message.subspan(kSourceAt, base::PeerId::kSize));
  if (type == kStop) {
    pulls_.erase({passage.from, source});
    return;
  }
  if (passage.message.back() == 0) return;  // these frames, once: it ends by itself
  auto [going, is_new] = pulls_.try_emplace({passage.from, source}, PullGoing{passage.at, passage.at});
  PullGoing& pull = going->second;
  if (passage.at - pull.last > kLease) pull = {passage.at, passage.at};
  pull.last = passage.at;
  if (!hearing_.is_listening(passage.from, passage.at, {})) pull.begin = passage.at;  // it still finds its feet
  if (faults_over_.is_never() || pull.is_told) return;
  if (passage.at - std::max(pull.begin, faults_over_) <= kHealing) return;
  pull.is_told = true;
  violated(passage.at, name(passage.from) + " still pulls one stream after three seconds");
}

void AllIsHeard::on_end(Instant end) {
  if (faults_over_.is_never()) return;
  for (const PersonId source : hearing_.sources()) {
    const auto& spoken = hearing_.spoken(source);
    for (const PersonId listener : hearing_.people()) {
      const auto one = components_.find(source), other = components_.find(listener);
      const auto reach = reach_.find(source);
      const bool can_hear = one != components_.end() && other != components_.end() && one->second == other->second &&
                            (reach == reach_.end() || reach->second.contains(listener));
      if (!can_hear || source == listener) continue;
      const auto* stream = hearing_.stream(source, listener);
      const auto came = stream ? stream->by_counter(spoken.size()) : std::vector<Instant>(spoken.size(), Instant::never());
      std::uint64_t missed = 0;
      Instant first;
      for (std::size_t i = 0; i < spoken.size(); ++i) {
        if (spoken[i] < faults_over_ + kHealing || spoken[i] >= end - kHealing) continue;
        if (came[i] <= spoken[i] + kHealing || !hearing_.is_listening(listener, spoken[i], kHealing)) continue;
        if (!blocks_.is_empty() && !blocks_.is_wanted(listener, source, spoken[i], kHealing)) continue;
        if (missed++ == 0) first = spoken[i];
      }
      if (missed > 0) violated(first, name(listener) + " misses " + std::to_string(missed) + " frames of " + name(source) + " from here on");
    }
  }
}

}  // namespace grove::sim
