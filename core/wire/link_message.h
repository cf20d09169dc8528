// The messages between two linked peers. docs/protocol.md §3.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "wire/hearing.h"
#include "wire/note.h"
#include "wire/record.h"
#include "wire/routed.h"
#include "wire/stream_message.h"
#include "wire/tree_plan.h"

namespace grove::wire {

inline constexpr std::size_t kFrameBytesMax = 1303;  // Opus' largest packet at 20 ms, 1275, what voice puts before it, and the seal
inline constexpr std::size_t kDigestMax = 512;

struct RecordNews {  // REC
  SignedRecord record;
  bool operator==(const RecordNews&) const = default;
};

struct DigestEntry {
  base::PeerId peer;
  RecordAge age;
  bool operator==(const DigestEntry&) const = default;
};
// DIGEST: what I know of the room. The hash alone asks "do we know the same?"; whoever knows otherwise answers with its
// whole digest, and whoever gets a whole one sends what it knows better and asks for what it knows worse.
struct Digest {
  std::uint64_t map_hash = 0;
  bool is_whole = false;              // `entries` is all I know; else it is news
  std::vector<DigestEntry> entries;   // at most kDigestMax
  bool operator==(const Digest&) const = default;
};

struct Want {  // WANT: send me these peers' records
  std::vector<base::PeerId> peers;  // at most kDigestMax
  bool operator==(const Want&) const = default;
};

struct PlanNews {  // PLAN
  SignedPlan plan;
  bool operator==(const PlanNews&) const = default;
};

struct Beat {  // BEAT: alive, and a round-trip time for whoever asked
  std::uint32_t sent_us = 0;  // my clock, low 32 bits
  std::uint32_t echo_us = 0;  // sent_us of your last beat; 0 = none yet
  std::uint32_t held_us = 0;  // how long I had it
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

using LinkMessage = std::variant<RecordNews, Digest, Want, PlanNews, PlanRequest, Beat, Bye, FrameNews, Proof, Have, Pull, Stop,
                                 Stall, Routed, NoteNews, NoteDigest, NoteWant, Hearing>;

base::Bytes encode(const LinkMessage& message);
base::Result<LinkMessage> decode_link_message(base::ByteView bytes);

}  // namespace grove::wire
