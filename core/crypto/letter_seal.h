// What one member tells another so that no third member can read it: X25519 between the two identities (their Ed25519 keys on
// the Montgomery curve), then XChaCha20-Poly1305. Only the two could have sealed it; an envelope's signature says which.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/identity.h"
#include "crypto/key_source.h"

namespace grove::crypto {

inline constexpr std::size_t kLetterOverhead = 24 + 16;  // nonce, tag

// A refusal: `other` is no key of anybody.
base::Result<base::Bytes> seal_letter(const Identity& me, const PublicKey& other, const RoomId& room, KeySource& nonces,
                                      base::ByteView plain);
base::Result<base::Bytes> open_letter(const Identity& me, const PublicKey& other, const RoomId& room, base::ByteView sealed);

}  // namespace grove::crypto
