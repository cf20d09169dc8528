// Asking for what is missing, one neighbour at a time, and giving up what nobody has any more.
#include <algorithm>
#include <set>
#include <utility>

#include "overlay/notes.h"

namespace grove::overlay {

void Notes::settle(base::Instant now) {
  // Woken much too late, we slept: the answers wait in our own channels, and nobody is to blame.
  if (!wake_.is_never() && now > wake_ + kAnswerWithin) {
    log_.restart_gaps(now);
    for (auto& [peer, neighbour] : neighbours_) {
      if (neighbour.ask) neighbour.ask->since = neighbour.ask->last_news = now;
    }
  }
  wake_ = base::Instant::never();
  end_late_asks(now);
  skip_gaps(now);
  if (std::exchange(may_ask_, false) || now >= ask_wake_) ask(now);
  wake_by(ask_wake_);
}

void Notes::end_late_asks(base::Instant now) {
  for (auto& [peer, neighbour] : neighbours_) {
    if (!neighbour.ask) continue;
    const base::Instant due = std::min(neighbour.ask->last_news + kAnswerWithin, neighbour.ask->since + kAskFor);
    if (now >= due) {
      end_ask(peer, neighbour, now);
    } else {
      wake_by(due);
    }
  }
}

void Notes::end_ask(const base::PeerId& peer, Neighbour& neighbour, base::Instant now) {
  const Ask ended = *std::exchange(neighbour.ask, std::nullopt);
  may_ask_ = true;
  const bool has_brought = std::any_of(ended.runs.begin(), ended.runs.end(), [](const auto& run) { return run.second; });
  std::vector<wire::NoteSpan> news;
  for (const auto& [run, is_brought] : ended.runs) {
    if (is_brought) news.push_back(log_.span_of(run));
    const auto claim = neighbour.claims.find(run);
    if (claim == neighbour.claims.end()) continue;
    if (is_brought) {
      claim->second.failures = 0;
      claim->second.ask_again = now;
    } else if (!has_brought) {  // else the answer may have been full
      const auto doublings = std::min<std::uint32_t>(claim->second.failures++, 8);
      claim->second.ask_again = now + std::min(kAskAgainAfter * (std::int64_t{1} << doublings), kAskAgainAfterMax);
    }
  }
  for (auto& [other, its] : neighbours_) {
    if (other != peer) announce(other, its, news, now);
  }
}

void Notes::skip_gaps(base::Instant now) {
  for (const NoteLog::Gap& gap : log_.gaps()) {
    const base::Instant due = gap.since + patience(gap);
    if (now >= due) {
      deliver(log_.skip(gap.run, now));
      may_ask_ = true;
    } else {
      wake_by(due);
    }
  }
}

base::Duration Notes::patience(const NoteLog::Gap& gap) const {
  bool is_passed = false;
  for (const auto& [peer, neighbour] : neighbours_) {
    if (neighbour.ask && neighbour.ask->runs.contains(gap.run)) return kSkipAfterMax;
    const auto claim = neighbour.claims.find(gap.run);
    if (claim == neighbour.claims.end()) continue;
    const bool is_there = claim->second.first <= gap.missing && gap.missing < claim->second.next;
    if (is_there && claim->second.failures == 0) return kSkipAfterMax;
    is_passed |= claim->second.first > gap.missing;
  }
  if (!is_passed) return kSkipAfterMax;
  return gap.has_begun ? kSkipAfter : kBeginAfter;
}

void Notes::ask(base::Instant now) {
  ask_wake_ = base::Instant::never();
  std::set<wire::NoteRun> open;
  for (const auto& [peer, neighbour] : neighbours_) {
    for (const auto& [run, claim] : neighbour.claims) {
      if (missing_of(run, claim) > 0) open.insert(run);
    }
  }
  std::map<base::PeerId, std::vector<wire::NoteWant::Mark>> wants;
  for (const wire::NoteRun& run : open) {
    if (is_asked(run)) continue;
    if (!log_.is_affordable(run.author, now)) {
      ask_wake_ = std::min(ask_wake_, now + base::Duration::s(1) / NoteLog::kAuthorRate.per_second);
      continue;
    }
    const auto choice = choose(run, now);
    if (!choice) continue;
    auto& marks = wants[choice->neighbour];
    if (marks.size() < wire::kNoteWantsMax) marks.push_back({run, choice->from});
  }
  for (auto& [peer, marks] : wants) {
    Ask& ask = neighbours_.at(peer).ask.emplace(Ask{{}, now, now});
    for (const auto& mark : marks) ask.runs.emplace(mark.run, false);
    wake_by(now + kAnswerWithin);
    outputs_.push_back(Send{peer, wire::NoteWant{std::move(marks)}});
  }
}

// Who failed us least; of those, who begins earliest; of those, anybody.
std::optional<Notes::Choice> Notes::choose(const wire::NoteRun& run, base::Instant now) {
  std::optional<Choice> best;
  std::pair<std::uint32_t, std::uint32_t> best_rank;
  std::size_t ties = 0;
  for (const auto& [peer, neighbour] : neighbours_) {
    const auto claim = neighbour.claims.find(run);
    if (neighbour.ask || claim == neighbour.claims.end()) continue;
    const std::uint32_t missing = missing_of(run, claim->second);
    if (missing == 0) continue;
    if (now < claim->second.ask_again) {
      ask_wake_ = std::min(ask_wake_, claim->second.ask_again);
      continue;
    }
    const std::pair rank(claim->second.failures, missing);
    if (best && best_rank < rank) continue;
    ties = best && best_rank == rank ? ties + 1 : 1;
    if (ties > 1 && random_.below(ties) > 0) continue;
    best = Choice{peer, missing};
    best_rank = rank;
  }
  return best;
}

// The first number that this neighbour has and we lack; 0: none.
std::uint32_t Notes::missing_of(const wire::NoteRun& run, const Claim& claim) const {
  if (claim.first >= claim.next) return 0;
  const std::uint32_t missing = log_.missing_from(run, claim.first);
  return missing < claim.next ? missing : 0;
}

bool Notes::is_asked(const wire::NoteRun& run) const {
  return std::any_of(neighbours_.begin(), neighbours_.end(), [&](const auto& neighbour) {
    return neighbour.second.ask && neighbour.second.ask->runs.contains(run);
  });
}

}  // namespace grove::overlay
