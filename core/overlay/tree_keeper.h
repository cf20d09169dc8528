// When a source plans its own tree anew: patch at once and optimise slowly (DESIGN §4 Timers). A tree on which nobody
// speaks costs nothing: a silent source plans when it speaks again.
//
// The drive contract is node.h's: after any input poll() until it returns nothing; before the frame that follows
// handle_spoke() too, so that the frame goes down the tree that holds.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "overlay/map.h"
#include "overlay/plan.h"
#include "overlay/spurt.h"
#include "wire/petition.h"

namespace grove::overlay {

class TreeKeeper {
 public:
  // DESIGN §4 Timers.
  static constexpr base::Duration kPatchAfterFailure = base::Duration::ms(50);
  static constexpr base::Duration kPatchAfterChange = base::Duration::ms(100);
  static constexpr base::Duration kOptimiseEvery = base::Duration::s(10);
  static constexpr base::Duration kGainMin = base::Duration::ms(10);
  static constexpr std::int64_t kGainMinPercent = 10;
  static constexpr base::Duration kGainAfterBlocks = base::Duration::ms(1);  // a guess: nothing of a tree is in danger then
  // Guesses.
  // A plan that mends nothing begins so much later, when everybody has it: a second of speech. Until then frames go the old
  // way, so that none crosses two trees and none falls between them.
  static constexpr std::uint64_t kLeadFrames = 50;
  static constexpr base::Duration kSettleFor = base::Duration::s(3);  // so that a new link's round-trip time is known
  static constexpr base::Duration kAvoidSilent = base::Duration::s(30);
  static constexpr base::Duration kAvoidForger = base::Duration::s(300);
  // Of one listener, not yet expired. A listener complains of its own parent and guardian only, which costs it alone: no
  // plan hangs it anywhere below whom it accused, while others keep their places there. A relay is avoided for everybody
  // when two or more, and half of those it serves, complain. So nobody alone can wreck a plan, and all that a liar gets is
  // four relays less for itself.
  static constexpr std::size_t kComplaintsMax = 4;

  enum class Change { kJoin, kLeave, kFailure, kOther };

  TreeKeeper(const base::PeerId& self, const wire::Incarnation& incarnation, std::size_t copies_max, std::size_t copies_at_once = 0)
      : incarnation_(incarnation), input_{.source = self, .copies_max = copies_max, .copies_at_once = copies_at_once} {}

  // A peer or a link came, went politely, or failed; other news (a round-trip time, a role) waits for the optimiser.
  void handle_map_changed(Change change, base::Instant now);
  void handle_complaint(const base::PeerId& listener, const wire::Complaint& complaint, base::Instant now);
  void handle_budget_changed(std::size_t copies_max, std::size_t copies_at_once, base::Instant now);
  // What the other live voices take of everybody's uplink: so many, and in their trees these copies (sorted by peer).
  void set_carried(std::size_t other_voices, std::vector<PlanInput::Carried> carried, const Map& map, base::Instant now);
  // Somebody bears less than it did.
  void handle_shrunk(const Map& map, base::Instant now);
  void set_aside(std::vector<PlanInput::Aside> links, base::Instant now);  // sorted
  // Those linked to us of whom nothing has been heard for too long: nobody should hang below them, while anything else is left.
  void set_doubtful(std::vector<base::PeerId> peers, base::Instant now);
  void set_no_send(std::vector<base::PeerId> peers, base::Instant now);
  void handle_spoke(base::Instant now);

  // A new plan to sign and send, when one is due and differs from the last. `map` holds our own record.
  std::optional<Planned> poll(const Map& map, base::Instant now);
  // Of the plan that poll() gave last: frames until it begins.
  std::uint64_t lead() const { return lead_; }
  base::Instant next_deadline() const;

  std::uint32_t epoch() const { return epoch_; }  // of the last plan that poll() gave; 0 = none yet
  const Planned& current() const { return current_; }
  const PlanInput& input() const { return input_; }

 private:
  struct Complained {
    base::PeerId listener;
    base::PeerId about;
    base::Instant until;
    bool is_forged;
  };
  struct AvoidedRelay {
    base::PeerId peer;
    base::Instant until;
  };

  bool is_awake(base::Instant now) const { return has_spoken_ && now - last_spoke_ < kAwakeFor; }
  void want_patch(base::Instant due);
  void want_optimising(base::Instant now);
  void judge_relay(const base::PeerId& relay);
  void forget_old_complaints(base::Instant now);
  void list_avoided();
  std::optional<Planned> publish(Planned planned);

  wire::Incarnation incarnation_;
  PlanInput input_;
  Planned current_;
  std::uint32_t epoch_ = 0;
  std::vector<Complained> complaints_;
  std::vector<AvoidedRelay> avoided_relays_;
  std::vector<base::PeerId> doubtful_;  // sorted

  bool has_spoken_ = false;
  bool is_mending_ = false;  // somebody may be without this voice, or our uplink carries too much
  bool is_torn_ = false;     // by blocks, and not yet as good again as it can be
  std::uint64_t lead_ = 0;
  bool is_waking_ = false;  // speaks after silence: whatever changes now interrupts nobody
  base::Instant last_spoke_;
  base::Instant patch_due_ = base::Instant::never();
  base::Instant optimise_due_ = base::Instant::never();
  base::Instant next_optimise_;  // no earlier
};

}  // namespace grove::overlay
