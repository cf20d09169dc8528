// Opens other people's frames: one key for each source and run, from their signed record, and a replay window each.
// Every member can compute every source's key, so a frame counts only over the link of its source, or of the parent that
// the source's signed plan names for us: nobody else gets a word in, not even to move the replay window.
#pragma once

#include <map>
#include <optional>
#include <variant>
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
  // From the source's signed plan: where its counter stands, and who brings us its frames.
  void learn_plan(const base::PeerId& source, std::uint64_t next_counter, const base::PeerId& our_parent);

  struct Heard {
    base::PeerId source;
    crypto::OpenedFrame opened;
  };
  enum class Refused { kReplayed, kUnknown };  // unknown: from nobody we know or over a wrong link, or spoilt
  std::variant<Heard, Refused> open(base::ByteView sealed, const base::PeerId& from);

 private:
  struct Source {
    wire::Incarnation incarnation;
    base::ByteArray<16> salt;
    crypto::FrameOpener opener;
    base::PeerId parent;
  };

  const Credentials& me_;
  std::map<base::PeerId, Source> sources_;
};

}  // namespace grove::room
