// Four ways to carry a voice to everybody. Each knows the whole network's delays, which no real one does, keeps no budget
// and loses nobody: they are drawn at their best.
#pragma once

#include <string>
#include <vector>

#include "room.h"

namespace grove::overlay_bench {

using Links = std::vector<std::vector<HostId>>;  // by host

// Whoever has a frame for the first time sends it to next[talker][itself], except where it came from.
struct Overlay {
  std::string name;
  std::vector<Links> next;  // by talker
};

std::vector<Overlay> draw_overlays(const Room& room);

}  // namespace grove::overlay_bench
