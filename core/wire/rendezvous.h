// The messages between a peer and the rendezvous server: docs/protocol.md §1.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace grove::wire::rendezvous {

inline constexpr std::uint8_t kVersion = 1;
inline constexpr std::size_t kRoomIdBytes = 32;
inline constexpr std::size_t kBlobBytesMax = 16'384;
inline constexpr std::size_t kIceServersMax = 8;
inline constexpr std::size_t kIceUrlBytesMax = 255;  // its length is a u8
inline constexpr std::size_t kPresentMax = 65'535;   // their number is a u16
inline constexpr std::size_t kReasonBytesMax = 200;
inline constexpr std::size_t kClientMessageBytesMax = 2 + 4 + kBlobBytesMax;  // a RELAY with the largest blob

struct RoomId {
  base::ByteArray<kRoomIdBytes> bytes{};
  bool operator==(const RoomId&) const = default;
  std::strong_ordering operator<=>(const RoomId& other) const { return base::compare_bytes(bytes, other.bytes); }
};

// A connection as the server numbers it within a room, from 1 up.
struct ConnectionNumber {
  std::uint32_t value = 0;
  auto operator<=>(const ConnectionNumber&) const = default;
};
inline constexpr ConnectionNumber kEverybodyElse{0};

// --- from the client -------------------------------------------------------------------------------------------------

struct Join {
  RoomId room;
  bool operator==(const Join&) const = default;
};
struct Relay {
  ConnectionNumber to;  // or kEverybodyElse
  base::Bytes blob;     // 1 to kBlobBytesMax
  bool operator==(const Relay&) const = default;
};
using FromClient = std::variant<Join, Relay>;

// --- from the server -------------------------------------------------------------------------------------------------

struct Welcome {
  ConnectionNumber self;
  std::vector<ConnectionNumber> present;  // without self; at most kPresentMax
  std::vector<std::string> ice_servers;   // at most kIceServersMax; each is_ice_url
  bool operator==(const Welcome&) const = default;
};
struct Entered {
  ConnectionNumber who;
  bool operator==(const Entered&) const = default;
};
struct Gone {
  ConnectionNumber who;
  bool operator==(const Gone&) const = default;
};
struct Relayed {
  ConnectionNumber from;
  base::Bytes blob;  // 1 to kBlobBytesMax
  bool operator==(const Relayed&) const = default;
};

enum class RefusalCode : std::uint8_t {
  kMalformed = 1,
  kWrongVersion = 2,
  kRoomFull = 3,
  kTooFast = 4,
  kTooManyFromAddress = 5,
  kMessageTooLarge = 6,
  kNotJoined = 7,
  kJoinedAlready = 8,
  kGoingDown = 9,
};
struct Refused {
  RefusalCode code = RefusalCode::kMalformed;
  std::string reason;  // UTF-8, at most kReasonBytesMax
  bool operator==(const Refused&) const = default;
};
using FromServer = std::variant<Welcome, Entered, Gone, Relayed, Refused>;

// --- bytes -----------------------------------------------------------------------------------------------------------

// What is encoded must keep the limits above (asserted): a limit is checked where a value enters the program.
base::Bytes encode(const FromClient& message);
base::Bytes encode(const FromServer& message);

base::Result<FromClient> decode_from_client(base::ByteView message);
base::Result<FromServer> decode_from_server(base::ByteView message);

// To tell an old or new partner from a broken one, after a decoder refused.
bool has_wrong_version(base::ByteView message);

// 1 to kIceUrlBytesMax visible ASCII characters that begin with stun:, stuns:, turn: or turns:.
bool is_ice_url(base::ByteView url);

}  // namespace grove::wire::rendezvous
