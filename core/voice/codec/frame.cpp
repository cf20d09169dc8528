#include "voice/codec/frame.h"

#include <opus.h>

#include "base/assert.h"

namespace grove::voice::codec {
namespace {

constexpr std::uint8_t kStartsSpurt = 1;
constexpr std::uint8_t kEndsSpurt = 2;

int samples_in(base::ByteView packet) {
  return opus_packet_get_nb_samples(packet.data(), static_cast<opus_int32>(packet.size()), kSampleRate);
}

}  // namespace

std::size_t VoiceFrame::samples() const {
  const int samples = samples_in(packet);
  return samples > 0 ? static_cast<std::size_t>(samples) : 0;
}

base::Bytes encode_frame(const VoiceFrame& frame) {
  GROVE_ASSERT(!frame.packet.empty() && frame.packet.size() <= kPacketBytesMax);
  base::Bytes bytes;
  bytes.reserve(kFrameHeaderBytes + frame.packet.size());
  const int flags = (frame.starts_spurt ? kStartsSpurt : 0) | (frame.ends_spurt ? kEndsSpurt : 0);
  bytes.push_back(static_cast<std::uint8_t>(flags));
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(frame.timestamp >> shift));
  base::append(bytes, frame.packet);
  return bytes;
}

base::Result<VoiceFrame> decode_frame(base::ByteView bytes) {
  if (bytes.size() <= kFrameHeaderBytes) return base::Refusal{"voice frame: too short"};
  if (bytes.size() > kFrameHeaderBytes + kPacketBytesMax) return base::Refusal{"voice frame: too long"};
  if ((bytes[0] & ~(kStartsSpurt | kEndsSpurt)) != 0) return base::Refusal{"voice frame: unknown flag"};
  VoiceFrame frame;
  frame.starts_spurt = (bytes[0] & kStartsSpurt) != 0;
  frame.ends_spurt = (bytes[0] & kEndsSpurt) != 0;
  for (std::size_t i = 0; i < 4; ++i) frame.timestamp |= static_cast<std::uint32_t>(bytes[1 + i]) << (8 * i);
  frame.packet = bytes.subspan(kFrameHeaderBytes);
  const int samples = samples_in(frame.packet);
  if (samples <= 0) return base::Refusal{"voice frame: not an Opus packet"};
  if (static_cast<std::size_t>(samples) > kPacketSamplesMax) return base::Refusal{"voice frame: longer than 60 ms"};
  return frame;
}

}  // namespace grove::voice::codec
