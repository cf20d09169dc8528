// The way in of one stream at one listener: from whom its frames are taken, when they are missed, and who is asked then.
// docs/overlay.md.
//
// Frames that stop in the middle of a spurt for T_d, or that a guardian has and we do not, are pulled from the guardian at
// once, and from others when it has none either. When the planned parent serves again, the others are told to stop.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "overlay/frame_window.h"
#include "overlay/hole_hunt.h"
#include "overlay/spurt.h"

namespace grove::overlay {

class Intake {
 public:
  // T_d = 2 × the spacing of frames + 4 × jitter, so that no single lost frame is an alarm. DESIGN §4.3 has max(60 ms, 4 × jitter):
  // docs/decisions/0010-alarm-after-two-frames.md.
  static constexpr base::Duration kMissedAfterMin = base::Duration::ms(40);
  static constexpr base::Duration kMissedAfterMax = base::Duration::ms(300);  // a guess: twice a frame's lifetime in a channel
  // A hole waits so long while all frames come one way, for reordering within a link is shorter; a guess. With more ways
  // than one it waits T_d.
  static constexpr base::Duration kHoleAfter = base::Duration::ms(10);
  static constexpr base::Duration kAllOverAfter = base::Duration::ms(200);   // when everybody has been asked; a guess
  static constexpr base::Duration kRenewEvery = base::Duration::s(1);        // half a lease
  static constexpr base::Duration kGiveUpAfter = base::Duration::ms(2'500);  // then the source itself is gone; a guess, below dead-after
  static constexpr base::Duration kBanFor = base::Duration::s(60);           // who forged; a guess
  static constexpr base::Duration kStallHolds = base::Duration::s(1);        // four times their spacing
  static constexpr base::Duration kStallEvery = base::Duration::ms(250);     // DESIGN §4 Timers
  // Frames from the parent until the others may stop: when nothing is missing, a guess; in any case, DESIGN §4 Timers
  // (overlap of old and new parent 300 ms).
  static constexpr int kServedAgain = 3;
  static constexpr int kServedSurely = 15;
  // The lease that it gives whoever leaves it, and longer than a plan is known before it begins.
  static constexpr base::Duration kOldParentFor = base::Duration::s(2);
  static constexpr base::Duration kLateFor = base::Duration::s(1);           // what was on its way when we said STOP; a guess
  static constexpr base::Duration kComplainAgain = base::Duration::s(1);     // a complaint may get lost; a guess
  // What a burst of losses took comes within a frame's lifetime in a channel, 150 ms (DESIGN §3), or others do: no reason to take
  // an edge out of the tree for half a minute.
  static constexpr base::Duration kComplainAfter = base::Duration::ms(200);
  // A new parent has so long to begin. DESIGN §4 Timers (overlap of old and new parent 300 ms), and a round trip.
  static constexpr base::Duration kNextParentFor = base::Duration::ms(500);
  // For so long who stood in for a parent goes on after a spurt: by then a dead one's link is closed (room/link_pulse.h).
  static constexpr base::Duration kDoubtFor = base::Duration::s(3);
  static constexpr std::size_t kPulledMax = 4;
  // As many as the source remembers of one listener (TreeKeeper::kComplaintsMax). Whoever banned more would be seated below
  // somebody whom it does not hear.
  static constexpr std::size_t kBannedMax = 4;

  // What the plan says of us, and who else might have the frames: not below us in the tree, the best first.
  struct Place {
    std::optional<base::PeerId> parent;    // none: the plan does not seat us, or there is none yet
    std::optional<Supplier> guardian;
    bool is_hot = false;
    std::vector<Supplier> others;
    std::uint32_t epoch = 0;
    std::uint64_t from_counter = 0;  // it is so from this frame on
  };

  struct SendPull {
    base::PeerId to;
    std::uint64_t next_counter;
    std::uint64_t missing;
    bool wants_more;
  };
  struct SendStop {
    base::PeerId to;
  };
  struct TellStall {};  // to all children
  struct Complain {
    base::PeerId about;
    bool is_forged;
    std::optional<base::PeerId> served_by = {};  // who brings what it should have brought
  };
  using Output = std::variant<SendPull, SendStop, TellStall, Complain>;

  explicit Intake(base::Instant now) : last_new_(now) {}

  void handle_place(Place place, base::Instant now);
  // Is this peer one whose frames of this source we take? Whoever has no seat takes them from anybody.
  bool accepts(const base::PeerId& from, const base::PeerId& source, base::Instant now) const;
  // A frame that we do not take, unopened. If our parent is banned, it shows that there is something to be had.
  void handle_unaccepted(const base::PeerId& from, base::Instant now);
  // A frame that opened: new, or a copy of one we have.
  void handle_frame(const base::PeerId& from, std::uint64_t counter, bool ends_spurt, bool is_new, base::Instant now);
  // From the source's plan: where its counter stands, for whoever has heard nothing yet.
  void handle_start(std::uint64_t next_counter);
  void handle_have(const base::PeerId& from, std::uint64_t next_counter, bool is_silent, base::Instant now);
  // HAVE of somebody whom no plan names to us: our parent and our guardian may both be gone.
  void handle_hint(const base::PeerId& from, std::uint64_t next_counter, base::Instant now);
  void handle_refusal(const base::PeerId& from, base::Instant now);  // STALL: it has nothing, or no copy to spare
  void handle_forgery(const base::PeerId& from, base::Instant now);
  // It brings frames and no proofs of them: that may be its own supplier's fault.
  void handle_withheld(const base::PeerId& from, base::Instant now);
  void handle_peer_gone(const base::PeerId& peer, base::Instant now);
  void handle_own_sleep(base::Instant now);  // we ourselves slept: accuse nobody
  void handle_time(base::Instant now);

  std::optional<Output> poll();
  base::Instant next_deadline() const;

  // Who sends us frames by itself.
  std::vector<base::PeerId> senders() const;
  bool is_pulling() const { return !pulled_.empty(); }
  bool is_silent() const { return is_silent_; }
  base::Duration missed_after() const;  // T_d

 private:
  struct Pulled {
    base::PeerId peer;
    base::Instant renew;
    base::Instant until = base::Instant::never();  // an old parent, whom we ask for nothing more
    bool has_served = false;
  };

  void doubt_place(base::Instant now);
  bool has_begun() const { return frames_.next() >= parent_from_; }  // the planned parent's time
  void end_spurt(base::Instant now);
  void await_spurt(base::Instant now);
  void leave_parent(const std::optional<base::PeerId>& old_parent, base::Instant now);
  void learn_rhythm(std::uint64_t counter, base::Instant now);
  void miss(base::Instant now);        // the stream broke: ask somebody
  void pull_next(base::Instant now);   // the next who might have it; when nobody is left, all over again
  void pull_from(const Supplier& supplier, base::Instant now);
  void stop_all_but(const std::optional<base::PeerId>& kept, base::Instant now);
  void stop_idle(base::Instant now);
  void stop(const base::PeerId& peer, base::Instant now);
  void complain_of_parent(const std::optional<base::PeerId>& served_by, base::Instant now);
  base::Duration hole_patience() const;
  std::vector<Supplier> suppliers() const;  // the best first: the guardian, then all others but the parent
  void calm();                         // nothing is missed any more
  bool is_banned(const base::PeerId& peer) const { return banned_.contains(peer); }
  base::Instant alarm_at() const;
  Pulled* pulled(const base::PeerId& peer);

  Place place_;
  FrameWindow frames_;
  bool is_silent_ = true;      // nothing is due until frames come, or somebody has some
  bool has_heard_ = false;     // a frame, ever
  bool is_starving_ = false;
  base::Instant next_complaint_;  // of this epoch's parent, not before
  base::Instant last_new_;
  base::Instant starving_since_;
  base::Instant next_try_;  // when starving: whoever was asked last has had its time
  std::optional<base::Instant> promised_at_;  // since when somebody has what we have not
  HoleHunt holes_;
  base::Instant next_stall_;
  std::optional<base::Instant> parent_stalled_;
  int parent_frames_ = 0;
  std::uint64_t parent_from_ = 0;      // with this frame it became our parent, in whichever plan
  base::Instant parent_served_;        // a frame of its, a late copy too
  base::Instant parent_has_until_;     // to serve (again); then it is complained of, if somebody else does
  bool is_parent_in_doubt_ = false;    // somebody else had what it did not bring, and it has brought nothing since
  double period_us_ = 20'000;
  double jitter_us_ = 0;
  std::vector<Pulled> pulled_;
  std::set<base::PeerId> tried_;  // since the stream broke
  std::map<base::PeerId, base::Instant> banned_;    // until when
  std::map<base::PeerId, base::Instant> expected_;  // beside those pulled from: until when frames of theirs may come
  // Parents and guardians of plans before, and the frame with which nothing of theirs is waited for any more.
  std::map<base::PeerId, std::uint64_t> old_ways_;
  std::deque<Output> outputs_;
};

}  // namespace grove::overlay
