// One source's frames between arrival and playing, in the order of their sequence numbers. A fixed number of slots,
// whose memory is used again and again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace grove::voice::jitter {

struct Packet {
  std::uint64_t sequence = 0;
  std::int64_t media = 0;      // of the first sample, counted at 48 kHz since the source began; never wraps
  std::int64_t samples = 0;
  bool starts_spurt = false;
  bool ends_spurt = false;
  base::Bytes opus;

  std::int64_t media_end() const { return media + samples; }
};

class PacketBuffer {
 public:
  enum class Stored { kYes, kDuplicate, kOverflow /* stored; the oldest had to go */ };

  PacketBuffer();

  Stored store(const Packet& about, base::ByteView opus);  // about.opus is not looked at
  bool is_empty() const { return order_.empty(); }
  std::size_t size() const { return order_.size(); }
  const Packet& front() const;
  const Packet& back() const;
  void drop_front();
  void clear();

  // 2 s of speech: more than any link (150 ms) or guardian's ring (500 ms) can hold back.
  static constexpr std::size_t kPacketsMax = 100;

 private:
  std::vector<Packet> slots_;
  std::vector<std::uint8_t> order_;  // slots in use, oldest sequence first
  std::vector<std::uint8_t> free_;
};

}  // namespace grove::voice::jitter
