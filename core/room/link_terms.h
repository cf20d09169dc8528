// Words about links that the room and its host share.
#pragma once

#include <cstdint>

namespace grove::room {

// The kinds of text that two ends of a link exchange to come up (RFC 8829 descriptions, RFC 8839 candidates).
enum class SignalKind : std::uint8_t { kOffer = 0, kAnswer = 1, kCandidate = 2 };

enum class LinkRole : std::uint8_t { kOffers = 0, kAnswers = 1 };

}  // namespace grove::room
