// From any rate to any other by a polyphase windowed sinc whose position moves continuously, so that the ratio may
// change while it runs: the same filter converts the device's rate and absorbs the drift between two sound cards.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace grove::voice::signal {

// The coefficients for one pair of rates, shared by all resamplers between them.
class ResamplerKernel {
 public:
  ResamplerKernel(double input_hz, double output_hz);

  std::size_t taps() const { return taps_; }
  double step() const { return step_; }  // input samples per output sample
  double latency_s() const;
  // The filter for a point `fraction` of the way (in 1/kPhases) from one input sample to the next.
  const float* phase(std::size_t number) const { return table_.data() + number * taps_; }

  // Linear interpolation between phases errs by (pi/kPhases)^2/8 at the band's edge: -94 dB.
  static constexpr std::size_t kPhases = 256;

 private:
  double input_hz_;
  double step_;
  std::size_t taps_;
  std::vector<float> table_;
};

class Resampler {
 public:
  // Never holds more than `input_max` samples that handle_input brought and pull has not used.
  Resampler(const ResamplerKernel& kernel, std::size_t input_max);

  // Faster consumption by this share of the rate: +0.001 uses up 0.1 % more input.
  void set_drift(double share);

  std::size_t input_needed(std::size_t outputs) const;  // samples to hand in before `outputs` can be pulled
  std::size_t outputs_ready() const;
  void handle_input(std::span<const float> input);
  void pull(std::span<float> output);
  void reset();
  void reconfigure(std::size_t input_max);  // after the kernel has been replaced in place

 private:
  void drop_used();

  const ResamplerKernel& kernel_;
  std::vector<float> line_;
  std::size_t filled_ = 0;
  double position_ = 0;  // of the first tap of the next output, in line_
  double step_;
};

}  // namespace grove::voice::signal
