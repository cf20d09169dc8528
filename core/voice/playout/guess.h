// What a voice would go on to say if it went on as it was: Opus' concealment on a copy of the decoder, fading into the
// room's noise. Used while a frame is late, and to end a spurt without a click.
#pragma once

#include <cstddef>
#include <span>

#include "voice/codec/decoder.h"
#include "voice/conceal/comfort_noise.h"
#include "voice/playout/sample_queue.h"

namespace grove::voice::playout {

class Guess {
 public:
  explicit Guess(conceal::ComfortNoise& noise) : noise_(noise) {}

  // `fade_from` and `fade_to`: samples from now at which the voice begins to give way to noise, and is gone.
  void begin(const codec::Decoder& decoder, double fade_from, double fade_to);
  void pull(std::span<float> out);
  // The coming samples, without moving on; the view is good until the next call. At most kPreviewMax.
  std::span<const float> preview(std::size_t count);
  bool is_over() const;  // silence from now on

  static constexpr std::size_t kPreviewMax = 1440;

 private:
  void stock(std::size_t count);

  conceal::ComfortNoise& noise_;
  codec::Decoder decoder_;
  SampleQueue<4096> stock_;
  double fade_from_ = 0;
  double fade_to_ = 0;
  double made_ = 0;
  double pulled_ = 0;
};

}  // namespace grove::voice::playout
