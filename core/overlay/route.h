// The way of an envelope over links (wire/routed.h): shortest by round-trip time, over links that both ends list.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "overlay/map.h"
#include "wire/routed.h"

namespace grove::overlay {

// Who is to pass it on, the addressee last, at most wire::kHopsMax. The first hop is one of `open_links` of `from`, whatever
// the map says of those; nobody in `avoiding` passes it on (the addressee may be among them).
std::optional<std::vector<base::PeerId>> route(const Map& map, const base::PeerId& from, const base::PeerId& to,
                                               const std::vector<base::PeerId>& open_links,
                                               const std::vector<base::PeerId>& avoiding = {});

// Ways that brought no answer. Which of its hops failed nobody knows, so the next way avoids all of them.
class BrokenWays {
 public:
  // A guess: by then the map tells of whoever died (3 s, DESIGN §4 Timers, and gossip).
  static constexpr base::Duration kRemembered = base::Duration::s(10);
  static constexpr std::size_t kHopsKept = 64;

  // `hops` as route() gave them.
  void handle_unanswered(const std::vector<base::PeerId>& hops, base::Instant now);

  // As route(), around those hops; and when there is no other way, the shortest once more.
  std::optional<std::vector<base::PeerId>> route_around(const Map& map, const base::PeerId& from, const base::PeerId& to,
                                                        const std::vector<base::PeerId>& open_links, base::Instant now);

 private:
  std::vector<std::pair<base::PeerId, base::Instant>> hops_;  // and until when it is avoided
};

}  // namespace grove::overlay
