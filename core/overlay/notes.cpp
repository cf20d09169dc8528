// What goes out at once. Repair is in note_repair.cpp.
#include "overlay/notes.h"

#include <algorithm>
#include <utility>

#include "base/assert.h"

namespace grove::overlay {
namespace {

// A look, not a payment.
bool can_pay(base::TokenBucket rate, base::Instant now) { return rate.try_take(1, now); }

}  // namespace

Notes::Notes(const wire::NoteRun& own, std::uint64_t wall_clock_ms, std::uint64_t random_seed, base::Instant now)
    : own_(own), log_(own, wall_clock_ms, now), random_(random_seed), own_rate_(kOwnRate, now) {
  // Not all peers of a room in the same instant.
  next_digest_ = now + kDigestEvery / 1000 * static_cast<std::int64_t>(random_.below(1000));
}

// --- links and trees -------------------------------------------------------------------------------------------------

void Notes::handle_link_open(const base::PeerId& peer, base::Instant now) {
  GROVE_ASSERT(peer != own_.author);
  if (neighbours_.erase(peer) > 0) may_ask_ = true;
  neighbours_.emplace(peer, Neighbour(now));
  send_hash(peer);
  settle(now);
}

void Notes::handle_link_closed(const base::PeerId& peer, base::Instant now) {
  if (neighbours_.erase(peer) == 0) return;
  may_ask_ = true;  // somebody else, what this one was asked
  settle(now);
}

void Notes::learn_children(const wire::NoteRun& source, std::vector<base::PeerId> children) {
  trees_.insert_or_assign(source.author, Tree{source.incarnation, std::move(children)});
}

void Notes::forget_tree(const base::PeerId& source) { trees_.erase(source); }

// --- notes -----------------------------------------------------------------------------------------------------------

bool Notes::may_write(base::Instant now) const {
  return can_pay(own_rate_, now) && log_.own_next() <= wire::kNoteNumberMax;
}

void Notes::publish(const wire::SignedNote& note, base::Instant now) {
  own_rate_.try_take(1, now);
  log_.take_own(note, now);
  push(own_, note, own_.author);
}

bool Notes::is_news(const base::PeerId& from, const base::PeerId& author, const wire::Note& note, base::Instant now) const {
  const auto neighbour = neighbours_.find(from);
  if (!log_.is_news(author, note, now)) return false;
  if (neighbour == neighbours_.end()) return from == author;  // over a link set aside
  return log_.knows({author, note.incarnation}) || can_pay(neighbour->second.run_rate, now);
}

void Notes::handle_note(const base::PeerId& from, const base::PeerId& author, const wire::SignedNote& note,
                        base::Instant now) {
  if (!is_news(from, author, note.note, now)) return;
  const wire::NoteRun run{author, note.note.incarnation};
  // From no neighbour it came over a link set aside: that it is here so soon nobody is to see.
  const auto neighbour = neighbours_.find(from);
  if (neighbour != neighbours_.end() && !note_answer(neighbour->second, run, note.note.number, now)) push(run, note, from);
  deliver(log_.take(author, note, now));
  settle(now);
}

// What we asked for is not new to the room: the others are told of it when the answer ends, and ask if they lack it.
bool Notes::note_answer(Neighbour& neighbour, const wire::NoteRun& run, std::uint32_t number, base::Instant now) {
  if (!log_.knows(run)) neighbour.run_rate.try_take(1, now);
  add_received(neighbour, run, number);
  if (!neighbour.ask || !neighbour.ask->runs.contains(run)) return false;
  neighbour.ask->runs.at(run) = true;
  neighbour.ask->last_news = now;
  return true;
}

void Notes::push(const wire::NoteRun& run, const wire::SignedNote& note, const base::PeerId& except) {
  const auto tree = trees_.find(run.author);
  const bool has_tree = tree != trees_.end() && tree->second.incarnation == run.incarnation;
  for (auto& [peer, neighbour] : neighbours_) {
    if (peer == except || peer == run.author || has(neighbour, run, note.note.number)) continue;
    if (has_tree) {
      const auto& children = tree->second.children;
      if (std::find(children.begin(), children.end(), peer) == children.end()) continue;
    }
    add_sent(neighbour, run, note.note.number);
    outputs_.push_back(Send{peer, wire::NoteNews{note}});
  }
}

void Notes::deliver(std::vector<Deliver> deliveries) {
  for (Deliver& delivery : deliveries) outputs_.push_back(std::move(delivery));
}

void Notes::set_wanted(const base::PeerId& author, bool is_wanted, base::Instant now) {
  log_.set_wanted(author, is_wanted);
  may_ask_ = true;
  settle(now);
}

// --- digests and wants -----------------------------------------------------------------------------------------------

void Notes::handle_digest(const base::PeerId& from, const wire::NoteDigest& digest, base::Instant now) {
  const auto known = neighbours_.find(from);
  if (known == neighbours_.end()) return;
  Neighbour& neighbour = known->second;
  if (digest.is_whole) {
    on_whole(from, neighbour, digest, now);
  } else if (digest.spans.empty()) {
    on_hash(from, neighbour, digest.hash, now);
  } else {
    on_spans(from, neighbour, digest.spans, now);
  }
  settle(now);
}

void Notes::on_hash(const base::PeerId& from, Neighbour& neighbour, std::uint64_t theirs, base::Instant now) {
  const std::uint64_t ours = log_.hash();
  if (theirs == ours) {
    for (const wire::NoteSpan& span : log_.spans()) set_claim(neighbour, span);
    return;
  }
  // Two histories may differ in what they have forgotten: comparing them again would bring nothing.
  const bool is_compared = neighbour.compared_theirs == theirs && neighbour.compared_ours == ours;
  if (is_compared && now < neighbour.compare_again) return;
  if (!neighbour.digest_rate.try_take(1, now)) return;
  neighbour.compared_theirs = theirs;
  neighbour.compared_ours = ours;
  neighbour.compare_again = now + kCompareAgainAfter;
  outputs_.push_back(Send{from, wire::NoteDigest{ours, true, log_.spans()}});
}

void Notes::on_whole(const base::PeerId& from, Neighbour& neighbour, const wire::NoteDigest& digest, base::Instant now) {
  // In vain is in vain, whatever they claim now.
  auto before = std::exchange(neighbour.claims, {});
  for (const wire::NoteSpan& span : digest.spans) {
    const auto known = before.find(span.run);
    if (known != before.end()) neighbour.claims.insert(before.extract(known));
    set_claim(neighbour, span);
  }
  log_.forget_unwanted([&](const wire::NoteRun& run) {
    return std::none_of(neighbours_.begin(), neighbours_.end(), [&](const auto& other) { return other.second.claims.contains(run); });
  });
  // What they lack of ours, unless our own whole digest is on its way to them.
  if (neighbour.compared_ours == log_.hash()) return;
  announce(from, neighbour, log_.spans(), now);
}

void Notes::on_spans(const base::PeerId& from, Neighbour& neighbour, const std::vector<wire::NoteSpan>& spans,
                     base::Instant now) {
  for (const wire::NoteSpan& span : spans) set_claim(neighbour, span);
  if (!neighbour.ask) return;
  const auto& asked = neighbour.ask->runs;
  const bool is_end = std::all_of(asked.begin(), asked.end(), [&](const auto& run) {
    return std::any_of(spans.begin(), spans.end(), [&](const wire::NoteSpan& span) { return span.run == run.first; });
  });
  if (is_end) end_ask(from, neighbour, now);
}

void Notes::handle_want(const base::PeerId& from, const wire::NoteWant& want, base::Instant now) {
  const auto known = neighbours_.find(from);
  if (known == neighbours_.end()) return;
  Neighbour& neighbour = known->second;
  std::size_t bytes = 0;
  std::vector<wire::NoteSpan> spans;
  for (const wire::NoteWant::Mark& mark : want.marks) {
    const wire::NoteSpan span = log_.span_of(mark.run);
    spans.push_back(span);
    for (std::uint32_t number = std::max(mark.from, span.first); number < span.next && bytes < kAnswerBytes; ++number) {
      const wire::SignedNote& note = *log_.find(mark.run, number);
      const std::size_t size = wire::encoded_bytes(note);
      if (!neighbour.answer_rate.try_take(static_cast<std::int64_t>(size), now)) {
        bytes = kAnswerBytes;
        break;
      }
      bytes += size;
      add_sent(neighbour, mark.run, number);
      outputs_.push_back(Send{from, wire::NoteNews{note}});
    }
  }
  outputs_.push_back(Send{from, wire::NoteDigest{log_.hash(), false, std::move(spans)}});
}

void Notes::send_hash(const base::PeerId& to) { outputs_.push_back(Send{to, wire::NoteDigest{log_.hash(), false, {}}}); }

// Those of `spans` that go further than they do.
void Notes::announce(const base::PeerId& to, Neighbour& neighbour, std::vector<wire::NoteSpan> spans, base::Instant now) {
  std::erase_if(spans, [&](const wire::NoteSpan& span) {
    const auto claim = neighbour.claims.find(span.run);
    const std::uint32_t theirs = claim == neighbour.claims.end() ? 1 : claim->second.next;
    return span.first == span.next || span.next <= theirs;
  });
  if (spans.empty() || !neighbour.announce_rate.try_take(1, now)) return;
  outputs_.push_back(Send{to, wire::NoteDigest{log_.hash(), false, std::move(spans)}});
}

// --- what neighbours have --------------------------------------------------------------------------------------------

Notes::Claim* Notes::claim_of(Neighbour& neighbour, const wire::NoteRun& run) {
  const auto known = neighbour.claims.find(run);
  if (known != neighbour.claims.end()) return &known->second;
  return neighbour.claims.size() < kClaimsMax ? &neighbour.claims[run] : nullptr;
}

void Notes::set_claim(Neighbour& neighbour, const wire::NoteSpan& span) {
  log_.learn_unwanted(span);
  Claim* claim = claim_of(neighbour, span.run);
  if (!claim) return;
  claim->first = span.first;
  claim->next = span.next;
  claim->is_guess = false;
  may_ask_ = true;
}

// Whoever hands us a note probably has those before it. If not, it says so when asked.
void Notes::add_received(Neighbour& neighbour, const wire::NoteRun& run, std::uint32_t number) {
  Claim* claim = claim_of(neighbour, run);
  if (!claim || number < claim->next) return;
  if (number > claim->next) claim->is_guess = may_ask_ = true;
  claim->next = number + 1;
}

// One that does not join on to those they have may wait there for others, which they might not have.
void Notes::add_sent(Neighbour& neighbour, const wire::NoteRun& run, std::uint32_t number) {
  Claim* claim = claim_of(neighbour, run);
  if (claim && number == claim->next) ++claim->next;
}

bool Notes::has(const Neighbour& neighbour, const wire::NoteRun& run, std::uint32_t number) const {
  const auto claim = neighbour.claims.find(run);
  return claim != neighbour.claims.end() && number < claim->second.next && !claim->second.is_guess;
}

// --- time ------------------------------------------------------------------------------------------------------------

void Notes::handle_time(base::Instant now) {
  if (now >= next_digest_) {
    next_digest_ = now + kDigestEvery;
    if (!neighbours_.empty()) {
      auto chosen = neighbours_.begin();
      std::advance(chosen, static_cast<std::ptrdiff_t>(random_.below(neighbours_.size())));
      send_hash(chosen->first);
    }
  }
  settle(now);
}

std::optional<Notes::Output> Notes::poll() {
  if (outputs_.empty()) return std::nullopt;
  Output output = std::move(outputs_.front());
  outputs_.pop_front();
  return output;
}

base::Instant Notes::next_deadline() const { return std::min(wake_, next_digest_); }

}  // namespace grove::overlay
