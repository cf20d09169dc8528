#include "wire/introduction.h"

#include "base/assert.h"
#include "wire/reader.h"
#include "wire/utf8.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

enum class Kind : std::uint8_t { kHello = 1, kOffer = 2, kAnswer = 3, kCandidate = 4 };

void write(Writer& writer, const HelloId& id) { writer.u64(id.incarnation.started_ms).u32(id.count); }

void write(Writer& writer, const AttemptId& id) {
  write(writer, id.hello);
  writer.u64(id.offerer.started_ms).u32(id.offer_count);
}

HelloId read_hello_id(Reader& reader) {
  HelloId id;
  id.incarnation.started_ms = reader.u64();
  id.count = reader.u32();
  return id;
}

AttemptId read_attempt_id(Reader& reader) {
  AttemptId id;
  id.hello = read_hello_id(reader);
  id.offerer.started_ms = reader.u64();
  id.offer_count = reader.u32();
  return id;
}

template <typename Described>
void write_described(Writer& writer, const Described& m) {
  GROVE_ASSERT(m.description.size() <= kDescriptionBytesMax);
  write(writer, m.attempt);
  const base::Bytes record = encode(m.record);
  writer.u16(static_cast<std::uint16_t>(record.size())).bytes(record).bytes(base::as_bytes(m.description));
}

template <typename Described>
base::Result<Introduction> read_described(const base::PeerId& to, Reader reader) {
  Described described;
  described.attempt = read_attempt_id(reader);
  auto record = decode_record(reader.bytes(reader.u16()));
  if (!record) return record.refusal();
  described.record = std::move(*record);
  const base::ByteView description = reader.rest();
  if (!reader.is_done()) return base::Refusal{"introduction: wrong length"};
  if (description.size() > kDescriptionBytesMax || !is_utf8(description)) {
    return base::Refusal{"introduction: description too long or not UTF-8"};
  }
  described.description = std::string(base::as_text(description));
  return Introduction{to, std::move(described)};
}

base::Result<Introduction> read_hello(const base::PeerId& to, Reader reader) {
  Hello hello;
  hello.id = read_hello_id(reader);
  const std::size_t count = reader.u16();
  if (count > kLinksMax) return base::Refusal{"hello: too many links"};
  for (std::size_t i = 0; i < count && !reader.has_failed(); ++i) {
    hello.linked.push_back({reader.array<base::PeerId::kSize>()});
  }
  if (!reader.is_done()) return base::Refusal{"hello: wrong length"};
  return Introduction{to, std::move(hello)};
}

base::Result<Introduction> read_candidate(const base::PeerId& to, Reader reader) {
  Candidate candidate;
  candidate.attempt = read_attempt_id(reader);
  const base::ByteView text = reader.rest();
  if (!reader.is_done()) return base::Refusal{"candidate: wrong length"};
  if (text.size() > kCandidateBytesMax || !is_utf8(text)) {
    return base::Refusal{"candidate: too long or not UTF-8"};
  }
  candidate.candidate = std::string(base::as_text(text));
  return Introduction{to, std::move(candidate)};
}

struct BodyWriter {
  Writer& writer;

  void operator()(const Hello& m) const {
    GROVE_ASSERT(m.linked.size() <= kLinksMax);
    writer.u8(static_cast<std::uint8_t>(Kind::kHello));
    write(writer, m.id);
    writer.u16(static_cast<std::uint16_t>(m.linked.size()));
    for (const base::PeerId& peer : m.linked) writer.bytes(peer.bytes);
  }
  void operator()(const Offer& m) const {
    writer.u8(static_cast<std::uint8_t>(Kind::kOffer));
    write_described(writer, m);
  }
  void operator()(const Answer& m) const {
    writer.u8(static_cast<std::uint8_t>(Kind::kAnswer));
    write_described(writer, m);
  }
  void operator()(const Candidate& m) const {
    GROVE_ASSERT(m.candidate.size() <= kCandidateBytesMax);
    writer.u8(static_cast<std::uint8_t>(Kind::kCandidate));
    write(writer, m.attempt);
    writer.bytes(base::as_bytes(m.candidate));
  }
};

}  // namespace

base::Bytes encode(const Introduction& introduction) {
  Writer writer(1'000);
  writer.bytes(introduction.to.bytes);
  std::visit(BodyWriter{writer}, introduction.body);
  return writer.take();
}

base::Result<Introduction> decode_introduction(base::ByteView bytes) {
  Reader reader(bytes);
  const base::PeerId to{reader.array<base::PeerId::kSize>()};
  const std::uint8_t kind = reader.u8();
  if (reader.has_failed()) return base::Refusal{"introduction: too short"};
  switch (static_cast<Kind>(kind)) {
    case Kind::kHello:
      return read_hello(to, reader);
    case Kind::kOffer:
      return read_described<Offer>(to, reader);
    case Kind::kAnswer:
      return read_described<Answer>(to, reader);
    case Kind::kCandidate:
      return read_candidate(to, reader);
  }
  return base::Refusal{"introduction: unknown kind"};
}

}  // namespace grove::wire
