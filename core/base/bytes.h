// Byte strings: owned (Bytes) and borrowed (ByteView).
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace grove::base {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

template <std::size_t N>
using ByteArray = std::array<std::uint8_t, N>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Lexicographic. (Emscripten's libc++ has no <=> for arrays.)
inline std::strong_ordering compare_bytes(ByteView a, ByteView b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i] != b[i]) return a[i] <=> b[i];
  }
  return a.size() <=> b.size();
}

inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }

inline void append(Bytes& to, ByteView what) { to.insert(to.end(), what.begin(), what.end()); }

}  // namespace grove::base
