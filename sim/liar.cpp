#include "sim/liar.h"

#include <algorithm>

#include "crypto/identity.h"

namespace grove::sim {
namespace {

// docs/protocol.md §3 and §4: header, public key, incarnation, version, salt.
constexpr std::size_t kKeyAt = 2, kSaltAt = kKeyAt + 32 + 8 + 4;
constexpr std::uint8_t kFrameHeader[] = {1, 0x15};
constexpr std::size_t kForgedBytes = 80;

}  // namespace

void Liar::hear_record(base::ByteView message) {
  crypto::SendingSalt salt;
  if (message.size() < kSaltAt + salt.size()) return;
  base::ByteArray<32> key;
  std::copy_n(message.begin() + kKeyAt, key.size(), key.begin());
  std::copy_n(message.begin() + kSaltAt, salt.size(), salt.begin());
  const auto known = authors_.find(key);
  const base::PeerId author = known == authors_.end() ? crypto::peer_id_of(key) : known->second;
  authors_.insert_or_assign(key, author);
  salts_.insert_or_assign(author, salt);
}

std::optional<base::Bytes> Liar::forge(PersonId liar, const base::PeerId& source, std::uint64_t counter) {
  const auto salt = salts_.find(source);
  if (salt == salts_.end()) return std::nullopt;
  auto [sealer, is_new] = sealers_.try_emplace({liar, source}, keys_.sending_key(source, salt->second), crypto::key_id_of(source, salt->second));
  const base::Bytes words(kForgedBytes, 0xee);
  // The sealer counts for itself: it is led up to the counter that is wanted.
  while (sealer->second.next_counter() < counter) sealer->second.seal(words, false);
  if (sealer->second.next_counter() > counter) return std::nullopt;
  base::Bytes message(std::begin(kFrameHeader), std::end(kFrameHeader));
  base::append(message, sealer->second.seal(words, false));
  return message;
}

bool Liar::is_by(const base::PeerId& peer, base::ByteView message) const {
  constexpr std::uint8_t kPlan = 0x12, kDelta = 0x21, kPlanDelta = 0x24;
  constexpr std::size_t kShortId = 8;
  if (message.size() > kKeyAt + kShortId && (message[1] == kDelta || message[1] == kPlanDelta)) {
    return std::equal(peer.bytes.begin(), peer.bytes.begin() + kShortId, message.begin() + kKeyAt);
  }
  if (message.size() < kSaltAt) return false;
  if (message[1] == kPlan) return std::equal(peer.bytes.begin(), peer.bytes.end(), message.begin() + kKeyAt);  // it begins with its source
  base::ByteArray<32> key;
  std::copy_n(message.begin() + kKeyAt, key.size(), key.begin());
  const auto author = authors_.find(key);
  return author != authors_.end() && author->second == peer;
}

base::Bytes Liar::spoil(base::ByteView message) {
  base::Bytes spoilt = base::to_bytes(message);
  spoilt[spoilt.size() / 2] ^= 1;
  return spoilt;
}

}  // namespace grove::sim
