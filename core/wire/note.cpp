#include "wire/note.h"

#include "base/assert.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

constexpr std::size_t kFixedBytes = 32 + 8 + 4 + 8 + 2 + kSignatureBytes;

}  // namespace

base::Bytes encode_unsigned(const Note& note) {
  GROVE_ASSERT(!note.body.empty() && note.body.size() <= kNoteBytesMax);
  GROVE_ASSERT(note.number >= 1 && note.number <= kNoteNumberMax);
  Writer writer(kFixedBytes + note.body.size());
  writer.bytes(note.public_key).u64(note.incarnation.started_ms).u32(note.number).u64(note.written_ms);
  writer.u16(static_cast<std::uint16_t>(note.body.size())).bytes(note.body);
  return writer.take();
}

base::Bytes encode(const SignedNote& note) {
  base::Bytes bytes = encode_unsigned(note.note);
  base::append(bytes, note.signature);
  return bytes;
}

base::Result<SignedNote> decode_note(base::ByteView bytes) {
  Reader reader(bytes);
  SignedNote result;
  Note& note = result.note;
  note.public_key = reader.array<32>();
  note.incarnation.started_ms = reader.u64();
  note.number = reader.u32();
  note.written_ms = reader.u64();
  const base::ByteView body = reader.bytes(reader.u16());
  result.signature = reader.array<kSignatureBytes>();
  if (!reader.is_done()) return base::Refusal{"note: wrong length"};
  if (note.number == 0 || note.number > kNoteNumberMax) return base::Refusal{"note: no such number"};
  if (body.empty() || body.size() > kNoteBytesMax) return base::Refusal{"note: empty or too long"};
  note.body = base::to_bytes(body);
  return result;
}

std::size_t encoded_bytes(const SignedNote& note) { return kFixedBytes + note.note.body.size(); }

}  // namespace grove::wire
