// What records and their deltas write alike.
#pragma once

#include "wire/reader.h"
#include "wire/record.h"
#include "wire/writer.h"

namespace grove::wire {

inline constexpr std::uint8_t kMutedFlag = 1;
inline constexpr std::uint8_t kAtDoorFlag = 2;
inline constexpr std::uint8_t kLeavingFlag = 4;
inline constexpr std::uint8_t kWantedBit = 0x80;  // above the loss

inline std::uint8_t loss_and_wanted(std::uint8_t loss_percent, bool is_wanted) {
  return static_cast<std::uint8_t>(loss_percent | (is_wanted ? kWantedBit : 0));
}
inline std::uint8_t loss_of(std::uint8_t loss_and_wanted) { return loss_and_wanted & 0x7f; }
inline bool is_wanted_of(std::uint8_t loss_and_wanted) { return (loss_and_wanted & kWantedBit) != 0; }

inline void write(Writer& writer, const Coordinate& coordinate) {
  for (const std::int16_t axis : coordinate.place) writer.u16(static_cast<std::uint16_t>(axis));
  writer.u16(coordinate.height).u8(coordinate.error_percent);
}

inline Coordinate read_coordinate(Reader& reader) {
  Coordinate coordinate;
  for (std::int16_t& axis : coordinate.place) axis = static_cast<std::int16_t>(reader.u16());
  coordinate.height = reader.u16();
  coordinate.error_percent = reader.u8();
  return coordinate;
}

inline void write(Writer& writer, const LinkClaim& claim) {
  writer.bytes(claim.to.bytes).u16(claim.rtt_tenth_ms).u8(loss_and_wanted(claim.loss_percent, claim.is_wanted));
}

inline LinkClaim read_claim(Reader& reader) {
  LinkClaim claim;
  claim.to.bytes = reader.array<base::PeerId::kSize>();
  claim.rtt_tenth_ms = reader.u16();
  const std::uint8_t bits = reader.u8();
  claim.loss_percent = loss_of(bits);
  claim.is_wanted = is_wanted_of(bits);
  return claim;
}

}  // namespace grove::wire
