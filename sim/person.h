// One run of one person: a production node and what its host keeps for it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "node/node.h"
#include "sim/channel.h"
#include "sim/event_queue.h"

namespace grove::sim {

// How a member lies. Both look well from outside: they beat, gossip and plan as they should.
enum class Lie : std::uint8_t {
  kNone,
  kDropsRelayed,   // passes nobody's frames on
  kForgesRelayed,  // puts words of its own into others' mouths, sealed as only members can
};

struct LinkAtHost {
  std::string own_text, their_text;  // descriptions
  bool has_candidate = false;        // one of theirs
  bool is_closed = false;
  std::optional<LinkEnd> end;        // from the moment the two ends matched
  bool is_up = false;
  std::uint32_t peer = 0;            // whose, once matched
};

struct Person {
  HostId host;
  std::unique_ptr<node::Node> node;  // none: gone
  base::PeerId id;
  bool is_here = true;
  bool is_frozen = false;
  std::vector<Event> waiting;        // what happened to a frozen one meanwhile, in order
  Instant wake = Instant::never();   // the earliest kWake that is posted
  std::vector<LinkAtHost> links;     // by LinkId, which counts from 1
  std::uint32_t links_created = 0;   // RTCPeerConnections in the life of this tab
  std::vector<PersonId> people;      // by PeerNumber
  Lie lie = Lie::kNone;

  bool talks = false;
  std::uint32_t turn = 0;            // outdates the kSpeak of an earlier turn
  Instant spurt_ends;
  std::uint64_t frames_spoken = 0;
};

}  // namespace grove::sim
