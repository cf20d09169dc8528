// Lets the talkers speak over one overlay, frame by frame, and measures it with grove-sim's definitions (docs/simulator.md).
#pragma once

#include "overlays.h"

namespace grove::overlay_bench {

struct Outcome {
  double direct_mean_ms, delay_mean_ratio, delay_p95_ratio;
  double copies_per_frame;          // sent, by frames delivered
  std::size_t copies_by_one_max;    // of one frame
  double uplink_kbits_max;          // headers included; what is offered, whether the uplink takes it or not
  double frames_on_time_percent;
};

Outcome play(const Overlay& overlay, const Room& room, std::uint64_t uplink_bits_per_s, std::uint32_t seconds);

}  // namespace grove::overlay_bench
