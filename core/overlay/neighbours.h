// Link selection (DESIGN §4): in a small room a link to everybody, beyond it 24. Whom we want, which link to open next, and
// which to give back; `link_choice.h` says who, this class says when. It counts what is made, because a browser tab gets 500
// RTCPeerConnections in its life.
//
// Whoever has few links, though it has all it wants, makes near ones. A link made or lost is told to the whole room, so one
// that we have is kept until we have looked for better ones, and tell of those anyway. Then those beyond 24 are given back
// that neither end wants and no live tree runs over: first withdrawn from our record, so that planners leave them, and closed
// kFarewell later.
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
  static constexpr std::size_t kOpenMax = 48;   // beyond: kLinksTarget and what others want of us
  static constexpr std::size_t kSpareMax = 44;  // nobody asks whoever has so many, but for the ring, which keeps the graph whole
  // Newcomers know nobody's links and ask whoever keeps the door, who has been here longest and has most. A guess.
  static constexpr std::size_t kForNewcomers = 8;
  static constexpr std::size_t kAttemptsAtOnce = 12;
  static constexpr base::Duration kAttemptFor = base::Duration::s(20);  // as room/introducer.h; then it counts as failed
  // DESIGN §4, in steady state. What was not used is saved up: a set of links, and half as many again when coordinates
  // become clear, or half of the room dies. A guess.
  static constexpr base::Duration kOpenSpacing = base::Duration::s(20);
  static constexpr int kOpensSaved = 36;
  static constexpr int kOpensForWanted = 8;  // of those, not for filling up; a guess
  static constexpr std::size_t kFillBelow = 12;
  static constexpr std::size_t kFillTo = 16;  // for one link that is lost nobody makes another; guesses
  static constexpr std::size_t kLinksFew = 8;  // whoever has fewer does not wait: a ring's worth
  static constexpr std::size_t kRetireFrom = 40;  // people: nobody drops links because one more came, who may leave; a guess
  static constexpr base::Duration kUnwantedFor = base::Duration::s(5);  // before it is given back; a guess
  static constexpr base::Duration kFarewell = base::Duration::s(5);
  static constexpr std::size_t kMadeAnHour = 300;  // DESIGN §4
  static constexpr std::size_t kMadeInLife = 480;  // of a tab's 500; the rest is the application's
  static constexpr std::size_t kReservedForIncoming = 50;  // of both; a guess
  static constexpr base::Duration kRetryFirst = base::Duration::s(1);
  static constexpr base::Duration kRetryMax = base::Duration::s(300);
  // A link that lived shorter than this counts as failed.
  static constexpr base::Duration kShortLife = base::Duration::s(30);  // a guess
  // Both ends would like most links; one of them begins, so that offers do not cross.
  static constexpr base::Duration kOtherWaits = base::Duration::s(1);   // a guess
  // A wish holds so long; a planner that still has it says it again within half of that. A guess.
  static constexpr base::Duration kWishFor = base::Duration::s(120);
  // A link that was wished for and then used holds its place so long after. A guess.
  static constexpr base::Duration kUsefulFor = base::Duration::s(600);
  static constexpr std::size_t kWishesEach = 8;    // of one planner to us
  static constexpr std::size_t kWishesMax = 1'000; // of all
  static constexpr base::Duration kRemembered = base::Duration::s(600);  // who failed, and how often
  static constexpr std::size_t kPeersMax = 500;

  enum class Stage : std::uint8_t { kNone, kPending, kOpen };

  struct Candidate {  // everybody in the room but ourselves
    base::PeerId peer;
    // Round trip: measured where linked, else as coordinates have it, once we know where we are.
    std::optional<base::Duration> away;
    Stage stage = Stage::kNone;
    bool is_wanted_by_it = false;  // LinkClaim::is_wanted about us in its record
    bool is_in_use = false;        // a live tree runs over our link
    bool is_tree_link = false;     // overlay/tree_links.h
    std::size_t links = 0;         // how many it has, by the map
  };

  struct Decision {
    std::vector<base::PeerId> wanted;     // sorted: is_wanted in our claims
    std::vector<base::PeerId> withdrawn;  // sorted: open, but no longer claimed in our record
    std::optional<base::PeerId> open;     // ask for this link now, list it as pending, decide again
    std::optional<base::PeerId> close;    // its farewell is over: close it, decide again
    base::Instant next;                   // decide again by then
  };

  // The seed is for jitter alone.
  Neighbours(const base::PeerId& self, std::uint64_t seed) : self_(self), random_(seed) {}

  // A planner would like us to be linked to somebody.
  void handle_wish(const base::PeerId& from, const base::PeerId& link_to, base::Instant now);
  // An RTCPeerConnection was made, whoever asked for it.
  void handle_attempt(base::Instant now);
  // It came to nothing, or there is no way to ask.
  void handle_failed(const base::PeerId& peer, base::Instant now);
  // Earlier attempts say nothing about the next one: they failed because the two did not want to meet.
  void forget_failures(const base::PeerId& peer, base::Instant now);

  // We know anew whom we want: what else there is may go, a little later.
  void handle_looked(base::Instant now) { next_retire_ = now + kUnwantedFor; }

  // `others` holds everybody, once. Cheap enough for every change of a link or a record; in between, at `next`.
  Decision decide(const std::vector<Candidate>& others, base::Instant now);

  // Not linked, and no use asking for now.
  bool is_out_of_reach(const Candidate& other, base::Instant now) const;

  std::size_t made_in_life() const { return made_in_life_; }

 private:
  struct Known {
    std::size_t at = 0;  // its place among the candidates of this decision
    Stage stage = Stage::kNone;
    base::Instant asked_at;
    base::Instant opened_at;
    base::Instant wanted_since = base::Instant::never();
    base::Instant unwanted_since = base::Instant::never();  // by both ends
    base::Instant close_at = base::Instant::never();        // withdrawn
    base::Instant useful_until;
    int failures = 0;
    base::Instant retry_at;
    bool is_paid = false;    // we asked, and counted it as a new link
    bool is_filler = false;  // asked for to fill up, not answered yet
    base::Instant last_seen;
  };
  struct Wish {
    base::PeerId from;
    base::PeerId link_to;
    base::Instant until;
  };

  void note_stages(const std::vector<Candidate>& others, base::Instant now);
  void forget_old(base::Instant now);
  Choice choose(const std::vector<Candidate>& others, base::Instant now) const;
  std::vector<base::PeerId> mesh_order(const std::vector<Candidate>& others) const;
  void note_wanted(const std::vector<base::PeerId>& wanted, const std::vector<Candidate>& others, base::Instant now);
  void decide_open(const std::vector<base::PeerId>& order, const std::vector<Candidate>& others, base::Instant now,
                   Decision& decision);
  std::optional<base::PeerId> filler(const std::vector<Candidate>& others, base::Instant now) const;
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
  bool is_sparse_ = false;
  base::Instant opens_paid_until_;  // one by kOpenSpacing
  base::Instant short_since_ = base::Instant::never();  // of links, with nobody left whom we want
  base::Instant next_retire_ = base::Instant::never();
};

}  // namespace grove::overlay
