#include "sim/blocks.h"

#include <algorithm>

#include "wire/link_message.h"

namespace grove::sim {
namespace {

constexpr std::uint8_t kHearingType = 0x25;  // docs/protocol.md §3
constexpr Duration kAtOnce = Duration::ms(20);

bool is_nosend(const Passage& passage) {
  if (type_of(passage.message) != kHearingType) return false;
  const auto decoded = wire::decode_link_message(passage.message);
  const auto* word = decoded ? std::get_if<wire::Hearing>(&*decoded) : nullptr;
  return word && !word->is_wanted && !word->is_echo;
}

}  // namespace

const Blocks::Span* Blocks::open_span(PersonId listener, PersonId source) const {
  const auto found = blocked().find({listener, source});
  if (found == blocked().end() || !found->second.back().until.is_never()) return nullptr;
  return &found->second.back();
}

Blocks::Span* Blocks::open_span(PersonId listener, PersonId source) {
  return const_cast<Span*>(std::as_const(*this).open_span(listener, source));
}

bool Blocks::is_blocked(PersonId listener, PersonId source) const { return open_span(listener, source) != nullptr; }

bool Blocks::is_blocked_since(PersonId listener, PersonId source, Duration time, Instant now) const {
  const Span* span = open_span(listener, source);
  return span && span->from + time <= now;
}

Instant Blocks::quiet_from(PersonId listener, PersonId source) const {
  const Span* span = open_span(listener, source);
  return span ? span->quiet_from : Instant::never();
}

bool Blocks::is_waking(PersonId person, Instant now) const {
  const auto thawed = thawed_.find(person);
  return thawed != thawed_.end() && now < thawed->second + kWakingFor;
}

bool Blocks::is_wanted(PersonId listener, PersonId source, Instant at, Duration after) const {
  for (const auto& of_kind : spans_) {
    const auto found = of_kind.find({listener, source});
    if (found == of_kind.end()) continue;
    for (const Span& span : found->second) {
      const bool is_over = !span.until.is_never() && at >= span.until + kHeardAgainWithin;
      if (span.from <= at + after && !is_over) return false;
    }
  }
  return true;
}

std::set<PersonId> Blocks::reach_of(PersonId source) const {
  std::set<PersonId> reached{source};
  std::vector<PersonId> front{source};
  const std::vector<PersonId> here = world_.here();
  while (!front.empty()) {
    const PersonId by = front.back();
    front.pop_back();
    for (const PersonId to : here) {
      const bool may_pass = !is_blocked(to, source) && (by == source || !is_apart(by, to));
      if (may_pass && links_.are_linked(by, to) && reached.insert(to).second) front.push_back(to);
    }
  }
  return reached;
}

bool Blocks::is_new(PersonId person, Instant now) const {
  const auto entered = entered_.find(person);
  return entered != entered_.end() && now < entered->second + kNewFor;
}

Duration Blocks::slack() const { return world_.network().loss().share > 0 ? kBeyondRtt + kRepair : kBeyondRtt; }

// Dijkstra, over links that are up.
std::optional<Duration> Blocks::shortest_way(PersonId from, PersonId to) const {
  std::map<PersonId, Duration> delays{{from, {}}};
  std::set<PersonId> left;
  for (const PersonId person : world_.here()) left.insert(person);
  while (!left.empty()) {
    const auto next = std::min_element(left.begin(), left.end(), [&](PersonId a, PersonId b) {
      const auto one = delays.find(a), other = delays.find(b);
      if (one == delays.end() || other == delays.end()) return one != delays.end() && other == delays.end();
      return one->second < other->second;
    });
    const PersonId by = *next;
    const auto known = delays.find(by);
    if (known == delays.end()) return std::nullopt;
    if (by == to) return known->second;
    left.erase(next);
    for (const PersonId person : left) {
      if (!links_.are_linked(by, person)) continue;
      const Duration delay = known->second + world_.network().one_way(world_.person(by).host, world_.person(person).host);
      const auto entry = delays.try_emplace(person, delay).first;
      entry->second = std::min(entry->second, delay);
    }
  }
  return std::nullopt;
}

void Blocks::set_due(Span& span, PersonId listener, PersonId source, Instant now) const {
  if (links_.are_linked(listener, source)) {
    span.quiet_from = now + world_.network().rtt(world_.person(listener).host, world_.person(source).host) + slack();
  } else if (const auto way = shortest_way(listener, source)) {
    span.quiet_from = now + *way * 2 + slack();
  } else {
    span.is_told_late = true;
  }
  if (span.quiet_from.is_never()) return;
  if (is_new(listener, now) || is_new(source, now) || span.is_told_late) span.quiet_from = span.quiet_from + kNewFor;
}

void Blocks::on_blocked(PersonId listener, PersonId source, BlockKind kind, bool is_on, Instant now) {
  if (kind != BlockKind::kWithheld && first_.is_never()) first_ = now;
  last_change_ = now;
  auto& spans = spans_[static_cast<std::size_t>(kind)][{listener, source}];
  if (!is_on) {
    if (!spans.empty()) spans.back().until = now;
    return;
  }
  spans.push_back({now});
  if (kind == BlockKind::kBlocked) set_due(spans.back(), listener, source, now);
}

void Blocks::on_frozen(PersonId person, Instant now) {
  for (auto& [pair, spans] : spans_[kBlockedPlace]) {
    if ((pair.first != person && pair.second != person) || spans.back().quiet_from < now) continue;
    spans.back().quiet_from = Instant::never();
    spans.back().is_told_late = true;
  }
}

void Blocks::on_thawed(PersonId person, Instant now) { thawed_[person] = now; }

// Its word is under way: when it arrives decides, if it went at once.
void Blocks::on_sent(const Passage& passage) {
  if (is_empty() || !is_nosend(passage)) return;
  Span* span = open_span(passage.from, passage.to);
  if (!span || span->quiet_from < passage.at || passage.at > span->from + kAtOnce) return;
  span->quiet_from = Instant::never();
}

void Blocks::on_arrived(const Passage& passage) {
  if (is_empty() || !is_nosend(passage)) return;
  Span* span = open_span(passage.from, passage.to);
  if (!span || !span->quiet_from.is_never()) return;
  const Duration rtt = world_.network().rtt(world_.person(passage.from).host, world_.person(passage.to).host);
  span->quiet_from = std::max(span->from + rtt, passage.at + rtt / 2) + slack();
  if (span->is_told_late) span->quiet_from = span->quiet_from + kNewFor;
}

// A way may come to be for those who had none.
void Blocks::on_tick(Instant now) {
  for (auto& [pair, spans] : spans_[kBlockedPlace]) {
    Span& span = spans.back();
    const bool both_live = world_.is_here(pair.first) && world_.is_here(pair.second) && !world_.person(pair.second).is_frozen &&
                           !world_.person(pair.first).is_frozen;
    if (span.is_told_late && span.quiet_from.is_never() && span.until.is_never() && both_live) set_due(span, pair.first, pair.second, now);
  }
}

}  // namespace grove::sim
