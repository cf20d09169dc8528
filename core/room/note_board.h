// The room's notes, for the node: signs ours, checks everybody else's, and leaves the rest to overlay/notes.h.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/time.h"
#include "overlay/notes.h"
#include "room/credentials.h"

namespace grove::room {

class NoteBoard {
 public:
  // `wall_clock_ms`: since 1970, at `now`. `me` must outlive the board.
  NoteBoard(const Credentials& me, std::uint64_t wall_clock_ms, std::uint64_t random_seed, base::Instant now)
      : me_(me), notes_({me.self(), me.incarnation}, wall_clock_ms, random_seed, now) {}

  // To the whole room, those who come later included. Not delivered to ourselves.
  enum class Written : std::uint8_t { kSent, kEmptyOrTooLong, kTooFast };
  Written write(base::ByteView body, base::Instant now);

  // kKnown: no news, or too much of it; costs no signature. kForged: changed nothing.
  enum class Verdict : std::uint8_t { kTaken, kKnown, kForged };
  Verdict handle_note(const base::PeerId& from, const wire::SignedNote& note, base::Instant now);

  // Links, trees, digests, wants, time, outputs: straight.
  overlay::Notes& notes() { return notes_; }
  const overlay::Notes& notes() const { return notes_; }

 private:
  const Credentials& me_;
  overlay::Notes notes_;
};

}  // namespace grove::room
