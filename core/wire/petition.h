// What one member asks of another in a signed envelope, over however many links: the content after the addressee.
// docs/protocol.md §2.
#pragma once

#include <cstdint>
#include <variant>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
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

struct Petition {
  base::PeerId to;
  std::variant<Complaint, Wish> body;
  bool operator==(const Petition&) const = default;
};

base::Bytes encode(const Petition& petition);
base::Result<Petition> decode_petition(base::ByteView bytes);

}  // namespace grove::wire
