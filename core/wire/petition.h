// What one member asks of another in a signed envelope, over however many links. Sealed for the addressee alone, and all of
// one length: whoever passes one on learns who asks whom, and not what. docs/protocol.md §2.
#pragma once

#include <cstdint>
#include <variant>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "wire/hearing.h"
#include "wire/record.h"

namespace grove::wire {

// COMPLAIN, to a source: your plan does not serve me.
struct Complaint {
  enum class Reason : std::uint8_t { kSilent = 0, kForged = 1 };
  Incarnation incarnation;  // of the source's plan
  std::uint32_t epoch = 0;
  base::PeerId about;       // the parent (or guardian) that failed
  Reason reason = Reason::kSilent;
  bool operator==(const Complaint&) const = default;
};

// WISH, to a peer: my tree would be shorter if you had a link to this other one.
struct Wish {
  Incarnation incarnation;  // of the addressee: an old wish is worth nothing
  base::PeerId link_to;
  bool operator==(const Wish&) const = default;
};

using Petition = std::variant<Complaint, Wish, Hearing>;

inline constexpr std::size_t kPetitionBytes = 32;  // a complaint's 30, rounded up

base::Bytes encode(const Petition& petition);
base::Result<Petition> decode_petition(base::ByteView bytes);

// An envelope's content.
struct Letter {
  base::PeerId to;
  base::Bytes sealed;  // crypto/letter_seal.h
  bool operator==(const Letter&) const = default;
};

inline constexpr std::size_t kLetterBytesMax = 128;  // a petition and its seal, 72, and room to grow

base::Bytes encode(const Letter& letter);
base::Result<Letter> decode_letter(base::ByteView bytes);

}  // namespace grove::wire
