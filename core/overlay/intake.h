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

namespace grove::overlay {

class Intake {
 public:
  static constexpr base::Duration kMissedAfterMin = base::Duration::ms(60);  // DESIGN §4.3: T_d = max(60 ms, 4 × jitter)
  static constexpr base::Duration kMissedAfterMax = base::Duration::ms(300);  // a guess: twice a frame's lifetime in a channel
  // A hole is asked for when frames behind it have come and this has passed: reordering within a link is shorter. A guess.
  static constexpr base::Duration kHoleAfter = base::Duration::ms(10);
  static constexpr std::uint64_t kHoleDepth = 25;                            // the ring of whoever is asked
  static constexpr base::Duration kAnswerSlack = base::Duration::ms(30);     // beyond the round trip; a guess
  static constexpr base::Duration kAllOverAfter = base::Duration::ms(200);   // when everybody has been asked; a guess
  static constexpr base::Duration kRenewEvery = base::Duration::s(1);        // half a lease
  static constexpr base::Duration kGiveUpAfter = base::Duration::s(3);       // then the source itself is silent or gone
  static constexpr base::Duration kBanFor = base::Duration::s(60);           // who forged; a guess
  static constexpr base::Duration kStallHolds = base::Duration::s(1);        // four times their spacing
  static constexpr base::Duration kStallEvery = base::Duration::ms(250);     // DESIGN §4 Timers
  static constexpr int kServedAgain = 3;  // frames from the parent until the others may stop; a guess
  static constexpr std::size_t kPulledMax = 4;

  struct Supplier {
    base::PeerId peer;
    base::Duration rtt;
  };
  // What the plan says of us, and who else might have the frames: not below us in the tree, the best first.
  struct Place {
    std::optional<base::PeerId> parent;    // none: the plan does not seat us, or there is none yet
    std::optional<Supplier> guardian;
    bool is_hot = false;
    std::vector<Supplier> others;
    std::uint32_t epoch = 0;
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
  };
  using Output = std::variant<SendPull, SendStop, TellStall, Complain>;

  explicit Intake(base::Instant now) : last_new_(now) {}

  void handle_place(Place place);
  // Is this peer one whose frames of this source we take? Whoever has no seat takes them from anybody.
  bool accepts(const base::PeerId& from, const base::PeerId& source) const;
  // A frame that opened: new, or a copy of one we have.
  void handle_frame(const base::PeerId& from, std::uint64_t counter, bool ends_spurt, bool is_new, base::Instant now);
  // From the source's plan: where its counter stands, for whoever has heard nothing yet.
  void handle_start(std::uint64_t next_counter);
  void handle_have(const base::PeerId& from, std::uint64_t next_counter, bool is_silent, base::Instant now);
  void handle_refusal(const base::PeerId& from, base::Instant now);  // STALL: it has nothing, or no copy to spare
  void handle_forgery(const base::PeerId& from, base::Instant now);
  void handle_peer_gone(const base::PeerId& peer, base::Instant now);
  void handle_own_sleep(base::Instant now);  // we ourselves slept: accuse nobody
  void handle_time(base::Instant now);

  std::optional<Output> poll();
  base::Instant next_deadline() const;

  bool is_pulling() const { return !pulled_.empty(); }
  base::Duration missed_after() const;  // T_d

 private:
  struct Pulled {
    base::PeerId peer;
    base::Instant renew;
    bool has_served = false;
  };

  void learn_rhythm(std::uint64_t counter, base::Instant now);
  void miss(base::Instant now);        // the stream broke: ask somebody
  void pull_next(base::Instant now);   // the next who might have it; when nobody is left, all over again
  void pull_from(const Supplier& supplier, base::Instant now);
  void stop_all_but(const std::optional<base::PeerId>& kept);
  std::uint64_t holes() const;  // as FrameWindow::missing, less those asked for
  void ask_for_holes();
  void calm();                         // nothing is missed any more
  bool is_banned(const base::PeerId& peer) const { return banned_.contains(peer); }
  base::Instant alarm_at() const;
  Pulled* pulled(const base::PeerId& peer);

  Place place_;
  FrameWindow frames_;
  bool is_silent_ = true;      // nothing is due until frames come, or somebody has some
  bool is_starving_ = false;
  bool has_complained_ = false;  // of this epoch's parent
  base::Instant last_new_;
  base::Instant starving_since_;
  base::Instant next_try_;  // when starving: whoever was asked last has had its time
  std::optional<base::Instant> promised_at_;  // since when somebody has what we have not
  std::optional<base::Instant> hole_since_;
  FrameWindow asked_;  // holes that the guardian was asked for
  base::Instant next_stall_;
  std::optional<base::Instant> parent_stalled_;
  int parent_frames_ = 0;
  double period_us_ = 20'000;
  double jitter_us_ = 0;
  std::vector<Pulled> pulled_;
  std::set<base::PeerId> tried_;  // since the stream broke
  std::map<base::PeerId, base::Instant> banned_;
  std::deque<Output> outputs_;
};

}  // namespace grove::overlay
