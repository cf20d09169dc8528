#include "crypto/frame_seal.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "base/sequence.h"

namespace grove::crypto {
namespace {

constexpr std::size_t kTagBytes = crypto_aead_chacha20poly1305_ietf_ABYTES;
static_assert(FrameHeader::kBytes + kTagBytes == kFrameSealOverhead);

constexpr std::uint8_t kEndsSpurtFlag = 1;

using Nonce = base::ByteArray<crypto_aead_chacha20poly1305_ietf_NPUBBYTES>;

Nonce nonce_of(std::uint64_t counter) {
  Nonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[4 + i] = static_cast<std::uint8_t>(counter >> (8 * i));
  return nonce;
}

}  // namespace

KeyId key_id_of(const base::PeerId& source, const SendingSalt& salt) {
  const Key hash = hkdf_sha256(source.bytes, salt, base::as_bytes("key id"));
  return {static_cast<std::uint32_t>(hash[0] | hash[1] << 8 | hash[2] << 16) | static_cast<std::uint32_t>(hash[3]) << 24};
}

base::ByteArray<8> short_hash(base::ByteView bytes) {
  base::ByteArray<crypto_hash_sha256_BYTES> hash;
  crypto_hash_sha256(hash.data(), bytes.data(), bytes.size());
  base::ByteArray<8> first;
  std::copy_n(hash.begin(), first.size(), first.begin());
  return first;
}

base::Result<FrameHeader> FrameHeader::of(base::ByteView sealed) {
  if (sealed.size() < kFrameSealOverhead) return base::Refusal{"frame: too short"};
  FrameHeader header{};
  for (std::size_t i = 0; i < 4; ++i) header.key.value |= static_cast<std::uint32_t>(sealed[i]) << (8 * i);
  header.counter = static_cast<std::uint16_t>(sealed[4] | sealed[5] << 8);
  if (sealed[6] & ~kEndsSpurtFlag) return base::Refusal{"frame: unknown flags"};
  header.ends_spurt = sealed[6] != 0;
  return header;
}

base::Bytes FrameSealer::seal(base::ByteView frame, bool ends_spurt) {
  const std::uint64_t counter = next_++;
  base::Bytes sealed(kFrameSealOverhead + frame.size());
  for (std::size_t i = 0; i < 4; ++i) sealed[i] = static_cast<std::uint8_t>(id_.value >> (8 * i));
  sealed[4] = static_cast<std::uint8_t>(counter);
  sealed[5] = static_cast<std::uint8_t>(counter >> 8);
  sealed[6] = ends_spurt ? kEndsSpurtFlag : 0;
  crypto_aead_chacha20poly1305_ietf_encrypt(sealed.data() + FrameHeader::kBytes, nullptr, frame.data(), frame.size(),
                                            sealed.data(), FrameHeader::kBytes, nullptr, nonce_of(counter).data(),
                                            key_.data());
  return sealed;
}

void FrameOpener::set_reference(std::uint64_t counter) { reference_ = std::max(reference_, counter); }

FrameOpener::Outcome FrameOpener::open(base::ByteView sealed) {
  const auto header = FrameHeader::of(sealed);
  if (!header || header->key != id_) return {Verdict::kRefused, {}};
  const std::uint64_t counter = base::unwrap_sequence(header->counter, reference_);
  if (!window_.is_fresh(counter)) return {Verdict::kReplayed, {counter, header->ends_spurt, {}}};

  base::Bytes frame(sealed.size() - kFrameSealOverhead);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(
          frame.data(), nullptr, nullptr, sealed.data() + FrameHeader::kBytes, sealed.size() - FrameHeader::kBytes,
          sealed.data(), FrameHeader::kBytes, nonce_of(counter).data(), key_.data()) != 0) {
    return {Verdict::kRefused, {}};
  }
  window_.mark(counter);  // only what opened moves the window
  reference_ = std::max(reference_, counter);
  return {Verdict::kOpened, {counter, header->ends_spurt, std::move(frame)}};
}

}  // namespace grove::crypto
