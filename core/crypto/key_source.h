// Secret randomness for keys and nonces: a ChaCha20 stream under a seed that the host drew from its secure generator.
#pragma once

#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace grove::crypto {

class KeySource {
 public:
  explicit KeySource(const base::ByteArray<32>& entropy);

  void fill(std::span<std::uint8_t> bytes);

  template <std::size_t N>
  base::ByteArray<N> take() {
    base::ByteArray<N> bytes;
    fill(bytes);
    return bytes;
  }

  std::uint64_t take_u64();

 private:
  base::ByteArray<32> key_;
  std::uint64_t calls_ = 0;  // the stream's nonce: no two calls share output
};

}  // namespace grove::crypto
