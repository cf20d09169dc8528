// A note: a small message of one source to the whole room, kept for those who come later. Signed, so that anybody can
// hand it on after its author left; not sealed, since every member may read it. docs/protocol.md §8.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/id.h"
#include "base/result.h"
#include "wire/record.h"

namespace grove::wire {

inline constexpr std::size_t kNoteBytesMax = 16'000;        // with all fields below 16 kB, which every SCTP stack carries
inline constexpr std::uint32_t kNoteNumberMax = 0xfffffffe;  // so that "the next one" never wraps
inline constexpr std::size_t kNoteSpansMax = 256;           // a guess above the history's 200 notes, each of a run of its own
inline constexpr std::size_t kNoteWantsMax = 64;            // a guess

// One run of one author: notes are numbered within it.
struct NoteRun {
  base::PeerId author;
  Incarnation incarnation;
  auto operator<=>(const NoteRun&) const = default;
};

struct Note {
  base::ByteArray<32> public_key{};  // of its author
  Incarnation incarnation;           // of its author's run
  std::uint32_t number = 0;          // 1 … kNoteNumberMax, without gaps within a run
  std::uint64_t written_ms = 0;      // the author's wall clock, since 1970: its word, perhaps wrong
  base::Bytes body;                  // 1 … kNoteBytesMax
  bool operator==(const Note&) const = default;
};

struct SignedNote {
  Note note;
  base::ByteArray<kSignatureBytes> signature{};
  bool operator==(const SignedNote&) const = default;
};

base::Bytes encode_unsigned(const Note& note);  // what the signature covers
base::Bytes encode(const SignedNote& note);
base::Result<SignedNote> decode_note(base::ByteView bytes);
// How many bytes encode() makes.
std::size_t encoded_bytes(const SignedNote& note);

struct NoteNews {  // NOTE
  SignedNote note;
  bool operator==(const NoteNews&) const = default;
};

// Which notes of a run somebody can hand on: those from `first` up to, not including, `next`. Equal: none (any more).
struct NoteSpan {
  NoteRun run;
  std::uint32_t first = 1;
  std::uint32_t next = 1;
  bool operator==(const NoteSpan&) const = default;
};

// NOTE_DIGEST: what I can hand on. The hash alone asks "do we hold the same?"; whoever holds otherwise answers with the
// whole list. Spans that are not the whole list are news, or end the answer to a NOTE_WANT.
struct NoteDigest {
  std::uint64_t hash = 0;        // over author, incarnation and next of every run of which I hold notes
  bool is_whole = false;
  std::vector<NoteSpan> spans;   // at most kNoteSpansMax
  bool operator==(const NoteDigest&) const = default;
};

// NOTE_WANT: hand me the notes of these runs from these numbers on. Answered with notes, in the order asked, as many as
// fit the answer's bound; then with the spans of all runs that were asked for.
struct NoteWant {
  struct Mark {
    NoteRun run;
    std::uint32_t from = 1;
    bool operator==(const Mark&) const = default;
  };
  std::vector<Mark> marks;  // 1 … kNoteWantsMax
  bool operator==(const NoteWant&) const = default;
};

}  // namespace grove::wire
