// The payload of a voice frame: docs/protocol.md §6.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace grove::voice::codec {

inline constexpr int kSampleRate = 48'000;
inline constexpr std::size_t kFrameSamples = 960;          // 20 ms
inline constexpr std::size_t kPacketSamplesMax = 2880;     // 60 ms, the longest single Opus frame (RFC 6716 §2.1.4)
inline constexpr std::size_t kPacketBytesMax = 1275;       // RFC 6716 §3.2.1
inline constexpr std::size_t kFrameHeaderBytes = 5;

struct VoiceFrame {
  bool starts_spurt = false;    // silence, or nothing at all, went before
  bool ends_spurt = false;      // silence follows: not worth concealing
  std::uint32_t timestamp = 0;  // of the first sample, counted at 48 kHz, silences included; wraps
  base::ByteView packet;        // Opus

  std::size_t samples() const;  // what the packet lasts, at 48 kHz
};

base::Bytes encode_frame(const VoiceFrame& frame);

// The frame's packet is a view into `bytes`.
base::Result<VoiceFrame> decode_frame(base::ByteView bytes);

}  // namespace grove::voice::codec
