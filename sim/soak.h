// Many runs with options drawn at random: finds what nobody thought of.
#pragma once

#include <cstdint>
#include <string>

namespace grove::sim {

// Runs `runs` of them; prints for each failure the command line that replays it. True: none failed. Without blocks a seed is the
// same room in which nobody blocks anybody.
bool soak(std::uint32_t runs, std::uint64_t seed, bool has_blocks, const std::string& program);

}  // namespace grove::sim
