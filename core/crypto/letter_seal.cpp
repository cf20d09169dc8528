#include "crypto/letter_seal.h"

#include <sodium.h>

#include <optional>

#include "crypto/sodium.h"

namespace grove::crypto {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonceBytes + kTagBytes == kLetterOverhead);

using PairKey = base::ByteArray<crypto_aead_xchacha20poly1305_ietf_KEYBYTES>;

// The same at both ends. Hashed with both keys, which X25519 itself does not bind (RFC 7748 §6.1).
std::optional<PairKey> pair_key(const Identity& me, const PublicKey& other) {
  start_sodium();
  base::ByteArray<crypto_scalarmult_BYTES> theirs, shared;
  if (crypto_sign_ed25519_pk_to_curve25519(theirs.data(), other.data()) != 0) return std::nullopt;
  auto ours = me.exchange_key();
  const int refused = crypto_scalarmult(shared.data(), ours.data(), theirs.data());
  sodium_memzero(ours.data(), ours.size());
  if (refused != 0) return std::nullopt;

  const PublicKey& first = std::min(me.public_key(), other);
  const PublicKey& second = std::max(me.public_key(), other);
  PairKey key;
  crypto_generichash_state state;
  crypto_generichash_init(&state, shared.data(), shared.size(), key.size());
  const base::ByteView purpose = base::as_bytes("grove 1 letter");
  crypto_generichash_update(&state, purpose.data(), purpose.size());
  crypto_generichash_update(&state, first.data(), first.size());
  crypto_generichash_update(&state, second.data(), second.size());
  crypto_generichash_final(&state, key.data(), key.size());
  sodium_memzero(shared.data(), shared.size());
  return key;
}

}  // namespace

base::Result<base::Bytes> seal_letter(const Identity& me, const PublicKey& other, const RoomId& room, KeySource& nonces,
                                      base::ByteView plain) {
  const auto key = pair_key(me, other);
  if (!key) return base::Refusal{"letter: not a key"};
  base::Bytes sealed(kNonceBytes + plain.size() + kTagBytes);
  const auto nonce = std::span(sealed).first(kNonceBytes);
  nonces.fill(nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kNonceBytes, nullptr, plain.data(), plain.size(), room.data(),
                                             room.size(), nullptr, nonce.data(), key->data());
  return sealed;
}

base::Result<base::Bytes> open_letter(const Identity& me, const PublicKey& other, const RoomId& room, base::ByteView sealed) {
  if (sealed.size() < kLetterOverhead) return base::Refusal{"letter: too short"};
  const auto key = pair_key(me, other);
  if (!key) return base::Refusal{"letter: not a key"};
  base::Bytes plain(sealed.size() - kLetterOverhead);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, sealed.data() + kNonceBytes,
                                                 sealed.size() - kNonceBytes, room.data(), room.size(), sealed.data(),
                                                 key->data()) != 0) {
    return base::Refusal{"letter: not sealed between these two"};
  }
  return plain;
}

}  // namespace grove::crypto
