// Wrap-around in one place: 16 bits on the wire, 64 bits everywhere else.
#pragma once

#include <cstdint>

namespace grove::base {

// The 64-bit number nearest to `reference` whose low 16 bits are `truncated`. Right as long as the two are less than
// 32768 apart (11 minutes of unbroken speech at 50 frames a second). Never goes below zero.
constexpr std::uint64_t unwrap_sequence(std::uint16_t truncated, std::uint64_t reference) {
  const auto forward = static_cast<std::uint16_t>(truncated - static_cast<std::uint16_t>(reference));
  const std::uint64_t ahead = reference + forward;
  if (forward < 0x8000 || ahead < 0x10000) return ahead;
  return ahead - 0x10000;
}

}  // namespace grove::base
