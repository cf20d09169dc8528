// The way of an envelope over links (wire/routed.h): shortest by round-trip time, over links that both ends list.
#pragma once

#include <optional>
#include <vector>

#include "base/id.h"
#include "base/time.h"
#include "overlay/map.h"
#include "wire/routed.h"

namespace grove::overlay {

// An open link of whoever sends it, and its round-trip time.
struct FirstHop {
  base::PeerId peer;
  base::Duration rtt;
};

// Who is to pass it on, the addressee last, at most wire::kHopsMax. The first hop is one of `first_hops`, whatever
// the map says of those; nobody in `avoiding` passes it on (the addressee may be among them).
std::optional<std::vector<base::PeerId>> route(const Map& map, const base::PeerId& from, const base::PeerId& to,
                                               const std::vector<FirstHop>& first_hops,
                                               const std::vector<base::PeerId>& avoiding = {});

}  // namespace grove::overlay
