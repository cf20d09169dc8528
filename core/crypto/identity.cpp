#include "crypto/identity.h"

#include <sodium.h>

#include <algorithm>

#include "base/assert.h"
#include "crypto/sodium.h"

namespace grove::crypto {
namespace {

base::Bytes signed_bytes(Purpose purpose, const RoomId& room, base::ByteView message) {
  base::Bytes bytes = base::to_bytes(base::as_bytes("grove 1"));
  bytes.reserve(bytes.size() + 1 + room.size() + message.size());
  bytes.push_back(static_cast<std::uint8_t>(purpose));
  base::append(bytes, room);
  base::append(bytes, message);
  return bytes;
}

}  // namespace

base::PeerId peer_id_of(const PublicKey& key) {
  base::ByteArray<crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256(hash.data(), key.data(), key.size());
  base::PeerId id;
  std::copy_n(hash.begin(), id.bytes.size(), id.bytes.begin());
  return id;
}

Identity::Identity(const base::ByteArray<32>& seed) {
  start_sodium();
  GROVE_ASSERT(crypto_sign_seed_keypair(public_key_.data(), secret_key_.data(), seed.data()) == 0);
  id_ = peer_id_of(public_key_);
}

base::ByteArray<32> Identity::exchange_key() const {
  base::ByteArray<32> key;
  GROVE_ASSERT(crypto_sign_ed25519_sk_to_curve25519(key.data(), secret_key_.data()) == 0);
  return key;
}

Signature Identity::sign(Purpose purpose, const RoomId& room, base::ByteView message) const {
  const base::Bytes bytes = signed_bytes(purpose, room, message);
  Signature signature;
  crypto_sign_detached(signature.data(), nullptr, bytes.data(), bytes.size(), secret_key_.data());
  return signature;
}

bool is_signed_by(const PublicKey& signer, const Signature& signature, Purpose purpose, const RoomId& room,
                  base::ByteView message) {
  start_sodium();
  const base::Bytes bytes = signed_bytes(purpose, room, message);
  return crypto_sign_verify_detached(signature.data(), bytes.data(), bytes.size(), signer.data()) == 0;
}

}  // namespace grove::crypto
