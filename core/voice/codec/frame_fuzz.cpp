// What decodes is encoded to the same bytes again, and Opus survives the packet.
#include <cstdlib>

#include "voice/codec/decoder.h"
#include "voice/codec/frame.h"

using namespace grove::voice::codec;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto frame = decode_frame({data, size});
  if (!frame) return 0;
  if (encode_frame(*frame) != grove::base::Bytes(data, data + size)) std::abort();
  static Decoder decoder;
  static float out[kPacketSamplesMax];
  const std::size_t samples = decoder.decode(frame->packet, out);
  if (samples != 0 && samples != frame->samples()) std::abort();
  decoder.recover(frame->packet, std::span<float>(out, kFrameSamples));
  return 0;
}
