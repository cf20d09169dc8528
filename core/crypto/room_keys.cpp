#include "crypto/room_keys.h"

#include <sodium.h>

#include "crypto/sodium.h"

namespace grove::crypto {
namespace {

Key hmac_sha256(base::ByteView key, base::ByteView a, base::ByteView b = {}) {
  // libsodium takes no null pointer, not even for nothing.
  const std::uint8_t zero = 0;
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.empty() ? &zero : key.data(), key.size());
  for (const base::ByteView part : {a, b}) {
    if (!part.empty()) crypto_auth_hmacsha256_update(&state, part.data(), part.size());
  }
  Key out;
  crypto_auth_hmacsha256_final(&state, out.data());
  return out;
}

Key room_key(const RoomSecret& secret, std::string_view purpose) {
  return hkdf_sha256(secret, base::as_bytes("grove 1"), base::as_bytes(purpose));
}

}  // namespace

Key hkdf_sha256(base::ByteView secret, base::ByteView salt, base::ByteView info) {
  const Key extracted = hmac_sha256(salt, secret);
  const std::uint8_t first_block = 1;
  return hmac_sha256(extracted, info, {&first_block, 1});
}

RoomKeys::RoomKeys(const RoomSecret& secret)
    : room_id_(room_key(secret, "rendezvous")),
      signal_key_(room_key(secret, "signal")),
      voice_root_(room_key(secret, "voice")) {
  start_sodium();
}

Key RoomKeys::sending_key(const base::PeerId& source, const SendingSalt& salt) const {
  return hkdf_sha256(voice_root_, salt, source.bytes);
}

}  // namespace grove::crypto
