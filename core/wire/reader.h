// Reads little-endian fields from a message. A field that is not there makes the reader fail, and it stays failed: it
// then hands out zeros and empty views. So a decoder reads everything first and asks once, at the end, whether it was so.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace grove::wire {

class Reader {
 public:
  explicit Reader(base::ByteView message) : left_(message) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(little_endian(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(little_endian(2)); }
  std::uint32_t u24() { return static_cast<std::uint32_t>(little_endian(3)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(little_endian(4)); }
  std::uint64_t u64() { return little_endian(8); }

  // A view into the message, good as long as the message is.
  base::ByteView bytes(std::size_t n) {
    if (has_failed_ || n > left_.size()) {
      fail();
      return {};
    }
    const base::ByteView taken = left_.first(n);
    left_ = left_.subspan(n);
    return taken;
  }

  // Copies exactly N bytes; zeros after a failure.
  template <std::size_t N>
  base::ByteArray<N> array() {
    base::ByteArray<N> copy{};
    const base::ByteView taken = bytes(N);
    for (std::size_t i = 0; i < taken.size(); ++i) copy[i] = taken[i];
    return copy;
  }

  // Everything that is left; may be empty.
  base::ByteView rest() { return bytes(left_.size()); }

  // For a decoder that finds a value which the protocol forbids.
  void fail() {
    has_failed_ = true;
    left_ = {};
  }

  std::size_t left() const { return left_.size(); }
  bool has_failed() const { return has_failed_; }

  // Every field was there and nothing is left over.
  bool is_done() const { return !has_failed_ && left_.empty(); }

 private:
  std::uint64_t little_endian(std::size_t n) {
    std::uint64_t value = 0;
    std::size_t shift = 0;
    for (const std::uint8_t byte : bytes(n)) {
      value |= static_cast<std::uint64_t>(byte) << shift;
      shift += 8;
    }
    return value;
  }

  base::ByteView left_;
  bool has_failed_ = false;
};

}  // namespace grove::wire
