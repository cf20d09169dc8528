// What changed between two records of one run, with the signature over the whole new one: who has the old record makes the
// new one, and takes it only if that signature holds. docs/protocol.md §4.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "wire/record.h"

namespace grove::wire {

// The first half of a PeerId: says which of the known ones is meant, and proves nothing. Whoever makes keys until one
// begins like somebody else's (2^64 of them) can hide that peer's news from the deltas, not from the records.
using ShortId = base::ByteArray<8>;
ShortId short_of(const base::PeerId& peer);
// The lowest PeerId that begins like this: where to look for it among sorted ones.
base::PeerId lowest_with(const ShortId& id);

// Which record of a peer, in short. Enough to tell two that are alive at the same time apart; the record itself says it in full.
struct RecordMark {
  ShortId peer{};
  std::uint16_t run = 0;      // low bits of the incarnation
  std::uint16_t version = 0;  // low bits; both 0: none
  bool operator==(const RecordMark&) const = default;

  bool is_none() const { return run == 0 && version == 0; }
};
RecordMark mark_of(const base::PeerId& peer, const RecordAge& age);
bool is_same_run(const RecordMark& mark, const RecordAge& age);
bool is_same(const RecordMark& mark, const RecordAge& age);
// As far as marks tell: of another run each end takes the other's for newer, until it has seen it.
bool is_newer(const RecordMark& mark, const RecordAge& than);
bool is_older(const RecordMark& mark, const RecordAge& than);

struct RecordDelta {  // DELTA
  struct Changed {
    std::uint8_t claim = 0;  // its place among the base's links
    std::uint16_t rtt_tenth_ms = 0;
    std::uint8_t loss_percent = 0;
    bool is_wanted = true;
    bool operator==(const Changed&) const = default;
  };

  RecordMark base;           // the record that it changes
  std::uint8_t steps = 1;    // by which its version grows, from 1
  bool is_muted = false;
  bool is_at_door = false;
  bool is_leaving = false;
  Role role = Role::kDesktop;
  std::uint8_t copies_max = 0;
  std::uint8_t copies_at_once = 0;
  std::optional<Coordinate> coordinate;  // if it moved
  std::vector<std::uint8_t> removed;     // places among the base's links, ascending
  std::vector<Changed> changed;          // likewise
  std::vector<LinkClaim> added;          // sorted by peer
  base::ByteArray<kSignatureBytes> signature{};
  bool operator==(const RecordDelta&) const = default;
};

// Nothing: these two are told apart by more than a delta says (another run, another name), or a whole record is as short.
std::optional<RecordDelta> delta_between(const base::PeerId& author, const SignedRecord& base, const SignedRecord& record);

// The record that a delta claims to make of this base. Nobody has checked its signature yet. Nothing: it does not fit.
std::optional<SignedRecord> apply(const RecordDelta& delta, const SignedRecord& base);

base::Bytes encode(const RecordDelta& delta);
base::Result<RecordDelta> decode_delta(base::ByteView bytes);

}  // namespace grove::wire
