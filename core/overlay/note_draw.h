// Runs and notes for the tests of notes.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "base/time.h"
#include "wire/note.h"

namespace grove::overlay {

using Numbers = std::vector<std::uint32_t>;

inline constexpr std::uint64_t kWallMs = 1'700'000'000'000;
inline constexpr base::Instant kStart = base::Instant::from_us(1);

inline wire::NoteRun run_of(std::size_t i) { return {{{static_cast<std::uint8_t>(i + 1)}}, {kWallMs}}; }

// Signatures are not looked at here: the author's id stands at the beginning of the key.
inline wire::SignedNote note_of(const wire::NoteRun& run, std::uint32_t number, std::uint64_t written_ms, base::Bytes body = {1}) {
  wire::SignedNote note;
  std::copy(run.author.bytes.begin(), run.author.bytes.end(), note.note.public_key.begin());
  note.note.incarnation = run.incarnation;
  note.note.number = number;
  note.note.written_ms = written_ms;
  note.note.body = std::move(body);
  return note;
}

inline Numbers up_to(std::uint32_t last, std::uint32_t first = 1) {
  Numbers numbers;
  for (std::uint32_t n = first; n <= last; ++n) numbers.push_back(n);
  return numbers;
}

}  // namespace grove::overlay
