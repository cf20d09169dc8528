// What two peers say to each other through the rendezvous before they are linked: the content of an envelope.
// docs/protocol.md §2.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "wire/record.h"

namespace grove::wire {

inline constexpr std::size_t kDescriptionBytesMax = 8'000;  // a guess: Chromium's for two channels has about 500
inline constexpr std::size_t kCandidateBytesMax = 1'000;    // a guess: about 150 in use

// Names one hello: never used twice by one identity, so an answer to it cannot be an old one.
struct HelloId {
  Incarnation incarnation;
  std::uint32_t count = 0;
  auto operator<=>(const HelloId&) const = default;
};

// Names one try to link: the hello that it answers and the offer that was made.
struct AttemptId {
  HelloId hello;                // of the peer that answers
  Incarnation offerer;
  std::uint32_t offer_count = 0;
  auto operator<=>(const AttemptId&) const = default;
};

struct Hello {  // "I am here, offer me a link", to one or to all
  HelloId id;
  std::vector<base::PeerId> linked;  // those I am linked to already; at most kLinksMax
  bool operator==(const Hello&) const = default;
};
struct Offer {
  AttemptId attempt;
  SignedRecord record;
  std::string description;
  bool operator==(const Offer&) const = default;
};
struct Answer {
  AttemptId attempt;
  SignedRecord record;
  std::string description;
  bool operator==(const Answer&) const = default;
};
struct Candidate {
  AttemptId attempt;
  std::string candidate;
  bool operator==(const Candidate&) const = default;
};

struct Introduction {
  base::PeerId to;  // all zeros: everybody (Hello only)
  std::variant<Hello, Offer, Answer, Candidate> body;
  bool operator==(const Introduction&) const = default;
};

inline constexpr base::PeerId kEverybody{};

base::Bytes encode(const Introduction& introduction);
base::Result<Introduction> decode_introduction(base::ByteView bytes);

}  // namespace grove::wire
