// The room's noise, imitated while nobody speaks, so that the line does not sound dead: white noise through the
// linear prediction filter of the quietest frames heard lately.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace grove::voice::conceal {

class ComfortNoise {
 public:
  void handle_frame(std::span<const float> frame);  // learns, if this is background
  void generate(std::span<float> out);
  bool is_known() const { return is_known_; }

 private:
  static constexpr std::size_t kOrder = 10;  // G.711 appendix II uses 10

  float white();

  bool is_known_ = false;
  double floor_power_ = 0;
  std::array<float, kOrder> filter_{};
  std::array<float, kOrder> past_{};
  float gain_ = 0;
  float gain_now_ = 0;
  std::uint32_t seed_ = 0x9e3779b9;
};

}  // namespace grove::voice::conceal
