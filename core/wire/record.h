// A link record: what one peer says of itself and its links, signed. docs/protocol.md §4.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"

namespace grove::wire {

inline constexpr std::size_t kNameBytesMax = 64;
inline constexpr std::size_t kLinksMax = 250;  // the largest room without cells
inline constexpr std::size_t kSignatureBytes = 64;

// One run of one identity; a later run shows a later time.
struct Incarnation {
  std::uint64_t started_ms = 0;  // wall clock, since 1970
  auto operator<=>(const Incarnation&) const = default;
};

enum class Role : std::uint8_t { kDesktop = 0, kPhone = 1, kHiddenTab = 2, kMetered = 3 };

// Where a peer lies in the Internet: three dimensions and a height, so that the round-trip time of two peers is about the
// distance of their places plus both heights (Dabek et al., "Vivaldi", SIGCOMM 2004). In 0.1 ms.
struct Coordinate {
  std::array<std::int16_t, 3> place{};
  std::uint16_t height = 0;
  std::uint8_t error_percent = 100;  // how wrong it tends to be: 100 = no idea
  bool operator==(const Coordinate&) const = default;
};

struct LinkClaim {
  base::PeerId to;
  std::uint16_t rtt_tenth_ms = 0;  // 0.1 ms; 65535 = that or more
  std::uint8_t loss_percent = 0;   // 0 … 100
  bool is_wanted = true;           // this end keeps the link for reasons of its own
  bool operator==(const LinkClaim&) const = default;
};

struct Record {
  base::ByteArray<32> public_key{};
  Incarnation incarnation;
  std::uint32_t version = 0;
  base::ByteArray<16> sending_salt{};
  bool is_muted = false;
  bool is_at_door = false;        // keeps its rendezvous connection open
  bool is_leaving = false;        // the last word of this run
  Role role = Role::kDesktop;
  std::uint8_t copies_max = 0;    // how many children it can serve, per stream
  std::uint8_t copies_at_once = 0;  // how many copies it can send of all streams together; 0 = it says nothing of that
  Coordinate coordinate;
  std::string name;               // UTF-8, at most kNameBytesMax
  std::vector<LinkClaim> links;   // at most kLinksMax
  bool operator==(const Record&) const = default;

  const LinkClaim* claim_of(const base::PeerId& peer) const;  // nullptr: lists no link to it
};

// Which of two records of one peer is newer.
struct RecordAge {
  Incarnation incarnation;
  std::uint32_t version = 0;
  auto operator<=>(const RecordAge&) const = default;
};
inline RecordAge age_of(const Record& record) { return {record.incarnation, record.version}; }

struct SignedRecord {
  Record record;
  base::ByteArray<kSignatureBytes> signature{};
  bool operator==(const SignedRecord&) const = default;
};

base::Bytes encode_unsigned(const Record& record);  // what the signature covers
base::Bytes encode(const SignedRecord& record);
base::Result<SignedRecord> decode_record(base::ByteView bytes);

// `name` cut to kNameBytesMax on a character boundary; what is no UTF-8 is dropped whole.
std::string fit_name(std::string_view name);

}  // namespace grove::wire
