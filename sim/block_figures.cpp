#include "sim/block_figures.h"

#include <algorithm>

namespace grove::sim {
namespace {

constexpr std::uint8_t kFrame = 0x15;  // docs/protocol.md §3

}  // namespace

std::vector<Duration> BlockFigures::times_to_last() const {
  std::vector<Duration> all;
  for (const auto& [pair, time] : last_) all.push_back(time);
  return all;
}

BlockFigures::Flow& BlockFigures::bucket(Instant now) {
  const auto place = static_cast<std::size_t>((now - measuring_).in_us() / kBucket.in_us());
  if (buckets_.size() <= place) buckets_.resize(place + 1);
  return buckets_[place];
}

BlockFigures::Flow BlockFigures::sum(Instant from, Instant until) const {
  Flow all;
  const auto first = static_cast<std::size_t>(std::max<std::int64_t>((from - measuring_).in_us() / kBucket.in_us(), 0));
  const auto end = static_cast<std::size_t>(std::max<std::int64_t>((until - measuring_).in_us() / kBucket.in_us(), 0));
  for (std::size_t i = first; i < std::min(end, buckets_.size()); ++i) {
    all.wire_bytes += buckets_[i].wire_bytes;
    all.copies += buckets_[i].copies;
    all.spoken += buckets_[i].spoken;
    all.pairs += buckets_[i].pairs;
    all.wanted_pairs += buckets_[i].wanted_pairs;
  }
  if (end > first) all.seconds = static_cast<double>(end - first) * kBucket.in_ms() / 1000;
  return all;
}

BlockFigures::Flow BlockFigures::before() const { return sum(measuring_, blocks_.first()); }
BlockFigures::Flow BlockFigures::after() const { return sum(blocks_.last_change() + kSettled, faults_over_); }

void BlockFigures::on_spoken(const Spoken& spoken) {
  if (measuring_.is_never() || !faults_over_.is_never()) return;
  Flow& flow = bucket(spoken.at);
  ++flow.spoken;
  for (const PersonId listener : world_.here()) {
    if (listener == spoken.frame.source) continue;
    ++flow.pairs;
    flow.wanted_pairs += blocks_.is_empty() || blocks_.is_wanted(listener, spoken.frame.source, spoken.at, {});
  }
}

void BlockFigures::on_sent(const Passage& passage) {
  if (type_of(passage.message) != kFrame || measuring_.is_never() || !faults_over_.is_never()) return;
  Flow& flow = bucket(passage.at);
  ++flow.copies;
  flow.wire_bytes += world_.channels().wire_bytes(passage.message.size());
  if (blocks_.is_empty() || !passage.frame) return;
  const PersonId source = passage.frame->source;
  const bool is_to = blocks_.is_blocked(passage.to, source), is_by = blocks_.is_blocked(passage.from, source);
  if (is_by) note_in_vain(passage.from, source, passage.at);
  in_vain_ += is_to || is_by;
  wasted_ += blocks_.must_be_quiet(passage.to, source, passage.at) || blocks_.must_be_quiet(passage.from, source, passage.at);
}

void BlockFigures::on_arrived(const Passage& passage) {
  if (blocks_.is_empty() || !passage.frame || !faults_over_.is_never()) return;
  if (blocks_.is_blocked(passage.to, passage.frame->source)) note_in_vain(passage.to, passage.frame->source, passage.at);
}

void BlockFigures::note_in_vain(PersonId listener, PersonId source, Instant now) {
  last_[{listener, source}] = now - blocks_.blocked().at({listener, source}).back().from;
}

}  // namespace grove::sim
