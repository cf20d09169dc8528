// What the room secret turns into (docs/protocol.md §7): HKDF-SHA-256, RFC 5869.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/id.h"

namespace grove::crypto {

using Key = base::ByteArray<32>;
using RoomSecret = base::ByteArray<16>;
using RoomId = base::ByteArray<32>;
using SendingSalt = base::ByteArray<16>;

// HKDF with one block of output: extract under `salt`, expand with `info`.
Key hkdf_sha256(base::ByteView secret, base::ByteView salt, base::ByteView info);

class RoomKeys {
 public:
  explicit RoomKeys(const RoomSecret& secret);

  const RoomId& room_id() const { return room_id_; }      // the only part that the rendezvous learns
  const Key& signal_key() const { return signal_key_; }   // seals envelopes

  // The key under which one source seals its frames in one run. The salt is new in every run and stands in the source's
  // signed record, so a frame of an earlier run opens nowhere.
  Key sending_key(const base::PeerId& source, const SendingSalt& salt) const;

 private:
  RoomId room_id_;
  Key signal_key_;
  Key voice_root_;
};

}  // namespace grove::crypto
