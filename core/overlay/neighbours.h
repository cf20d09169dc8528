// Link selection (DESIGN §4): in a small room a link to everybody, beyond it 24. Whom we want, which link to open next, and
// which to give back; `link_choice.h` says who, this class says when. It counts what is made, because a browser tab gets 500
// RTCPeerConnections in its life.
//
// A link is given back when neither end wants it and no live tree runs over it: first it is withdrawn from our record, so
// that planners leave it, and closed kFarewell later.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "base/id.h"
#include "base/random.h"
#include "base/time.h"
#include "overlay/link_choice.h"
#include "wire/record.h"

namespace grove::overlay {

class Neighbours {
 public:
  static constexpr std::size_t kMeshMax = 32;   // DESIGN §4: up to so many peers, everybody with everybody
  static constexpr std::size_t kMeshAgain = 28; // once larger: so that 32 → 33 → 32 rebuilds nothing; a guess
  static constexpr std::size_t kOpenMax = 32;   // beyond: kLinksTarget and what others want of us
  static constexpr std::size_t kRingReserve = 2;  // of those, kept free for the ring, which keeps the graph whole
  static constexpr std::size_t kSpareMax = 28;    // nobody asks whoever has so many, but for the ring
  static constexpr std::size_t kAttemptsAtOnce = 8;
  static constexpr base::Duration kAttemptFor = base::Duration::s(20);  // as room/introducer.h
  static constexpr base::Duration kOpenSpacing = base::Duration::s(20);   // DESIGN §4, in steady state
  // Until we know where we are, or have waited long enough, fewer links, so that most are chosen well. Guesses.
  static constexpr std::size_t kUnsureTarget = 16;
  static constexpr std::uint8_t kUnsurePercent = 30;
  static constexpr base::Duration kUnsureFor = base::Duration::s(8);
  // While the room is new to us and coordinates move: 30 links at most, within the hour's 300. A guess.
  static constexpr base::Duration kSettlingFor = base::Duration::s(120);
  static constexpr base::Duration kSettlingSpacing = base::Duration::s(4);
  static constexpr base::Duration kRetireSpacing = base::Duration::s(20);
  static constexpr base::Duration kUnwantedFor = base::Duration::s(30);  // before it is given back; a guess
  static constexpr base::Duration kFarewell = base::Duration::s(5);
  static constexpr std::size_t kMadeAnHour = 300;  // DESIGN §4
  static constexpr std::size_t kMadeInLife = 480;  // of a tab's 500; the rest is the application's
  static constexpr std::size_t kReservedForIncoming = 50;  // of both; a guess
  static constexpr base::Duration kRetryFirst = base::Duration::s(1);
  static constexpr base::Duration kRetryMax = base::Duration::s(300);
  // A link that lived shorter than this counts as failed.
  static constexpr base::Duration kShortLife = base::Duration::s(30);  // a guess
  // Both ends would like most links; the one with the lower id starts, so that offers do not cross.
  static constexpr base::Duration kHigherIdWaits = base::Duration::s(1);   // a guess
  static constexpr base::Duration kSettledWaits = base::Duration::s(5);    // those with links enough leave it to the newcomer
  // A wish holds so long; a planner that still has it says it again within half of that. A guess.
  static constexpr base::Duration kWishFor = base::Duration::s(120);
  // A link that was wished for and then used holds its place so long after. A guess.
  static constexpr base::Duration kUsefulFor = base::Duration::s(600);
  static constexpr std::size_t kWishesEach = 8;    // of one planner to us
  static constexpr std::size_t kWishesMax = 1'000; // of all
  static constexpr base::Duration kRemembered = base::Duration::s(600);  // what we measured of who is no longer linked
  static constexpr std::size_t kPeersMax = 500;

  enum class Stage : std::uint8_t { kNone, kPending, kOpen };

  struct Candidate {  // everybody in the room but ourselves
    base::PeerId peer;
    wire::Coordinate coordinate;
    std::uint8_t copies_max = 1;        // what it carries for others; 0: a leaf
    std::optional<base::Duration> rtt;  // measured, where linked
    Stage stage = Stage::kNone;
    bool is_wanted_by_it = false;  // LinkClaim::is_wanted about us in its record
    bool is_in_use = false;        // a live tree runs over our link
    std::size_t links = 0;         // how many its record claims
  };

  struct Decision {
    std::vector<base::PeerId> wanted;     // sorted: is_wanted in our claims
    std::vector<base::PeerId> withdrawn;  // sorted: open, but no longer claimed in our record
    std::optional<base::PeerId> open;     // make this link now: handle_attempt, list it as pending, decide again
    std::optional<base::PeerId> close;    // its farewell is over: close it, decide again
    base::Instant next;                   // decide again by then
  };

  // The seed is for jitter alone.
  Neighbours(const base::PeerId& self, std::uint64_t seed) : self_(self), random_(seed) {}

  // A planner would like us to be linked to somebody.
  void handle_wish(const base::PeerId& from, const base::PeerId& link_to, base::Instant now);
  // An RTCPeerConnection was made, whoever asked for it.
  void handle_attempt(const base::PeerId& peer, base::Instant now);
  // It came to nothing, or there is no way to ask.
  void handle_failed(const base::PeerId& peer, base::Instant now);

  // `others` holds everybody, once. Cheap enough for every change of a link or a record; in between, at `next`.
  Decision decide(const wire::Coordinate& ours, const std::vector<Candidate>& others, base::Instant now);

  // Somebody asks for a link.
  bool may_accept(const base::PeerId& from, const std::vector<Candidate>& others, base::Instant now) const;

  std::size_t made_in_life() const { return made_in_life_; }

 private:
  struct Known {
    std::size_t at = 0;  // its place among the candidates of this decision
    Stage stage = Stage::kNone;
    base::Instant opened_at;
    base::Instant wanted_since = base::Instant::never();
    base::Instant unwanted_since = base::Instant::never();  // by both ends
    base::Instant close_at = base::Instant::never();        // withdrawn
    base::Instant useful_until;
    int failures = 0;
    base::Instant retry_at;
    std::optional<base::Duration> measured;
    base::Instant last_seen;
    bool was_near = false;
    bool was_far = false;
  };
  struct Wish {
    base::PeerId from;
    base::PeerId link_to;
    base::Instant until;
  };

  std::size_t target(const wire::Coordinate& ours, base::Instant now) const;
  base::Duration spacing(base::Instant now) const;
  void note_stages(const std::vector<Candidate>& others, base::Instant now);
  void forget_old(base::Instant now);
  Choice choose(const wire::Coordinate& ours, const std::vector<Candidate>& others, base::Instant now);
  std::vector<base::PeerId> mesh_order(const std::vector<Candidate>& others) const;
  void note_wanted(const std::vector<base::PeerId>& wanted, const std::vector<Candidate>& others, base::Instant now);
  void decide_open(const std::vector<base::PeerId>& order, const std::vector<Candidate>& others, std::size_t target,
                   base::Instant now, Decision& decision);
  void decide_retire(const std::vector<Candidate>& others, base::Instant now, Decision& decision);
  std::size_t wishes_for(const base::PeerId& peer, base::Instant now) const;
  bool may_make(std::size_t reserve, base::Instant now) const;
  void fail(Known& known, base::Instant now);

  base::PeerId self_;
  base::Random random_;
  std::map<base::PeerId, Known> known_;
  std::vector<Known*> current_;         // in this decision, of each candidate
  std::deque<Wish> wishes_;             // oldest first
  std::deque<base::Instant> made_;      // of the last hour
  std::size_t made_in_life_ = 0;
  std::optional<base::Instant> began_;  // the first decision
  bool is_sparse_ = false;
  base::Instant next_extra_open_;
  base::Instant next_improvement_;
  base::Instant next_retire_;
};

}  // namespace grove::overlay
