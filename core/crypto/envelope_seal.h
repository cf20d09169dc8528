// Signalling that passes through the rendezvous: signed by its sender, then sealed under the room's signal key
// (XChaCha20-Poly1305), so that the server reads nothing and a member who runs the server still cannot speak as another
// (docs/protocol.md §2).
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/identity.h"
#include "crypto/key_source.h"
#include "crypto/room_keys.h"

namespace grove::crypto {

struct OpenedEnvelope {
  PublicKey sender_key;
  base::PeerId sender;
  base::Bytes content;
};

inline constexpr std::size_t kEnvelopeOverhead = 1 + 24 + 32 + 64 + 16;  // version, nonce, sender, signature, tag

base::Bytes seal_envelope(const RoomKeys& keys, const Identity& sender, KeySource& nonces, base::ByteView content);
base::Result<OpenedEnvelope> open_envelope(const RoomKeys& keys, base::ByteView envelope);

}  // namespace grove::crypto
