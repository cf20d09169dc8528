#include "voice/playout/guess.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace grove::voice::playout {
namespace {

// The room's noise is heard on for a second after speech, a usual pause, then goes away: silent people must cost
// nothing, and their noises must not add up.
constexpr double kNoiseFadeFrom = 48'000;
constexpr double kNoiseFadeTo = 96'000;

}  // namespace

bool Guess::is_over() const { return pulled_ >= fade_to_ + (noise_.is_known() ? kNoiseFadeTo : 0); }

void Guess::begin(const codec::Decoder& decoder, double fade_from, double fade_to) {
  decoder_.copy_state_of(decoder);
  stock_.clear();
  fade_from_ = fade_from;
  fade_to_ = fade_to;
  made_ = 0;
  pulled_ = 0;
}

void Guess::stock(std::size_t count) {
  while (stock_.size() < count) {
    constexpr std::size_t kStep = codec::Decoder::kConcealStep;
    const std::span<float> piece = stock_.grow(kStep);
    std::array<float, kStep> noise;
    noise_.generate(noise);
    if (made_ < fade_to_) {
      decoder_.conceal(piece);
    } else {
      std::fill(piece.begin(), piece.end(), 0.0F);
    }
    for (std::size_t i = 0; i < kStep; ++i) {
      const double at = made_ + static_cast<double>(i);
      const double gone = std::clamp((at - fade_from_) / std::max(1.0, fade_to_ - fade_from_), 0.0, 1.0);
      const double hushed = std::clamp((at - fade_to_ - kNoiseFadeFrom) / (kNoiseFadeTo - kNoiseFadeFrom), 0.0, 1.0);
      // Voice and noise are strangers: equal power.
      piece[i] = piece[i] * static_cast<float>(std::sqrt(1 - gone)) +
                 noise[i] * static_cast<float>(std::sqrt(gone) * (1 - hushed));
    }
    made_ += kStep;
  }
}

void Guess::pull(std::span<float> out) {
  pulled_ += static_cast<double>(out.size());
  while (!out.empty()) {
    stock(1);
    out = out.subspan(stock_.pull(out));
  }
}

std::span<const float> Guess::preview(std::size_t count) {
  GROVE_ASSERT(count <= kPreviewMax);
  stock(count);
  return stock_.all().first(count);
}

}  // namespace grove::voice::playout
