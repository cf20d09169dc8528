// Whoever looks on while a world runs: checkers and figures. Observers change nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "node/node.h"
#include "sim/event_queue.h"
#include "sim/rendezvous.h"

namespace grove::sim {

// A frame by the one who spoke it and its counter.
struct FrameName {
  PersonId source;
  std::uint64_t counter = 0;
  auto operator<=>(const FrameName&) const = default;
};

// A message on a link, as bytes; those of a frame are named too.
struct Passage {
  Instant at;
  PersonId from, to;
  node::Channel channel;
  base::ByteView message;
  std::optional<FrameName> frame;
};

struct Spoken {
  Instant at;
  FrameName frame;
  bool ends_spurt;
};

struct Delivered {
  Instant at;
  PersonId listener;
  FrameName frame;
  bool is_genuine;  // it holds what was spoken
};

enum class Departure : std::uint8_t { kSaidGoodbye, kDied };

// What befalls people; the figures look at the holes that follow.
enum class FaultKind : std::uint8_t { kDeath, kLeave, kFreeze, kLie, kRendezvousDown, kRendezvousUp, kPartition, kHeal, kJoin, kBlock, kUnblock };

// Why a listener gets nothing of a source: it blocks it; the source keeps its voice from it; or nobody was told, and figures
// only leave the pair out, as in the run with which one with blocks is compared.
enum class BlockKind : std::uint8_t { kBlocked, kWithheld, kLeftOut };

class Observer {
 public:
  virtual ~Observer() = default;

  virtual void on_entered(PersonId, Instant) {}
  virtual void on_departed(PersonId, Departure, Instant) {}
  virtual void on_frozen(PersonId, Instant) {}
  virtual void on_thawed(PersonId, Instant) {}
  virtual void on_link_up(PersonId, PersonId, Instant) {}    // at the first one's end
  virtual void on_link_down(PersonId, PersonId, Instant) {}  // at the first one's end
  virtual void on_spoken(const Spoken&) {}
  virtual void on_sent(const Passage&) {}     // handed to the channel
  virtual void on_arrived(const Passage&) {}  // about to be handed to the node
  virtual void on_delivered(const Delivered&) {}
  virtual void on_blocked(PersonId, PersonId, BlockKind, bool, Instant) {}  // listener, source, on or off; before the node is told
  virtual void on_fault(FaultKind, PersonId, Instant) {}
  virtual void on_measuring(Instant) {}       // the room has settled; the harsh phase begins
  virtual void on_faults_over(Instant) {}     // from here on all must become well
  virtual void on_tick(Instant) {}            // ten times a second
  virtual void on_end(Instant) {}
};

// The type byte of a link message (docs/protocol.md §3); 0 for what is none.
inline std::uint8_t type_of(base::ByteView message) { return message.size() < 2 ? std::uint8_t{0} : message[1]; }

}  // namespace grove::sim
