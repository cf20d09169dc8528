// Opus, set up for one voice: 48 kHz mono, VOIP, in-band FEC, DTX.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "voice/codec/frame.h"

struct OpusEncoder;

namespace grove::voice::codec {

class Encoder {
 public:
  Encoder();
  ~Encoder();

  // One packet from 20 ms. A packet of one or two bytes is DTX: nothing worth sending (RFC 6716 §2.1.9).
  base::ByteView encode(std::span<const float, kFrameSamples> frame);
  void set_expected_loss(double percent);
  std::size_t lookahead_samples() const;

  static bool is_silence(base::ByteView packet) { return packet.size() <= 2; }

 private:
  struct Deleter {
    void operator()(OpusEncoder* encoder) const;
  };
  std::unique_ptr<OpusEncoder, Deleter> opus_;
  base::ByteArray<kPacketBytesMax> packet_{};
};

}  // namespace grove::voice::codec
