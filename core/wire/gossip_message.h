// How news of records travel: what is known, what is new, what is wanted. docs/protocol.md §3.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "wire/record.h"
#include "wire/record_delta.h"

namespace grove::wire {

inline constexpr std::size_t kMarksMax = 512;  // what a map holds, and some
inline constexpr std::size_t kMapParts = 16;   // by the first four bits of a PeerId

inline std::size_t part_of(const ShortId& peer) { return peer[0] >> 4; }

struct RecordNews {  // REC
  SignedRecord record;
  bool operator==(const RecordNews&) const = default;
};

// HASHES: is what I know what you know? Whoever knows otherwise answers with a DIGEST of the parts that differ.
struct MapHashes {
  std::array<std::uint32_t, kMapParts> parts{};
  bool operator==(const MapHashes&) const = default;
};

// DIGEST: all that I know of these parts of the room. Whoever gets it sends what it knows better, and asks for what it knows worse.
struct Digest {
  std::uint16_t parts = 0;  // bit i: part i
  std::vector<RecordMark> marks;  // at most kMarksMax
  bool operator==(const Digest&) const = default;
};

struct News {  // NEWS: I have these records, for whoever lacks them
  std::vector<RecordMark> marks;  // at most kMarksMax
  bool operator==(const News&) const = default;
};

struct Want {  // WANT: send me these peers' records; the marks are of those that I have
  std::vector<RecordMark> marks;  // at most kMarksMax
  bool operator==(const Want&) const = default;
};

base::Bytes encode(const MapHashes& hashes);
base::Bytes encode(const Digest& digest);
base::Bytes encode_marks(const std::vector<RecordMark>& marks);  // of NEWS and WANT
base::Result<MapHashes> decode_map_hashes(base::ByteView bytes);
base::Result<Digest> decode_digest(base::ByteView bytes);
base::Result<std::vector<RecordMark>> decode_marks(base::ByteView bytes);

}  // namespace grove::wire
