// One other person's voice at this peer: its plan, the way in, the way down, and the proofs of its frames.
#pragma once

#include <optional>
#include <set>

#include "base/time.h"
#include "overlay/intake.h"
#include "overlay/relay.h"
#include "room/proofs.h"
#include "wire/tree_plan.h"

namespace grove::node {

struct Stream {
  explicit Stream(base::Instant now) : intake(now) {}

  std::optional<wire::SignedPlan> plan;  // of the source's present run
  overlay::Intake intake;
  overlay::Relay relay;
  room::ProofBook proofs;
  base::Instant last_frame = base::Instant::from_us(-1'000'000'000);  // long ago
  std::set<base::PeerId> plan_sent_to;
  base::Instant next_plan_request;
};

// Our own voice.
struct OwnStream {
  std::optional<wire::SignedPlan> plan;
  overlay::Relay relay;
  room::Prover prover;
  base::Instant last_frame = base::Instant::from_us(-1'000'000'000);
  std::set<base::PeerId> plan_sent_to;
};

}  // namespace grove::node
