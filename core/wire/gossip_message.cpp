#include "wire/gossip_message.h"

#include "base/assert.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

constexpr std::size_t kMarkBytes = 12;

void write(Writer& writer, const std::vector<RecordMark>& marks) {
  GROVE_ASSERT(marks.size() <= kMarksMax);
  writer.u16(static_cast<std::uint16_t>(marks.size()));
  for (const RecordMark& mark : marks) writer.bytes(mark.peer).u16(mark.run).u16(mark.version);
}

std::vector<RecordMark> read_marks(Reader& reader) {
  const std::size_t count = reader.u16();
  std::vector<RecordMark> marks;
  if (count > kMarksMax) reader.fail();
  for (std::size_t i = 0; i < count && !reader.has_failed(); ++i) marks.push_back({reader.array<8>(), reader.u16(), reader.u16()});
  return marks;
}

}  // namespace

base::Bytes encode(const MapHashes& hashes) {
  Writer writer(hashes.parts.size() * 4);
  for (const std::uint32_t hash : hashes.parts) writer.u32(hash);
  return writer.take();
}

base::Bytes encode(const Digest& digest) {
  Writer writer(4 + digest.marks.size() * kMarkBytes);
  writer.u16(digest.parts);
  write(writer, digest.marks);
  return writer.take();
}

base::Bytes encode_marks(const std::vector<RecordMark>& marks) {
  Writer writer(2 + marks.size() * kMarkBytes);
  write(writer, marks);
  return writer.take();
}

base::Result<MapHashes> decode_map_hashes(base::ByteView bytes) {
  Reader reader(bytes);
  MapHashes hashes;
  for (std::uint32_t& hash : hashes.parts) hash = reader.u32();
  if (!reader.is_done()) return base::Refusal{"hashes: wrong length"};
  return hashes;
}

base::Result<Digest> decode_digest(base::ByteView bytes) {
  Reader reader(bytes);
  Digest digest;
  digest.parts = reader.u16();
  digest.marks = read_marks(reader);
  if (!reader.is_done()) return base::Refusal{"digest: wrong length, or too long"};
  return digest;
}

base::Result<std::vector<RecordMark>> decode_marks(base::ByteView bytes) {
  Reader reader(bytes);
  auto marks = read_marks(reader);
  if (!reader.is_done()) return base::Refusal{"marks: wrong length, or too many"};
  return marks;
}

}  // namespace grove::wire
