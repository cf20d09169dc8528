// Opus' decoder for one voice, at 48 kHz mono. A copy of its state is cheap (about 20 kB) and never allocates: guesses
// at a late frame are made on a copy, so that the frame, when it comes, decodes as if nothing had happened.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "voice/codec/frame.h"

struct OpusDecoder;

namespace grove::voice::codec {

class Decoder {
 public:
  Decoder();

  // Samples written; 0 if the packet is broken. `out` holds at least kPacketSamplesMax.
  std::size_t decode(base::ByteView packet, std::span<float> out);
  // The frame before `packet`, from the redundancy inside it; `out` is as long as that frame. Conceals when the packet
  // holds none.
  void recover(base::ByteView packet, std::span<float> out);
  // A guess at what comes next; a multiple of 10 ms, at most 60 ms (SILK conceals in steps of 10 ms).
  void conceal(std::span<float> out);

  void copy_state_of(const Decoder& other);

  static constexpr std::size_t kConcealStep = 480;

 private:
  OpusDecoder* opus() { return reinterpret_cast<OpusDecoder*>(state_.get()); }

  std::size_t size_;
  std::unique_ptr<std::byte[]> state_;
};

// Does the packet carry a copy of the frame before it?
bool has_redundancy(base::ByteView packet);

}  // namespace grove::voice::codec
