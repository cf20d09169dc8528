// Is this text? RFC 3629: shortest form only, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace grove::wire {

inline bool is_utf8(base::ByteView text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const std::uint8_t lead = text[i++];
    if (lead < 0x80) continue;
    const std::size_t more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
    if (lead < 0xc2 || lead > 0xf4 || text.size() - i < more) return false;
    // Only the first continuation byte can make the character overlong, a surrogate or too large.
    const std::uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const std::uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (text[i] < least || text[i] > most) return false;
    for (std::size_t k = 1; k < more; ++k) {
      if ((text[i + k] & 0xc0) != 0x80) return false;
    }
    i += more;
  }
  return true;
}

}  // namespace grove::wire
