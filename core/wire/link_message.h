// The messages between two linked peers. docs/protocol.md §3.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "wire/gossip_message.h"
#include "wire/hearing.h"
#include "wire/note.h"
#include "wire/plan_delta.h"
#include "wire/routed.h"
#include "wire/stream_message.h"
#include "wire/tree_plan.h"

namespace grove::wire {

inline constexpr std::size_t kFrameBytesMax = 1303;  // Opus' largest packet at 20 ms, 1275, what voice puts before it, and the seal

struct PlanNews {  // PLAN
  SignedPlan plan;
  bool operator==(const PlanNews&) const = default;
};

struct Beat {  // BEAT: alive, and a round-trip time for whoever asked
  std::uint32_t mine = 1;         // my clock, in 0.1 ms, 24 bits of it; never 0
  std::uint32_t yours = 0;        // your clock in your last beat, and the time since it came; 0 = none came
  std::uint8_t loss_percent = 0;  // of your frames, on their way to me: 0 … 100
  bool operator==(const Beat&) const = default;
};

struct Bye {  // BYE: I leave the room
  bool operator==(const Bye&) const = default;
};

struct FrameNews {  // FRAME, on the voice channel
  base::Bytes sealed;
  bool operator==(const FrameNews&) const = default;
};

using LinkMessage = std::variant<RecordNews, RecordDelta, MapHashes, Digest, News, Want, PlanNews, PlanDelta, PlanRequest, Beat, Bye, FrameNews, Proof, Have, Pull, Stop,
                                 Stall, Routed, NoteNews, NoteDigest, NoteWant, Hearing>;

base::Bytes encode(const LinkMessage& message);
base::Result<LinkMessage> decode_link_message(base::ByteView bytes);

}  // namespace grove::wire
