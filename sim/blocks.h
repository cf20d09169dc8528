// Who blocks whom since when, and from when on nothing of it may be on the wire: for checkers and figures.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "sim/checkers/watches.h"
#include "sim/observer.h"
#include "sim/world.h"

namespace grove::sim {

class Blocks : public Observer {
 public:
  static constexpr Duration kBeyondRtt = Duration::ms(100);      // issue 4
  static constexpr Duration kHeardAgainWithin = Duration::s(3);  // after an unblock: I6's healing
  // Where one of the two, or the way between them, is new: as figures give a newcomer (Hearing::kNewcomerFor).
  static constexpr Duration kNewFor = Duration::s(10);
  static constexpr Duration kRepair = Duration::s(1);            // where packets are lost: SCTP's first timeout (RFC 9260)
  static constexpr Duration kWakingFor = Duration::s(3);         // after a freeze: Hearing::kWakingFor

  Blocks(const World& world, const LinkWatch& links) : world_(world), links_(links) {}

  bool is_empty() const { return spans_.empty(); }
  bool is_blocked(PersonId listener, PersonId source) const;
  bool is_apart(PersonId a, PersonId b) const { return !is_empty() && (is_blocked(a, b) || is_blocked(b, a)); }
  // For so long already.
  bool is_blocked_since(PersonId listener, PersonId source, Duration time, Instant now) const;
  // From then on nothing of the source may go to the listener, nor over it: one round trip of the pair and kBeyondRtt after the
  // block; where no link joins them, of the shortest path of links. never(): no block, or its word could not arrive yet.
  Instant quiet_from(PersonId listener, PersonId source) const;
  bool must_be_quiet(PersonId listener, PersonId source, Instant now) const { return !is_empty() && now >= quiet_from(listener, source); }
  bool is_waking(PersonId person, Instant now) const;
  // A frame spoken at `at` is expected by this listener: nobody wanted it otherwise from kHeardAgainWithin before until `after` after.
  bool is_wanted(PersonId listener, PersonId source, Instant at, Duration after) const;
  // Whom this source's voice can reach: over links now up, by no edge between two of whom one blocks the other but the source's
  // own to willing ones, and through nobody who blocks the source. In the pair: `source` itself is among them.
  std::set<PersonId> reach_of(PersonId source) const;

  struct Span {
    Instant from, until = Instant::never();
    Instant quiet_from = Instant::never();
    bool is_told_late = false;  // the word could not come at once: how it travels decides
  };
  using Pair = std::pair<PersonId, PersonId>;  // listener, source
  const std::map<Pair, std::vector<Span>>& blocked() const { return spans_[kBlockedPlace]; }
  Instant first() const { return first_; }              // never(): none yet
  Instant last_change() const { return last_change_; }

  void on_entered(PersonId person, Instant now) override { entered_[person] = now; }
  void on_frozen(PersonId person, Instant now) override;
  void on_thawed(PersonId person, Instant now) override;
  void on_sent(const Passage& passage) override;
  void on_arrived(const Passage& passage) override;
  void on_blocked(PersonId listener, PersonId source, BlockKind kind, bool is_on, Instant now) override;
  void on_tick(Instant now) override;

 private:
  static constexpr std::size_t kBlockedPlace = static_cast<std::size_t>(BlockKind::kBlocked);

  struct Spans : std::array<std::map<Pair, std::vector<Span>>, 3> {  // by kind
    bool empty() const { return at(0).empty() && at(1).empty() && at(2).empty(); }
  };
  Span* open_span(PersonId listener, PersonId source);
  const Span* open_span(PersonId listener, PersonId source) const;
  bool is_new(PersonId person, Instant now) const;
  std::optional<Duration> shortest_way(PersonId from, PersonId to) const;
  void set_due(Span& span, PersonId listener, PersonId source, Instant now) const;
  Duration slack() const;

  const World& world_;
  const LinkWatch& links_;
  Spans spans_;
  std::map<PersonId, Instant> entered_, thawed_;
  Instant first_ = Instant::never(), last_change_;
};

}  // namespace grove::sim
