// NOSEND and SEND: whether one person wants to hear and read another, told to that other alone. docs/protocol.md §9.
#pragma once

#include <cstdint>

#include "wire/record.h"

namespace grove::wire {

class Reader;
class Writer;

// The highest (incarnation, number) of a sender holds.
struct Hearing {
  Incarnation incarnation;   // of the sender's run
  std::uint32_t number = 0;  // from 1, grows with every new word to this receiver
  bool is_wanted = true;     // SEND; else NOSEND
  bool is_echo = false;      // the receiver says it back: it has it. Then the two fields above are the first sender's
  bool operator==(const Hearing&) const = default;
};

inline constexpr std::size_t kHearingBytes = 13;

void write(Writer& writer, const Hearing& hearing);
Hearing read_hearing(Reader& reader);  // the reader fails at what the protocol forbids

}  // namespace grove::wire
