// Opens other people's frames: one key for each source and run, from their signed record, and a replay window each.
// Every member can compute every source's key, so before a frame is opened the caller asks whether this source's frames
// are taken from whoever sent it (overlay/intake.h): nobody else gets a word in, not even to move the replay window.
#pragma once

#include <map>
#include <vector>

#include "base/id.h"
#include "crypto/frame_seal.h"
#include "room/credentials.h"

namespace grove::room {

class Listening {
 public:
  explicit Listening(const Credentials& credentials) : me_(credentials) {}

  // The record that this source's keys come from, verified. A new run or salt starts afresh; the same again is nothing.
  void learn_source(const base::PeerId& source, const wire::Record& record);
  void forget_source(const base::PeerId& source) { sources_.erase(source); }
  // From the source's signed plan: where its counter stands.
  void learn_counter(const base::PeerId& source, std::uint64_t next_counter);

  // Whose frame this may be: as a rule one, by chance two, none if we know nobody of that key.
  std::vector<base::PeerId> sources_of(base::ByteView sealed) const;
  crypto::FrameOpener::Outcome open(const base::PeerId& source, base::ByteView sealed);

 private:
  struct Source {
    wire::Incarnation incarnation;
    base::ByteArray<16> salt;
    crypto::FrameOpener opener;
  };

  const Credentials& me_;
  std::map<base::PeerId, Source> sources_;
};

}  // namespace grove::room
