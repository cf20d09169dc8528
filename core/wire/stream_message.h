// What peers say to each other about one source's stream: proofs, and how a listener is served when its parent fails.
// docs/protocol.md §3, docs/overlay.md.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "wire/record.h"

namespace grove::wire {

inline constexpr std::size_t kProofFramesMax = 32;

// The first 8 bytes of SHA-256 of a sealed frame: whoever forges needs a second preimage within a fifth of a second.
using FrameHash = base::ByteArray<8>;

// PROOF: the source's signature over its last frames, some time after they were played (DESIGN §8).
struct Proof {
  base::PeerId source;
  Incarnation incarnation;
  std::uint64_t first_counter = 0;
  std::vector<FrameHash> hashes;  // of first_counter and those after it; 1 … kProofFramesMax
  base::ByteArray<kSignatureBytes> signature{};
  bool operator==(const Proof&) const = default;
};
base::Bytes encode_unsigned(const Proof& proof);

// HAVE: I have this source's frames below `next_counter`. A guardian tells its wards so while the source speaks, and
// whoever is pulled answers so when there is nothing to send yet.
struct Have {
  base::PeerId source;
  std::uint64_t next_counter = 0;
  bool is_silent = false;  // the last of them ended a spurt
  bool operator==(const Have&) const = default;
};

// PULL: send me this source's frames from `next_counter` on, and those before it that are missing.
struct Pull {
  base::PeerId source;
  std::uint64_t next_counter = 0;
  std::uint64_t missing = 0;    // bit i: next_counter - 1 - i
  bool wants_more = false;      // and go on with what comes, until STOP or the lease ends
  bool operator==(const Pull&) const = default;
};

struct Stop {  // STOP: no more of this source, I am served again
  base::PeerId source;
  bool declines = false;  // I want nothing of it at all, though your plan may seat me below you
  bool operator==(const Stop&) const = default;
};

struct Stall {  // STALL: I live, the fault is above me
  base::PeerId source;
  bool operator==(const Stall&) const = default;
};

struct PlanRequest {  // PLAN_REQ: which plan of this source holds? Answered with a newer one, if there is one
  base::PeerId source;
  Incarnation incarnation;
  std::uint32_t epoch = 0;  // of the one I have; 0 = none
  bool operator==(const PlanRequest&) const = default;
};

}  // namespace grove::wire
