// What a lying member can do to what passes through its hands: seal words of its own as another's, for it knows the room's
// keys, and spoil what others signed. It cannot sign for them.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/id.h"
#include "crypto/frame_seal.h"
#include "crypto/room_keys.h"
#include "sim/observer.h"

namespace grove::sim {

class Liar {
 public:
  explicit Liar(const crypto::RoomSecret& secret) : keys_(secret) {}

  // REC messages tell the salts under which sources seal.
  void hear_record(base::ByteView message);

  // A FRAME message in place of one of `source` with this counter; none: it cannot be made any more.
  std::optional<base::Bytes> forge(PersonId liar, const base::PeerId& source, std::uint64_t counter);
  // Whether `peer` signed this REC or PLAN.
  bool is_by(const base::PeerId& peer, base::ByteView message) const;
  // A signed message, with a byte changed.
  static base::Bytes spoil(base::ByteView message);

 private:
  crypto::RoomKeys keys_;
  std::map<base::PeerId, crypto::SendingSalt> salts_;
  std::map<base::ByteArray<32>, base::PeerId> authors_;  // by public key
  std::map<std::pair<PersonId, base::PeerId>, crypto::FrameSealer> sealers_;
};

}  // namespace grove::sim
