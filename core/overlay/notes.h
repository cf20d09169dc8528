// How notes reach everybody: pushed along their author's tree at once, repaired by comparing digests with a neighbour,
// and given to newcomers by whoever is there. Notes come in verified. docs/protocol.md §8.
//
// Drive it like the node: after every handle_* or command poll() until empty; handle_time() at next_deadline().
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/random.h"
#include "base/time.h"
#include "base/token_bucket.h"
#include "overlay/note_log.h"
#include "wire/link_message.h"

namespace grove::overlay {

class Notes {
 public:
  static constexpr base::Duration kDigestEvery = base::Duration::s(5);  // DESIGN §4.1, as the map's
  // A neighbour that was asked and brings nothing for so long is given up for another.
  static constexpr base::Duration kAnswerWithin = base::Duration::s(1);
  static constexpr base::Duration kAskFor = base::Duration::s(10);  // at most, however it trickles: a guess
  static constexpr base::Duration kAskAgainAfter = base::Duration::s(2);       // doubling with every failure: a guess
  static constexpr base::Duration kAskAgainAfterMax = base::Duration::s(60);  // a guess
  // How long a missing note holds up those after it. Somebody linked went past it, and nobody linked has it: it fell out
  // of history. With a run of which we know nothing yet, a second neighbour gets time to know better.
  static constexpr base::Duration kSkipAfter = base::Duration::s(10);
  static constexpr base::Duration kBeginAfter = base::Duration::s(2);  // a guess: a few round trips
  // Nobody linked knows more of it than we: those who had it are gone. A guess.
  static constexpr base::Duration kSkipAfterMax = base::Duration::s(30);
  // One answer: a third of a second of a 1 Mbit/s uplink, so that beats and pulls on the same channel are not held up.
  static constexpr std::size_t kAnswerBytes = 40'000;
  // What a neighbour gets in answers: two whole histories at once, then half a Mbit/s. A guess.
  static constexpr base::TokenBucket::Rate kAnswerRate{.per_second = 64'000, .burst = 2'000'000};
  static constexpr base::TokenBucket::Rate kDigestRate{.per_second = 1, .burst = 5};     // whole ones to one neighbour
  static constexpr base::TokenBucket::Rate kAnnounceRate{.per_second = 5, .burst = 50};  // news to one neighbour
  // The same two histories: twice within kSkipAfterMax, so that one lost answer gives no note up.
  static constexpr base::Duration kCompareAgainAfter = base::Duration::s(14);
  static constexpr std::size_t kClaimsMax = 2 * wire::kNoteSpansMax;  // of one neighbour: its whole digest, and news
  // New runs that one neighbour may show us: two whole histories at once; a guess.
  static constexpr base::TokenBucket::Rate kRunRate{.per_second = 10, .burst = 400};
  // What we write ourselves, well within what others take of us (NoteLog::kAuthorRate).
  static constexpr base::TokenBucket::Rate kOwnRate{.per_second = 5, .burst = 50};

  struct Send {  // on the control channel
    base::PeerId to;
    wire::LinkMessage message;
  };
  using Deliver = NoteLog::Delivery;
  using Output = std::variant<Send, Deliver>;

  Notes(const wire::NoteRun& own, std::uint64_t wall_clock_ms, std::uint64_t random_seed, base::Instant now);

  // Links. An open that follows an open means that the link was replaced: what was on the way may be lost.
  void handle_link_open(const base::PeerId& peer, base::Instant now);
  void handle_link_closed(const base::PeerId& peer, base::Instant now);

  // Whom the plan of this run's source gives us as children; our own tree too. Until it is said, notes of that run go to
  // all our links.
  void learn_children(const wire::NoteRun& source, std::vector<base::PeerId> children);
  void forget_tree(const base::PeerId& source);

  // A note is looked at with is_news(), then its signature is checked, then it is handled. From whoever is no neighbour only
  // its own are taken.
  bool is_news(const base::PeerId& from, const base::PeerId& author, const wire::Note& note, base::Instant now) const;
  void handle_note(const base::PeerId& from, const base::PeerId& author, const wire::SignedNote& note, base::Instant now);
  void handle_digest(const base::PeerId& from, const wire::NoteDigest& digest, base::Instant now);
  void handle_want(const base::PeerId& from, const wire::NoteWant& want, base::Instant now);
  void handle_time(base::Instant now);

  // Our own notes: may_write(), sign the draft, publish().
  bool may_write(base::Instant now) const;
  std::uint32_t own_next() const { return log_.own_next(); }
  std::uint64_t wall_ms(base::Instant now) const { return log_.wall_ms(now); }
  void publish(const wire::SignedNote& note, base::Instant now);

  void set_wanted(const base::PeerId& author, bool is_wanted, base::Instant now);
  void learn_unwanted(const wire::NoteSpan& span) { log_.learn_unwanted(span); }
  wire::NoteSpan own_span() const { return log_.span_of(own_); }
  const wire::SignedNote* own_latest() const { return log_.find(own_, own_next() - 1); }  // null: none is kept
  bool wants(const base::PeerId& author) const { return log_.wants(author); }

  std::optional<Output> poll();
  base::Instant next_deadline() const;

 private:
  struct Claim {  // what a neighbour says that it can hand on of a run
    std::uint32_t first = 1;
    std::uint32_t next = 1;
    bool is_guess = false;       // it handed us one further on than it ever claimed
    std::uint32_t failures = 0;  // asked in vain, since it last brought something of this run
    base::Instant ask_again;
  };
  struct Ask {
    std::map<wire::NoteRun, bool> runs;  // and whether it brought news of it
    base::Instant since;
    base::Instant last_news;
  };
  struct Neighbour {
    explicit Neighbour(base::Instant now)
        : digest_rate(kDigestRate, now),
          announce_rate(kAnnounceRate, now),
          answer_rate(kAnswerRate, now),
          run_rate(kRunRate, now) {}
    std::map<wire::NoteRun, Claim> claims;
    std::optional<Ask> ask;  // at most one at a time
    base::TokenBucket digest_rate, announce_rate, answer_rate, run_rate;
    // The last pair of different hashes over which we sent our whole digest: once is enough.
    std::uint64_t compared_theirs = 0, compared_ours = 0;
    base::Instant compare_again;
  };
  struct Tree {
    wire::Incarnation incarnation;
    std::vector<base::PeerId> children;
  };
  struct Choice {  // whom to ask for a run, and from which number on
    base::PeerId neighbour;
    std::uint32_t from = 1;
  };

  // notes.cpp: what goes out at once.
  bool note_answer(Neighbour& neighbour, const wire::NoteRun& run, std::uint32_t number, base::Instant now);
  void push(const wire::NoteRun& run, const wire::SignedNote& note, const base::PeerId& except);
  void deliver(std::vector<Deliver> deliveries);
  void on_hash(const base::PeerId& from, Neighbour& neighbour, std::uint64_t theirs, base::Instant now);
  void on_whole(const base::PeerId& from, Neighbour& neighbour, const wire::NoteDigest& digest, base::Instant now);
  void on_spans(const base::PeerId& from, Neighbour& neighbour, const std::vector<wire::NoteSpan>& spans, base::Instant now);
  void send_hash(const base::PeerId& to);
  void announce(const base::PeerId& to, Neighbour& neighbour, std::vector<wire::NoteSpan> spans, base::Instant now);
  Claim* claim_of(Neighbour& neighbour, const wire::NoteRun& run);
  void set_claim(Neighbour& neighbour, const wire::NoteSpan& span);
  void add_received(Neighbour& neighbour, const wire::NoteRun& run, std::uint32_t number);
  void add_sent(Neighbour& neighbour, const wire::NoteRun& run, std::uint32_t number);
  bool has(const Neighbour& neighbour, const wire::NoteRun& run, std::uint32_t number) const;

  // note_repair.cpp: asking, giving up. Every input ends with settle().
  void settle(base::Instant now);
  void end_late_asks(base::Instant now);
  void end_ask(const base::PeerId& peer, Neighbour& neighbour, base::Instant now);
  void skip_gaps(base::Instant now);
  base::Duration patience(const NoteLog::Gap& gap) const;
  void ask(base::Instant now);
  std::optional<Choice> choose(const wire::NoteRun& run, base::Instant now);
  std::uint32_t missing_of(const wire::NoteRun& run, const Claim& claim) const;
  bool is_asked(const wire::NoteRun& run) const;
  void wake_by(base::Instant when) { wake_ = std::min(wake_, when); }

  wire::NoteRun own_;
  NoteLog log_;
  base::Random random_;
  base::TokenBucket own_rate_;
  std::map<base::PeerId, Neighbour> neighbours_;
  std::map<base::PeerId, Tree> trees_;
  std::deque<Output> outputs_;
  base::Instant next_digest_;
  base::Instant wake_ = base::Instant::never();      // for repair
  base::Instant ask_wake_ = base::Instant::never();  // somebody may be asked again
  bool may_ask_ = false;  // something changed that may make us ask: all claims are to be looked through
};

}  // namespace grove::overlay
