#include "crypto/envelope_seal.h"

#include <sodium.h>

#include <algorithm>

namespace grove::crypto {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(1 + kNonceBytes + sizeof(PublicKey) + sizeof(Signature) + kTagBytes == kEnvelopeOverhead);

}  // namespace

base::Bytes seal_envelope(const RoomKeys& keys, const Identity& sender, KeySource& nonces, base::ByteView content) {
  base::Bytes plain = base::to_bytes(sender.public_key());
  base::append(plain, content);
  base::append(plain, sender.sign(Purpose::kEnvelope, keys.room_id(), content));

  base::Bytes envelope(1 + kNonceBytes + plain.size() + kTagBytes);
  envelope[0] = kVersion;
  const auto nonce = std::span(envelope).subspan(1, kNonceBytes);
  nonces.fill(nonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(envelope.data() + 1 + kNonceBytes, nullptr, plain.data(), plain.size(),
                                             keys.room_id().data(), keys.room_id().size(), nullptr, nonce.data(),
                                             keys.signal_key().data());
  return envelope;
}

base::Result<OpenedEnvelope> open_envelope(const RoomKeys& keys, base::ByteView envelope) {
  if (envelope.size() < kEnvelopeOverhead) return base::Refusal{"envelope: too short"};
  if (envelope[0] != kVersion) return base::Refusal{"envelope: unknown version"};
  const base::ByteView nonce = envelope.subspan(1, kNonceBytes);
  const base::ByteView sealed = envelope.subspan(1 + kNonceBytes);

  base::Bytes plain(sealed.size() - kTagBytes);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, sealed.data(), sealed.size(),
                                                 keys.room_id().data(), keys.room_id().size(), nonce.data(),
                                                 keys.signal_key().data()) != 0) {
    return base::Refusal{"envelope: not sealed under this room's key"};
  }

  OpenedEnvelope opened;
  Signature signature;
  const std::size_t content_bytes = plain.size() - sizeof(PublicKey) - sizeof(Signature);
  std::copy_n(plain.begin(), sizeof(PublicKey), opened.sender_key.begin());
  std::copy_n(plain.end() - sizeof(Signature), sizeof(Signature), signature.begin());
  opened.content = base::to_bytes(base::ByteView(plain).subspan(sizeof(PublicKey), content_bytes));
  if (!is_signed_by(opened.sender_key, signature, Purpose::kEnvelope, keys.room_id(), opened.content)) {
    return base::Refusal{"envelope: not signed by its sender"};
  }
  opened.sender = peer_id_of(opened.sender_key);
  return opened;
}

}  // namespace grove::crypto
