// What changed between two plans of one run, with the signature over the whole new one. docs/protocol.md §5.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/record_delta.h"
#include "wire/tree_plan.h"

namespace grove::wire {

struct PlanDelta {  // PLAN_DELTA
  struct Changed {
    SeatIndex seat = 0;  // of the new plan
    SeatIndex parent = kSourceSeat;
    SeatIndex guardian = kNoSeat;
    bool is_hot = false;
    bool operator==(const Changed&) const = default;
  };

  ShortId source{};
  std::uint16_t run = 0;  // low bits of the incarnation
  std::uint32_t base_epoch = 0;
  std::uint8_t steps = 1;  // by which the epoch grows, from 1
  std::uint64_t next_counter = 0;
  std::vector<SeatIndex> removed;     // seats of the base, ascending
  std::vector<base::PeerId> added;    // listeners, sorted
  std::vector<Changed> changed;       // ascending; an added one that is not here has the source above it and no guardian
  base::ByteArray<kSignatureBytes> signature{};
  bool operator==(const PlanDelta&) const = default;
};

// Nothing: of another run, or no newer.
std::optional<PlanDelta> delta_between(const TreePlan& base, const SignedPlan& plan);

// The plan that a delta claims to make of this base: a tree, whose signature nobody has checked yet. Nothing: it does not fit.
std::optional<SignedPlan> apply(const PlanDelta& delta, const TreePlan& base);

base::Bytes encode(const PlanDelta& delta);
base::Result<PlanDelta> decode_plan_delta(base::ByteView bytes);

}  // namespace grove::wire
