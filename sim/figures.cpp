#include "sim/figures.h"

#include <algorithm>
#include <cmath>

namespace grove::sim {
namespace {

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double ratio(double a, double b) { return b > 0 ? a / b : 0; }

constexpr std::uint8_t kProof = 0x17;  // docs/protocol.md §3
struct TypeName {
  std::uint8_t type;
  const char* name;
};
constexpr TypeName kControlTypes[] = {{0x10, "rec"},  {0x11, "digest"}, {0x12, "plan"}, {0x13, "beat"},  {0x14, "bye"},
                                      {0x16, "want"}, {0x18, "have"},   {0x19, "pull"}, {0x1a, "stop"},  {0x1b, "stall"},
                                      {0x1c, "plan_req"}, {0x1d, "routed"}, {0x21, "delta"}, {0x22, "hashes"}, {0x23, "news"}, {0x24, "plan_delta"}};

double kbits_per_person(std::uint64_t bytes, const Traffic::Span& span) {
  return ratio(static_cast<double>(bytes) * 8 / 1000, span.person_seconds);
}

}  // namespace

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  const auto place = std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())));
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(place), values.end());
  return values[place];
}

FigureSet::FigureSet(World& world, Instant talk_begins)
    : world_(world), blocks_(world, links_), block_figures_(world, blocks_), reach_(world, blocks_), plans_(world),
      traffic_(world, plans_, talk_begins), holes_(world, hearing_, blocks_), arrivals_(world) {
  for (Observer* observer : {static_cast<Observer*>(&hearing_), static_cast<Observer*>(&links_), static_cast<Observer*>(&blocks_), static_cast<Observer*>(&block_figures_),
                             static_cast<Observer*>(&reach_), static_cast<Observer*>(&plans_), static_cast<Observer*>(&traffic_), static_cast<Observer*>(&holes_),
                             static_cast<Observer*>(&arrivals_), static_cast<Observer*>(&faults_)}) {
    world.watch(*observer);
  }
}

Figures FigureSet::compile() const {
  Figures all;
  add_delivery(all);
  add_healing(all);
  add_holes(all);
  add_traffic(all);
  add_first_sounds(all);
  add_blocks(all);
  return all;
}

void FigureSet::add_delivery(Figures& to) const {
  std::vector<double> delays, directs;
  std::uint64_t expected = 0, on_time = 0, delivered = 0;
  std::uint64_t deaf_pairs = 0, pairs = 0;
  for (const PersonId source : hearing_.sources()) {
    const auto& spoken = hearing_.spoken(source);
    for (const PersonId listener : hearing_.people()) {
      if (world_.person(listener).host == world_.person(source).host) continue;
      const Duration direct = world_.network().one_way(world_.person(source).host, world_.person(listener).host);
      const auto* stream = hearing_.stream(source, listener);
      const auto came = stream ? stream->by_counter(spoken.size()) : std::vector<Instant>(spoken.size(), Instant::never());
      std::uint64_t late_expected = 0, late_heard = 0;
      for (std::size_t i = 0; i < spoken.size(); ++i) {
        if (spoken[i] < hearing_.measuring() || spoken[i] >= hearing_.end() - kLostAfter) continue;
        if (!is_expected(source, listener, spoken[i])) continue;
        const bool is_heard = came[i] <= spoken[i] + kLostAfter;
        if (spoken[i] < hearing_.faults_over()) {
          ++expected;
          delivered += is_heard;
          on_time += came[i] <= spoken[i] + direct + kLateAfter;
          if (is_heard) {
            delays.push_back((came[i] - spoken[i]).in_ms());
            directs.push_back(direct.in_ms());
          }
        } else if (spoken[i] >= hearing_.faults_over() + kLostAfter) {
          ++late_expected;
          late_heard += is_heard;
        }
      }
      pairs += late_expected > 0;
      deaf_pairs += late_expected > 0 && late_heard * 2 < late_expected;
    }
  }
  to.emplace_back("delay_mean_ms", mean(delays));
  to.emplace_back("delay_p95_ms", quantile(delays, 0.95));
  to.emplace_back("direct_mean_ms", mean(directs));
  to.emplace_back("direct_p95_ms", quantile(directs, 0.95));
  to.emplace_back("delay_mean_ratio", ratio(mean(delays), mean(directs)));
  to.emplace_back("delay_p95_ratio", ratio(quantile(delays, 0.95), quantile(directs, 0.95)));
  to.emplace_back("frames_expected", static_cast<double>(expected));
  to.emplace_back("frames_on_time_percent", 100 * ratio(static_cast<double>(on_time), static_cast<double>(expected)));
  to.emplace_back("frames_delivered_percent", 100 * ratio(static_cast<double>(delivered), static_cast<double>(expected)));
  to.emplace_back("frames_forged", static_cast<double>(hearing_.forged()));
  to.emplace_back("pairs_tried", static_cast<double>(pairs));
  to.emplace_back("pairs_deaf", static_cast<double>(deaf_pairs));
}

// From each fault to the last frame that some survivor misses in a row of kFramesToBeDeaf; and who hears 3 and 10 s after.
void FigureSet::add_healing(Figures& to) const {
  std::vector<double> healed;
  std::uint64_t pairs[2] = {}, hearing[2] = {};
  constexpr Duration kLooks[2] = {Duration::s(3), Duration::s(10)};
  for (std::size_t f = 0; f < faults_.deaths.size(); ++f) {
    const Instant at = faults_.deaths[f];
    const Instant until = f + 1 < faults_.deaths.size() ? faults_.deaths[f + 1] : hearing_.end() - kLostAfter;
    if (at < hearing_.measuring()) continue;
    Duration longest;
    for (const PersonId source : hearing_.sources()) {
      const auto& spoken = hearing_.spoken(source);
      if (spoken.back() < at) continue;
      for (const PersonId listener : hearing_.people()) {
        if (world_.person(listener).host == world_.person(source).host) continue;
        const Duration direct = world_.network().one_way(world_.person(source).host, world_.person(listener).host);
        const auto* stream = hearing_.stream(source, listener);
        const auto came = stream ? stream->by_counter(spoken.size()) : std::vector<Instant>(spoken.size(), Instant::never());
        std::size_t missed_in_row = 0;
        std::uint64_t looked[2] = {}, heard[2] = {};
        for (std::size_t i = 0; i < spoken.size(); ++i) {
          if (spoken[i] < at || spoken[i] >= until || !is_expected(source, listener, spoken[i])) continue;
          const bool is_in_time = came[i] <= spoken[i] + direct + kLateAfter;
          missed_in_row = is_in_time ? 0 : missed_in_row + 1;
          if (missed_in_row >= kFramesToBeDeaf) longest = std::max(longest, spoken[i] - at);
          for (int look = 0; look < 2; ++look) {
            if (spoken[i] < at + kLooks[look] || spoken[i] >= at + kLooks[look] + Duration::s(1)) continue;
            ++looked[look];
            heard[look] += is_in_time;
          }
        }
        for (int look = 0; look < 2; ++look) {
          pairs[look] += looked[look] > 0;
          hearing[look] += looked[look] > 0 && heard[look] * 2 >= looked[look];
        }
      }
    }
    healed.push_back(longest.in_ms() / 1000);
  }
  if (healed.empty()) return;
  to.emplace_back("faults", static_cast<double>(healed.size()));
  to.emplace_back("healed_p50_s", quantile(healed, 0.5));
  to.emplace_back("healed_max_s", quantile(healed, 1));
  for (int look = 0; look < 2; ++look) {
    const std::string name = look == 0 ? "pairs_hearing_after_3s_percent" : "pairs_hearing_after_10s_percent";
    if (pairs[look] > 0) to.emplace_back(name, 100 * ratio(static_cast<double>(hearing[look]), static_cast<double>(pairs[look])));
  }
}

void FigureSet::add_holes(Figures& to) const {
  using Guard = Holes::Guard;
  const auto found = holes_.found();
  const auto add = [&](const std::string& name, FaultKind kind, const std::optional<Guard>& guard) {
    std::vector<double> missed, adapting, gaps;
    for (const auto& hole : found) {
      if (hole.kind != kind || (guard && hole.guard != *guard)) continue;
      missed.push_back(hole.missed_ms);
      adapting.push_back(hole.adapting_ms);
      gaps.push_back(hole.gap_ms);
    }
    if (missed.empty()) return;
    to.emplace_back(name + "count", static_cast<double>(missed.size()));
    to.emplace_back(name + "p50_ms", quantile(missed, 0.5));
    to.emplace_back(name + "p95_ms", quantile(missed, 0.95));
    to.emplace_back(name + "max_ms", quantile(missed, 1));
    to.emplace_back(name + "adapting_p50_ms", quantile(adapting, 0.5));
    to.emplace_back(name + "adapting_p95_ms", quantile(adapting, 0.95));
    to.emplace_back(name + "gap_p50_ms", quantile(gaps, 0.5));
    to.emplace_back(name + "gap_p95_ms", quantile(gaps, 0.95));
  };
  add("hole_after_death_", FaultKind::kDeath, {});
  add("hole_after_death_cold_", FaultKind::kDeath, Guard::kCold);
  add("hole_after_death_hot_", FaultKind::kDeath, Guard::kHot);
  add("hole_after_death_unguarded_", FaultKind::kDeath, Guard::kNone);
  add("hole_after_leave_", FaultKind::kLeave, {});
}

void FigureSet::add_traffic(Figures& to) const {
  to.emplace_back("copies_per_frame", traffic_.copies().per_frame());
  to.emplace_back("copies_per_frame_calm", traffic_.calm().per_frame());
  to.emplace_back("copies_per_frame_cold", traffic_.copies().per_frame_cold());
  to.emplace_back("copies_per_frame_cold_calm", traffic_.calm().per_frame_cold());
  const std::pair<const char*, const Traffic::Span*> spans[] = {{"idle", &traffic_.idle()}, {"talking", &traffic_.talking()}};
  for (const auto& [name, span] : spans) {
    std::uint64_t bytes = 0, wire_bytes = 0;
    for (std::size_t type = 0; type < Traffic::kTypes; ++type) {
      if (type == kProof) continue;
      bytes += span->bytes[type];
      wire_bytes += span->wire_bytes[type];
    }
    const std::string prefix = std::string("control_") + name;
    to.emplace_back(prefix + "_kbits", kbits_per_person(bytes, *span));
    to.emplace_back(prefix + "_wire_kbits", kbits_per_person(wire_bytes, *span));
    to.emplace_back(std::string("proofs_") + name + "_kbits", kbits_per_person(span->bytes[kProof], *span));
    for (const auto& type : kControlTypes) {
      if (span->bytes[type.type] > 0) to.emplace_back(prefix + "_" + type.name + "_kbits", kbits_per_person(span->bytes[type.type], *span));
    }
  }
}

void FigureSet::add_first_sounds(Figures& to) const {
  std::vector<double> ms, trips, beyond;
  for (const auto& first : arrivals_.first_sounds()) {
    ms.push_back(first.after_first_link.in_ms());
    trips.push_back(ratio(first.after_first_link.in_ms(), first.rtt.in_ms()));
    beyond.push_back((first.after_first_link - first.rtt).in_ms());
  }
  if (ms.empty()) return;
  to.emplace_back("first_sound_count", static_cast<double>(ms.size()));
  to.emplace_back("first_sound_p50_ms", quantile(ms, 0.5));
  to.emplace_back("first_sound_p95_ms", quantile(ms, 0.95));
  to.emplace_back("first_sound_p50_rtts", quantile(trips, 0.5));
  to.emplace_back("first_sound_p95_rtts", quantile(trips, 0.95));
  to.emplace_back("first_sound_beyond_rtt_p50_ms", quantile(beyond, 0.5));
  to.emplace_back("first_sound_beyond_rtt_p95_ms", quantile(beyond, 0.95));
}

void FigureSet::add_blocks(Figures& to) const {
  if (blocks_.first().is_never()) return;
  std::vector<double> last_ms;
  for (const Duration time : block_figures_.times_to_last()) last_ms.push_back(time.in_ms());
  to.emplace_back("blocked_pairs_count", static_cast<double>(blocks_.blocked().size()));
  to.emplace_back("block_wasted_copies", static_cast<double>(block_figures_.wasted()));
  to.emplace_back("block_copies_in_vain", static_cast<double>(block_figures_.in_vain()));
  to.emplace_back("block_last_byte_count", static_cast<double>(last_ms.size()));
  to.emplace_back("block_last_byte_p50_ms", quantile(last_ms, 0.5));
  to.emplace_back("block_last_byte_p95_ms", quantile(last_ms, 0.95));
  to.emplace_back("block_last_byte_max_ms", quantile(last_ms, 1));
  const std::pair<const char*, BlockFigures::Flow> flows[] = {{"before", block_figures_.before()}, {"after", block_figures_.after()}};
  for (const auto& [when, flow] : flows) {
    const std::string name = when;
    to.emplace_back("room_voice_" + name + "_kbits", flow.kbits());
    to.emplace_back("copies_per_spoken_" + name, flow.copies_per_spoken());
    to.emplace_back("pairs_wanted_" + name + "_percent", flow.wanted_percent());
  }
  add_delivery_since_blocks(to);
}

// Of those who want the source, frames spoken from the first block on; and pairs of which hardly anything is heard though links
// and willing people lead there. Delays: once the blocks have settled.
void FigureSet::add_delivery_since_blocks(Figures& to) const {
  std::vector<double> delays, directs;
  std::uint64_t expected = 0, lost = 0, late = 0, deaf = 0, deaf_needlessly = 0;
  for (const PersonId source : hearing_.sources()) {
    const auto& spoken = hearing_.spoken(source);
    const auto reach = reach_.reach.find(source);
    for (const PersonId listener : hearing_.people()) {
      if (world_.person(listener).host == world_.person(source).host) continue;
      const Duration direct = world_.network().one_way(world_.person(source).host, world_.person(listener).host);
      const auto* stream = hearing_.stream(source, listener);
      const auto came = stream ? stream->by_counter(spoken.size()) : std::vector<Instant>(spoken.size(), Instant::never());
      std::uint64_t tried = 0, heard = 0;
      for (std::size_t i = 0; i < spoken.size(); ++i) {
        const bool is_looked_at = spoken[i] >= blocks_.first() && spoken[i] < hearing_.faults_over() && spoken[i] < hearing_.end() - kLostAfter;
        if (!is_looked_at || !is_expected(source, listener, spoken[i])) continue;
        const bool is_heard = came[i] <= spoken[i] + kLostAfter;
        ++expected;
        lost += !is_heard;
        late += is_heard && came[i] > spoken[i] + direct + kLateAfter;
        if (spoken[i] < blocks_.last_change() + BlockFigures::kSettled) continue;
        ++tried;
        heard += is_heard;
        if (!is_heard) continue;
        delays.push_back((came[i] - spoken[i]).in_ms());
        directs.push_back(direct.in_ms());
      }
      const bool is_deaf = tried > 0 && heard * 2 < tried;
      deaf += is_deaf;
      deaf_needlessly += is_deaf && reach != reach_.reach.end() && reach->second.contains(listener);
    }
  }
  to.emplace_back("others_frames_count", static_cast<double>(expected));
  to.emplace_back("others_frames_lost", static_cast<double>(lost));
  to.emplace_back("others_frames_late", static_cast<double>(late));
  to.emplace_back("others_pairs_unreached", static_cast<double>(deaf));
  to.emplace_back("others_pairs_unreached_needlessly", static_cast<double>(deaf_needlessly));
  to.emplace_back("others_delay_mean_ms", mean(delays));
  to.emplace_back("others_delay_p95_ms", quantile(delays, 0.95));
  to.emplace_back("others_delay_mean_ratio", ratio(mean(delays), mean(directs)));
  to.emplace_back("others_delay_p95_ratio", ratio(quantile(delays, 0.95), quantile(directs, 0.95)));
}

}  // namespace grove::sim
