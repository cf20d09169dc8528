// Who keeps the rendezvous connection open to admit newcomers: at most five in a settled room (DESIGN §9). Everybody
// decides alone, from the records.
#pragma once

#include <optional>
#include <vector>

#include "base/id.h"
#include "base/random.h"
#include "base/time.h"
#include "wire/record.h"

namespace grove::overlay {

inline constexpr std::size_t kDoorkeepersMax = 5;  // DESIGN §9

struct DoorMember {
  base::PeerId id;
  wire::Role role = wire::Role::kDesktop;
  wire::Incarnation incarnation;
  bool is_at_door = false;
};

// Desktops first, then whoever has been here longest, then by id.
std::vector<DoorMember> door_ranking(std::vector<DoorMember> members);

// What the room needs of us. `turn`: so many who are not at the door are asked to come before us.
struct DoorNeed {
  enum class Kind { kNone, kCome, kGo };
  Kind kind = Kind::kNone;
  std::size_t turn = 0;
};

// `members` holds everybody, ourselves too. `is_here`: we are connected or trying to be.
// One of the first five comes. While fewer than five are at the door the next in rank come too, each in its turn. Whoever
// is not among the first five goes when five of a better rank are really there.
DoorNeed door_need(const std::vector<DoorMember>& members, const base::PeerId& self, bool is_here);

// The same with patience, so that nobody flaps.
class Doorkeeper {
 public:
  static constexpr base::Duration kSettledFor = base::Duration::s(10);  // before anybody goes; a guess
  static constexpr base::Duration kGoJitter = base::Duration::s(5);     // so that not all go at once; a guess
  static constexpr base::Duration kTurnWait = base::Duration::s(10);    // for whoever ranks before us to come; a guess

  enum class Decision { kStay, kCome, kGo };  // kStay: as you are

  explicit Doorkeeper(std::uint64_t seed) : random_(seed) {}

  // Again after every change of `members`, and at next_deadline().
  Decision decide(const std::vector<DoorMember>& members, const base::PeerId& self, bool is_here, base::Instant now);
  base::Instant next_deadline() const { return due_; }

 private:
  DoorNeed need_;
  base::Instant due_ = base::Instant::never();
  base::Random random_;
};

}  // namespace grove::overlay
