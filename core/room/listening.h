// Opens other people's frames: one key for each source and run, from their signed record, and a replay window each.
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
  // From the source's signed plan.
  void set_reference(const base::PeerId& source, std::uint64_t counter);

  struct Heard {
    base::PeerId source;
    crypto::OpenedFrame opened;
  };
  enum class Refused { kReplayed, kUnknown };  // unknown: from nobody we know, or spoilt
  std::variant<Heard, Refused> open(base::ByteView sealed);

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
