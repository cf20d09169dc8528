#include "voice/codec/encoder.h"

#include <opus.h>

#include <algorithm>
#include <cmath>

#include "base/assert.h"

namespace grove::voice::codec {
namespace {

constexpr int kBitRate = 32'000;   // DESIGN §6
constexpr int kComplexity = 9;     // 10 costs a fifth more and is not heard at this rate (Opus' own listening tests)
constexpr double kLossLeast = 5;   // percent, also when listeners report none: enough for Opus to spend bits on FEC,
                                   // for the next loss comes unannounced

}  // namespace

void Encoder::Deleter::operator()(OpusEncoder* encoder) const { opus_encoder_destroy(encoder); }

Encoder::Encoder() : opus_(opus_encoder_create(kSampleRate, 1, OPUS_APPLICATION_VOIP, nullptr)) {
  GROVE_ASSERT(opus_);
  opus_encoder_ctl(opus_.get(), OPUS_SET_BITRATE(kBitRate));
  opus_encoder_ctl(opus_.get(), OPUS_SET_COMPLEXITY(kComplexity));
  opus_encoder_ctl(opus_.get(), OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
  opus_encoder_ctl(opus_.get(), OPUS_SET_INBAND_FEC(1));
  opus_encoder_ctl(opus_.get(), OPUS_SET_DTX(1));
  set_expected_loss(kLossLeast);
}

Encoder::~Encoder() = default;

base::ByteView Encoder::encode(std::span<const float, kFrameSamples> frame) {
  const int bytes = opus_encode_float(opus_.get(), frame.data(), static_cast<int>(kFrameSamples), packet_.data(),
                                      static_cast<opus_int32>(packet_.size()));
  GROVE_ASSERT(bytes > 0);
  return base::ByteView(packet_).first(static_cast<std::size_t>(bytes));
}

void Encoder::set_expected_loss(double percent) {
  const double safe = std::isfinite(percent) ? std::clamp(percent, kLossLeast, 100.0) : kLossLeast;
  opus_encoder_ctl(opus_.get(), OPUS_SET_PACKET_LOSS_PERC(static_cast<int>(std::lround(safe))));
}

std::size_t Encoder::lookahead_samples() const {
  opus_int32 samples = 0;
  opus_encoder_ctl(opus_.get(), OPUS_GET_LOOKAHEAD(&samples));
  return static_cast<std::size_t>(samples);
}

}  // namespace grove::voice::codec
