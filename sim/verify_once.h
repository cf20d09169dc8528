// A room of a hundred checks each signature a hundred times, and the answer is a function of the bytes. The simulator is
// linked so that libsodium's check passes here first (CMakeLists.txt: --wrap) and each answer is worked out once.
#pragma once

#include <cstdint>

namespace grove::sim {

struct VerifyStats {
  std::uint64_t asked = 0, worked_out = 0;
};
VerifyStats verify_stats();

}  // namespace grove::sim
