#include "crypto/key_source.h"

#include <sodium.h>

#include <cstring>

#include "crypto/sodium.h"

namespace grove::crypto {

KeySource::KeySource(const base::ByteArray<32>& entropy) : key_(entropy) { start_sodium(); }

void KeySource::fill(std::span<std::uint8_t> bytes) {
  static_assert(crypto_stream_chacha20_KEYBYTES == 32 && crypto_stream_chacha20_NONCEBYTES == sizeof calls_);
  std::uint8_t nonce[sizeof calls_];
  ++calls_;
  std::memcpy(nonce, &calls_, sizeof nonce);
  crypto_stream_chacha20(bytes.data(), bytes.size(), nonce, key_.data());
}

std::uint64_t KeySource::take_u64() {
  const auto bytes = take<8>();
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

}  // namespace grove::crypto
