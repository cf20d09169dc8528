// overlay_peers PEERS SEED SECONDS UPLINK_KBITS [RTT_FILE]: one line of JSON for run.mjs, an object an overlay. UPLINK_KBITS 0: no bound.
#include <cstdio>
#include <cstdlib>

#include "play.h"

namespace grove::overlay_bench {
namespace {

int run_program(int count, char** words) {
  const auto number = [&](int i) { return std::strtoull(words[i], nullptr, 10); };
  if (count < 5 || count > 6 || number(1) < 4 || number(1) > 1000 || number(3) < 1) {
    std::fprintf(stderr, "overlay_peers PEERS (4 to 1000) SEED SECONDS UPLINK_KBITS [RTT_FILE]\n");
    return 2;
  }
  const auto matrix = count == 6 ? read_matrix(words[5]) : std::nullopt;
  if (count == 6 && !matrix) {
    std::fprintf(stderr, "overlay_peers: %s holds no matrix of round-trip times\n", words[5]);
    return 2;
  }
  const Room room = draw_room(static_cast<std::uint32_t>(number(1)), number(2), matrix);
  const char* before = "{";
  for (const Overlay& overlay : draw_overlays(room)) {
    const Outcome o = play(overlay, room, number(4) * 1000, static_cast<std::uint32_t>(number(3)));
    std::printf("%s\"%s\": {\"direct_mean_ms\": %.2f, \"delay_mean_ratio\": %.4f, \"delay_p95_ratio\": %.4f, \"copies_per_frame\": %.4f, "
                "\"copies_by_one_max\": %zu, \"uplink_kbits_max\": %.0f, \"frames_on_time_percent\": %.3f}",
                before, overlay.name.c_str(), o.direct_mean_ms, o.delay_mean_ratio, o.delay_p95_ratio, o.copies_per_frame, o.copies_by_one_max,
                o.uplink_kbits_max, o.frames_on_time_percent);
    before = ", ";
  }
  std::printf("}\n");
  return 0;
}

}  // namespace
}  // namespace grove::overlay_bench

int main(int count, char** words) { return grove::overlay_bench::run_program(count, words); }
