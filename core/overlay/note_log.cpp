#include "overlay/note_log.h"

#include <algorithm>
#include <tuple>

#include "base/assert.h"

namespace grove::overlay {

// --- taking ----------------------------------------------------------------------------------------------------------

bool NoteLog::is_news(const base::PeerId& author, const wire::Note& note, base::Instant now) const {
  const wire::NoteRun id{author, note.incarnation};
  if (id == own_ || !wants(author) || !is_affordable(author, now)) return false;
  const auto known = runs_.find(id);
  if (known == runs_.end()) {
    if (is_forgotten(id) || (forgotten_ms_ > 0 && note.written_ms <= forgotten_ms_)) return false;
    return note.number == 1 || has_room_ahead(note.body.size());
  }
  const Run& run = known->second;
  if (note.number == run.next) return true;
  return note.number > run.next && !run.ahead.contains(note.number) && has_room_ahead(note.body.size());
}

std::vector<NoteLog::Delivery> NoteLog::take(const base::PeerId& author, const wire::SignedNote& note, base::Instant now) {
  std::vector<Delivery> deliveries;
  if (!is_news(author, note.note, now)) return deliveries;
  Run& run = run_of({author, note.note.incarnation}, now);
  authors_.at(author).rate.try_take(1, now);
  run.touched = now;
  if (run.ahead.empty()) run.gap_since = now;
  run.ahead.emplace(note.note.number, note);
  ++ahead_notes_;
  ahead_bytes_ += note.note.body.size();
  if (note.note.number == run.next) deliver_waiting(author, run, 0, now, deliveries);
  trim_history();
  return deliveries;
}

void NoteLog::take_own(const wire::SignedNote& note, base::Instant now) {
  GROVE_ASSERT(note.note.incarnation == own_.incarnation && note.note.number == own_next());
  Run& run = run_of(own_, now);
  run.touched = now;
  hold(run, note, now);
  trim_history();
}

std::uint32_t NoteLog::own_next() const {
  const auto own = runs_.find(own_);
  return own == runs_.end() ? 1 : own->second.next;
}

std::vector<NoteLog::Gap> NoteLog::gaps() const {
  std::vector<Gap> gaps;
  if (ahead_notes_ == 0) return gaps;
  for (const auto& [id, run] : runs_) {
    if (!run.ahead.empty()) gaps.push_back({id, run.next, run.gap_since, run.has_begun});
  }
  return gaps;
}

std::vector<NoteLog::Delivery> NoteLog::skip(const wire::NoteRun& id, base::Instant now) {
  std::vector<Delivery> deliveries;
  const auto known = runs_.find(id);
  if (known == runs_.end() || known->second.ahead.empty()) return deliveries;
  Run& run = known->second;
  const std::uint32_t first = run.ahead.begin()->first;
  // Before its first note we missed nothing: the room's history begins there.
  const std::uint32_t missing = run.has_begun ? first - run.next : 0;
  while (!run.held.empty()) let_go_of_first(run);  // what is held has no holes
  run.next = first;
  deliver_waiting(id.author, run, missing, now, deliveries);
  trim_history();
  return deliveries;
}

void NoteLog::restart_gaps(base::Instant now) {
  for (auto& [id, run] : runs_) run.gap_since = now;
}

bool NoteLog::is_forgotten(const wire::NoteRun& id) const {
  const auto author = authors_.find(id.author);
  if (author == authors_.end()) return false;
  if (author->second.floor && id.incarnation <= *author->second.floor) return true;
  const auto [oldest, count] = runs_of(id.author);
  return count >= kRunsOfAuthorMax && id < oldest->first;
}

bool NoteLog::has_room_ahead(std::size_t bytes) const {
  return ahead_notes_ < kAheadNotesMax && ahead_bytes_ + bytes <= kAheadBytesMax;
}

NoteLog::Run& NoteLog::run_of(const wire::NoteRun& id, base::Instant now) {
  const auto known = runs_.find(id);
  if (known != runs_.end()) return known->second;
  make_room_for_run(id.author);
  authors_.try_emplace(id.author, Author{base::TokenBucket(kAuthorRate, now), {}, 0});
  Run& run = runs_[id];
  run.touched = now;
  return run;
}

// An author's clock may be wrong. In the future it would keep a note longer than honest ones: our own clock bounds it.
void NoteLog::hold(Run& run, const wire::SignedNote& note, base::Instant now) {
  run.last_ms = std::max(run.last_ms, std::min(note.note.written_ms, wall_ms(now)));
  run.held.push_back({note, run.last_ms});
  run.next = note.note.number + 1;
  run.has_begun = true;
  ++held_notes_;
  held_bytes_ += note.note.body.size();
}

void NoteLog::deliver_waiting(const base::PeerId& author, Run& run, std::uint32_t missing_before, base::Instant now,
                              std::vector<Delivery>& deliveries) {
  while (!run.ahead.empty() && run.ahead.begin()->first == run.next) {
    const auto next = run.ahead.extract(run.ahead.begin());
    --ahead_notes_;
    ahead_bytes_ -= next.mapped().note.body.size();
    hold(run, next.mapped(), now);
    deliveries.push_back({author, next.mapped(), run.last_ms, missing_before});
    missing_before = 0;
  }
  run.gap_since = now;  // a gap that moves on is a new one
}

// --- handing on ------------------------------------------------------------------------------------------------------

std::uint32_t NoteLog::missing_from(const wire::NoteRun& id, std::uint32_t from) const {
  if (id == own_ || !wants(id.author)) return 0;
  const auto known = runs_.find(id);
  if (known == runs_.end()) {
    if (is_forgotten(id)) return 0;
    return from == 1 || has_room_ahead(0) ? from : 0;
  }
  const Run& run = known->second;
  std::uint32_t number = std::max(from, run.next);
  for (auto waiting = run.ahead.lower_bound(number); waiting != run.ahead.end() && waiting->first == number; ++waiting) ++number;
  return number == run.next || has_room_ahead(0) ? number : 0;
}

bool NoteLog::is_affordable(const base::PeerId& author, base::Instant now) const {
  const auto known = authors_.find(author);
  if (known == authors_.end()) return true;
  base::TokenBucket rate = known->second.rate;  // a look, not a payment
  return rate.try_take(1, now);
}

wire::NoteSpan NoteLog::span_of(const wire::NoteRun& id) const {
  const auto known = runs_.find(id);
  if (known == runs_.end()) return {id, 1, 1};
  const Run& run = known->second;
  return {id, run.next - static_cast<std::uint32_t>(run.held.size()), run.next};
}

std::vector<wire::NoteSpan> NoteLog::spans() const {
  std::vector<wire::NoteSpan> spans;
  for (const auto& [id, run] : runs_) {
    if (!run.held.empty()) spans.push_back(span_of(id));
  }
  static_assert(kHistoryNotesMax + kUnwantedSpansMax <= wire::kNoteSpansMax);
  for (const auto& [id, span] : unwanted_spans_) spans.push_back(span);
  std::sort(spans.begin(), spans.end(), [](const auto& a, const auto& b) { return a.run < b.run; });
  return spans;
}

// FNV-1a, as Map::hash().
std::uint64_t NoteLog::hash() const {
  std::uint64_t hash = 0xcbf29ce484222325U;
  const auto mix = [&](std::uint64_t word) {
    for (int i = 0; i < 8; ++i) hash = (hash ^ ((word >> (8 * i)) & 0xff)) * 0x100000001b3U;
  };
  for (const wire::NoteSpan& span : spans()) {
    for (const std::uint8_t byte : span.run.author.bytes) hash = (hash ^ byte) * 0x100000001b3U;
    mix(span.run.incarnation.started_ms);
    mix(span.next);
  }
  return hash;
}

const wire::SignedNote* NoteLog::find(const wire::NoteRun& id, std::uint32_t number) const {
  const wire::NoteSpan span = span_of(id);
  if (number < span.first || number >= span.next) return nullptr;
  return &runs_.at(id).held[number - span.first].note;
}

// --- forgetting ------------------------------------------------------------------------------------------------------

void NoteLog::set_wanted(const base::PeerId& author, bool is_wanted) {
  if (is_wanted) {
    unwanted_.erase(author);
    std::erase_if(unwanted_spans_, [&](const auto& span) { return span.first.author == author; });
    return;
  }
  unwanted_.insert(author);
  for (auto& [id, run] : runs_) {
    if (id.author != author) continue;
    learn_unwanted(span_of(id));
    let_go_of_all(run);
  }
}

void NoteLog::learn_unwanted(const wire::NoteSpan& span) {
  if (wants(span.run.author) || span.first == span.next) return;
  const auto known = unwanted_spans_.find(span.run);
  if (known == unwanted_spans_.end()) {
    if (unwanted_spans_.size() < kUnwantedSpansMax) unwanted_spans_[span.run] = span;
    return;
  }
  if (span.next <= known->second.next) return;
  known->second = span;
}

std::pair<NoteLog::Runs::const_iterator, std::size_t> NoteLog::runs_of(const base::PeerId& author) const {
  const auto oldest = runs_.lower_bound({author, {0}});
  std::size_t count = 0;
  for (auto run = oldest; run != runs_.end() && run->first.author == author; ++run) ++count;
  return {oldest, count};
}

void NoteLog::let_go_of_first(Run& run) {
  --held_notes_;
  held_bytes_ -= run.held.front().note.note.body.size();
  run.held.pop_front();
}

void NoteLog::let_go_of_all(Run& run) {
  while (!run.held.empty()) let_go_of_first(run);
  for (const auto& [number, note] : run.ahead) {
    --ahead_notes_;
    ahead_bytes_ -= note.note.body.size();
  }
  run.ahead.clear();
}

// The oldest go: by time, then author, run and number, so that everybody keeps the same ones.
void NoteLog::trim_history() {
  while (held_notes_ > kHistoryNotesMax || held_bytes_ > kHistoryBytesMax) {
    Run* oldest = nullptr;
    for (auto& [id, run] : runs_) {
      if (run.held.empty()) continue;
      if (!oldest || run.held.front().at_ms < oldest->held.front().at_ms) oldest = &run;
    }
    let_go_of_first(*oldest);
  }
}

void NoteLog::make_room_for_run(const base::PeerId& author) {
  const auto [oldest_of_author, count] = runs_of(author);
  if (count >= kRunsOfAuthorMax) {
    Author& known = authors_.at(author);
    known.floor = oldest_of_author->first.incarnation;
    known.forgotten_ms = std::max(known.forgotten_ms, oldest_of_author->second.last_ms);
    const wire::NoteRun oldest = oldest_of_author->first;
    forget(runs_.find(oldest));
  }
  if (runs_.size() < kRunsMax) return;
  // There are many more runs than notes, so one that holds none is found.
  auto oldest = runs_.end();
  for (auto run = runs_.begin(); run != runs_.end(); ++run) {
    if (run->first == own_ || !run->second.held.empty() || !run->second.ahead.empty()) continue;
    if (oldest == runs_.end() || run->second.touched < oldest->second.touched) oldest = run;
  }
  static_assert(kRunsMax > kHistoryNotesMax + kAheadNotesMax + 1);
  GROVE_ASSERT(oldest != runs_.end());
  forgotten_ms_ = std::max(forgotten_ms_, oldest->second.last_ms);
  forget(oldest);
}

void NoteLog::forget(Runs::iterator run) {
  const base::PeerId author = run->first.author;
  let_go_of_all(run->second);
  runs_.erase(run);
  if (runs_of(author).second > 0) return;
  const auto known = authors_.find(author);
  forgotten_ms_ = std::max(forgotten_ms_, known->second.forgotten_ms);
  authors_.erase(known);
}

}  // namespace grove::overlay
