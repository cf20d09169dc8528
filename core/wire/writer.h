// Appends little-endian fields to a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/bytes.h"

namespace grove::wire {

class Writer {
 public:
  Writer() = default;
  explicit Writer(std::size_t expected_size) { message_.reserve(expected_size); }

  Writer& u8(std::uint8_t value) { return little_endian(value, 1); }
  Writer& u16(std::uint16_t value) { return little_endian(value, 2); }
  Writer& u24(std::uint32_t value) { return little_endian(value, 3); }  // its low bits
  Writer& u32(std::uint32_t value) { return little_endian(value, 4); }
  Writer& u64(std::uint64_t value) { return little_endian(value, 8); }
  Writer& bytes(base::ByteView what) {
    base::append(message_, what);
    return *this;
  }

  std::size_t size() const { return message_.size(); }
  const base::Bytes& message() const { return message_; }

  // Hands the message over; the writer is empty afterwards.
  base::Bytes take() { return std::exchange(message_, {}); }

 private:
  Writer& little_endian(std::uint64_t value, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) message_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
    return *this;
  }

  base::Bytes message_;
};

}  // namespace grove::wire
