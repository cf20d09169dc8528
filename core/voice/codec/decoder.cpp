#include "voice/codec/decoder.h"

#include <opus.h>

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace grove::voice::codec {

Decoder::Decoder()
    : size_(static_cast<std::size_t>(opus_decoder_get_size(1))), state_(std::make_unique<std::byte[]>(size_)) {
  const int error = opus_decoder_init(opus(), kSampleRate, 1);
  GROVE_ASSERT(error == OPUS_OK);
}

std::size_t Decoder::decode(base::ByteView packet, std::span<float> out) {
  GROVE_ASSERT(out.size() >= kPacketSamplesMax);
  const int samples = opus_decode_float(opus(), packet.data(), static_cast<opus_int32>(packet.size()), out.data(),
                                        static_cast<int>(kPacketSamplesMax), 0);
  return samples > 0 ? static_cast<std::size_t>(samples) : 0;
}

void Decoder::recover(base::ByteView packet, std::span<float> out) {
  const int samples = opus_decode_float(opus(), packet.data(), static_cast<opus_int32>(packet.size()), out.data(),
                                        static_cast<int>(out.size()), 1);
  if (samples < 0) conceal(out);
}

void Decoder::conceal(std::span<float> out) {
  GROVE_ASSERT(out.size() % kConcealStep == 0 && out.size() <= kPacketSamplesMax);
  const int samples = opus_decode_float(opus(), nullptr, 0, out.data(), static_cast<int>(out.size()), 0);
  if (samples < 0) std::fill(out.begin(), out.end(), 0.0F);
}

void Decoder::copy_state_of(const Decoder& other) {
  // opus.h: "An OpusDecoder state is always contiguous in memory and only a shallow copy is sufficient to copy it".
  std::memcpy(state_.get(), other.state_.get(), size_);
}

bool has_redundancy(base::ByteView packet) {
  return !packet.empty() && opus_packet_has_lbrr(packet.data(), static_cast<opus_int32>(packet.size())) == 1;
}

}  // namespace grove::voice::codec
