// Samples waiting to be played, in a fixed piece of memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>

#include "base/assert.h"

namespace grove::voice::playout {

template <std::size_t kCapacity>
class SampleQueue {
 public:
  std::size_t size() const { return end_ - begin_; }
  bool is_empty() const { return begin_ == end_; }
  std::span<float> all() { return {samples_.data() + begin_, size()}; }
  // Everything in use, and the room behind it.
  std::span<float> with_room() {
    compact();
    return samples_;
  }
  void set_size(std::size_t size) {
    GROVE_ASSERT(begin_ == 0 && size <= kCapacity);
    end_ = size;
  }
  // Room for `count` more samples at the end; what it holds is the caller's to fill.
  std::span<float> grow(std::size_t count) {
    if (end_ + count > kCapacity) compact();
    GROVE_ASSERT(end_ + count <= kCapacity);
    end_ += count;
    return {samples_.data() + end_ - count, count};
  }
  void shrink(std::size_t count) {
    GROVE_ASSERT(count <= size());
    end_ -= count;
  }
  void drop(std::size_t count) {
    GROVE_ASSERT(count <= size());
    begin_ += count;
  }
  std::size_t pull(std::span<float> out) {
    const std::size_t count = std::min(out.size(), size());
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(begin_), count, out.begin());
    begin_ += count;
    return count;
  }
  void clear() { begin_ = end_ = 0; }

 private:
  void compact() {
    std::memmove(samples_.data(), samples_.data() + begin_, size() * sizeof(float));
    end_ -= begin_;
    begin_ = 0;
  }

  std::array<float, kCapacity> samples_{};
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace grove::voice::playout
