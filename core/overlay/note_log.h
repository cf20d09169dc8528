// The notes of the room as one peer has them: what is delivered, what waits for those before it, what is kept for
// those who come later. Notes come in verified; this folder knows no keys.
//
//   a run of an author:   1 … | first …………… next-1 | next ……… | ahead
//                      forgotten   held: handed on   missing     wait for the missing ones
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "base/token_bucket.h"
#include "wire/note.h"

namespace grove::overlay {

class NoteLog {
 public:
  // The history: the last notes of the room, whoever wrote them. A guess; the bytes are what a newcomer on 1 Mbit/s
  // fetches in 8 s.
  static constexpr std::size_t kHistoryNotesMax = 200;
  static constexpr std::size_t kHistoryBytesMax = 1'000'000;
  static constexpr std::size_t kUnwantedSpansMax = 48;  // what a digest has room for beside a whole history; a guess
  // Those that wait for others before them, all authors together: a guess, a little more than a whole history.
  static constexpr std::size_t kAheadNotesMax = 256;
  static constexpr std::size_t kAheadBytesMax = 1'000'000;
  // Runs remembered so that nothing of them is delivered twice; about 0.5 MB. A guess: nobody's call has as many.
  static constexpr std::size_t kRunsMax = 2'048;
  static constexpr std::size_t kRunsOfAuthorMax = 16;  // a guess: reloads of a tab in one call
  // What is taken of an author: a whole history and a burst at once. A person never meets it: a guess.
  static constexpr base::TokenBucket::Rate kAuthorRate{.per_second = 5, .burst = 250};

  NoteLog(const wire::NoteRun& own, std::uint64_t wall_clock_ms, base::Instant now)
      : own_(own), wall_clock_ms_(wall_clock_ms), started_(now) {}

  struct Delivery {  // to the app: each note once, in order of number within its run
    base::PeerId author;
    wire::SignedNote note;
    std::uint64_t at_ms = 0;            // wall clock, never later than ours and never before the run's note before it
    std::uint32_t missing_before = 0;  // notes right before it that nobody has any more
  };

  // Would it be taken? Look here before paying for the signature.
  bool is_news(const base::PeerId& author, const wire::Note& note, base::Instant now) const;
  // Takes what is news, and says what can be delivered now.
  std::vector<Delivery> take(const base::PeerId& author, const wire::SignedNote& note, base::Instant now);
  // Our own, numbered own_next(): nothing to deliver, we know what we wrote.
  void take_own(const wire::SignedNote& note, base::Instant now);

  // A run that has notes waiting, since when it could not go on, and whether it ever began.
  struct Gap {
    wire::NoteRun run;
    std::uint32_t missing = 1;
    base::Instant since;
    bool has_begun = false;
  };
  std::vector<Gap> gaps() const;
  // Gives the missing ones up, and says what can be delivered now.
  std::vector<Delivery> skip(const wire::NoteRun& run, base::Instant now);
  // After we slept: what was not repaired meanwhile was nobody's fault.
  void restart_gaps(base::Instant now);

  // The first number from `from` on that we neither had nor have. 0: nothing of this run that we would take.
  std::uint32_t missing_from(const wire::NoteRun& run, std::uint32_t from) const;
  bool knows(const wire::NoteRun& run) const { return runs_.contains(run); }
  bool is_affordable(const base::PeerId& author, base::Instant now) const;

  // What we can hand on.
  wire::NoteSpan span_of(const wire::NoteRun& run) const;
  // What we tell of it: the runs of which we hold notes, and those of unwanted authors; sorted by run.
  std::vector<wire::NoteSpan> spans() const;
  std::uint64_t hash() const;
  const wire::SignedNote* find(const wire::NoteRun& run, std::uint32_t number) const;  // among those held

  // Blocking: nothing of an unwanted author is delivered, kept, or handed on. To others we claim of it what they claim, so that
  // our digests do not tell them whom we block.
  void set_wanted(const base::PeerId& author, bool is_wanted);
  void learn_unwanted(const wire::NoteSpan& span);
  template <typename IsGone>
  void forget_unwanted(IsGone is_gone) {  // runs that nobody else claims any more
    std::erase_if(unwanted_spans_, [&](const auto& span) { return is_gone(span.first); });
  }
  bool wants(const base::PeerId& author) const { return !unwanted_.contains(author); }

  std::uint32_t own_next() const;
  std::uint64_t wall_ms(base::Instant now) const {
    return wall_clock_ms_ + static_cast<std::uint64_t>((now - started_).in_us() / 1000);
  }

 private:
  struct Held {
    wire::SignedNote note;
    std::uint64_t at_ms = 0;
  };
  struct Run {
    std::uint32_t next = 1;   // all below are delivered or given up
    std::deque<Held> held;    // the last of them: numbers next - size … next - 1
    std::map<std::uint32_t, wire::SignedNote> ahead;
    std::uint64_t last_ms = 0;
    bool has_begun = false;   // something was delivered
    base::Instant gap_since;  // while something is ahead
    base::Instant touched;
  };
  struct Author {
    base::TokenBucket rate;
    std::optional<wire::Incarnation> floor;  // runs up to this one are forgotten for good
    std::uint64_t forgotten_ms = 0;          // the last note of those
  };
  using Runs = std::map<wire::NoteRun, Run>;

  // Taking.
  bool is_forgotten(const wire::NoteRun& id) const;
  bool has_room_ahead(std::size_t bytes) const;
  Run& run_of(const wire::NoteRun& id, base::Instant now);
  void hold(Run& run, const wire::SignedNote& note, base::Instant now);
  void deliver_waiting(const base::PeerId& author, Run& run, std::uint32_t missing_before, base::Instant now,
                       std::vector<Delivery>& deliveries);
  // Forgetting.
  std::pair<Runs::const_iterator, std::size_t> runs_of(const base::PeerId& author) const;  // the oldest; how many
  void let_go_of_first(Run& run);
  void let_go_of_all(Run& run);
  void trim_history();
  void make_room_for_run(const base::PeerId& author);
  void forget(Runs::iterator run);

  wire::NoteRun own_;
  std::uint64_t wall_clock_ms_;
  base::Instant started_;
  Runs runs_;
  std::map<base::PeerId, Author> authors_;  // of runs_
  std::set<base::PeerId> unwanted_;
  std::map<wire::NoteRun, wire::NoteSpan> unwanted_spans_;  // as others have them
  std::size_t held_notes_ = 0, held_bytes_ = 0;
  std::size_t ahead_notes_ = 0, ahead_bytes_ = 0;
  std::uint64_t forgotten_ms_ = 0;  // runs unknown to us have no notes as old as this: we may have delivered them
};

}  // namespace grove::overlay
