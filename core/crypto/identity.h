// Who somebody is: an Ed25519 key (RFC 8032). Names are labels; this is the identity.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/id.h"
#include "crypto/room_keys.h"

namespace grove::crypto {

using PublicKey = base::ByteArray<32>;
using Signature = base::ByteArray<64>;

// What a signature is for. A signature for one purpose and room is worth nothing for another.
enum class Purpose : std::uint8_t { kEnvelope = 1, kRecord = 2, kPlan = 3, kProof = 4, kNote = 5 };

base::PeerId peer_id_of(const PublicKey& key);  // the first 16 bytes of SHA-256

class Identity {
 public:
  explicit Identity(const base::ByteArray<32>& seed);

  const PublicKey& public_key() const { return public_key_; }
  const base::PeerId& id() const { return id_; }

  // The secret half of an X25519 exchange (letter_seal.h); wipe it after use.
  base::ByteArray<32> exchange_key() const;

  Signature sign(Purpose purpose, const RoomId& room, base::ByteView message) const;

 private:
  PublicKey public_key_;
  base::ByteArray<64> secret_key_;
  base::PeerId id_;
};

bool is_signed_by(const PublicKey& signer, const Signature& signature, Purpose purpose, const RoomId& room,
                  base::ByteView message);

}  // namespace grove::crypto
