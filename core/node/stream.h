// A voice at this peer. Everybody's, our own among them, has a tree: the plan, and what it makes us send on. Another
// person's voice has beside it the way in and the proofs of its frames; our own has who makes them.
#pragma once

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "base/time.h"
#include "overlay/intake.h"
#include "overlay/relay.h"
#include "room/proofs.h"
#include "wire/link_message.h"
#include "wire/tree_plan.h"

namespace grove::node {

struct Tree {
  std::optional<wire::SignedPlan> plan;  // of the source's present run
  std::vector<wire::SignedPlan> plans_before;  // of this run, oldest first: what deltas are made from
  overlay::Relay relay;
  std::map<base::PeerId, std::uint32_t> plan_told;  // to whom which was sent last
  base::Instant last_frame = base::Instant::from_us(-1'000'000'000);  // long ago

  static constexpr std::size_t kPlansBeforeMax = 3;  // a guess: a storm's plans are 50 ms apart, and cross on two ways

  const wire::TreePlan* plan_of(std::uint32_t epoch) const {
    if (plan && plan->plan.epoch == epoch) return &plan->plan;
    const auto known = std::find_if(plans_before.begin(), plans_before.end(), [&](const auto& p) { return p.plan.epoch == epoch; });
    return known == plans_before.end() ? nullptr : &known->plan;
  }
  // Whoever has a seat in it has been sent it, by whom it then hung below, and keeps it as long as we do. Nothing: a newcomer.
  const wire::TreePlan* oldest_that_seats(const base::PeerId& peer) const {
    const bool is_seated = !plans_before.empty() && plans_before.front().plan.seat_of(peer);
    return is_seated ? &plans_before.front().plan : nullptr;
  }
  void replace_plan(wire::SignedPlan newer) {
    if (plan && plan->plan.incarnation == newer.plan.incarnation) {
      if (plans_before.size() == kPlansBeforeMax) plans_before.erase(plans_before.begin());
      plans_before.push_back(std::move(*plan));
    } else {
      plans_before.clear();
      plan_told.clear();
    }
    plan = std::move(newer);
  }
  bool seats(const base::PeerId& peer) const { return plan && plan->plan.seat_of(peer); }
  void handle_peer_gone(const base::PeerId& peer) {
    relay.handle_peer_gone(peer);
    plan_told.erase(peer);
  }
};

// Frames from somebody of whom we do not take this voice, yet: they may have overtaken the plan that says so.
class EarlyFrames {
 public:
  static constexpr std::size_t kMax = 50;                            // a ring of two: parent and hot guardian
  static constexpr base::Duration kKeptFor = base::Duration::ms(500);  // as long as a ring

  struct Early {
    base::PeerId from;
    wire::FrameNews frame;
    base::Instant at;
  };
  void keep(const base::PeerId& from, const wire::FrameNews& frame, base::Instant now) {
    if (frames_.size() == kMax) frames_.pop_front();
    frames_.push_back({from, frame, now});
  }
  // Those that may be had now, in the order in which they came.
  template <typename Accepts>
  std::vector<Early> take(Accepts accepts, base::Instant now) {
    std::vector<Early> taken;
    std::erase_if(frames_, [&](Early& early) {
      if (now - early.at > kKeptFor) return true;
      if (!accepts(early.from)) return false;
      taken.push_back(std::move(early));
      return true;
    });
    return taken;
  }

 private:
  std::deque<Early> frames_;
};

struct Stream {
  explicit Stream(base::Instant now) : intake(now) {}

  Tree tree;
  overlay::Intake intake;
  EarlyFrames early;
  room::ProofBook proofs;
  base::Instant next_plan_request;

  base::Instant next_deadline() const { return std::min(intake.next_deadline(), tree.relay.next_deadline()); }
};

struct OwnStream {
  Tree tree;
  room::Prover prover;

  base::Instant next_deadline() const {
    const base::Instant silent_at = tree.relay.is_silent() ? base::Instant::never() : tree.last_frame + overlay::Relay::kLiveFor;
    return std::min({prover.next_deadline(), tree.relay.next_deadline(), silent_at});
  }
};

}  // namespace grove::node
