#include "wire/petition.h"

#include "base/assert.h"
#include "base/on.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

enum class Kind : std::uint8_t { kComplaint = 0x10, kWish = 0x11, kHearing = 0x12 };

// Beside an introduction's kinds (introduction.cpp), which are below 0x10.
constexpr std::uint8_t kLetterKind = 0x10;

}  // namespace

base::Bytes encode(const Petition& petition) {
  Writer writer(kPetitionBytes);
  std::visit(base::On{
                 [&](const Complaint& m) {
                   writer.u8(static_cast<std::uint8_t>(Kind::kComplaint)).u64(m.incarnation.started_ms).u32(m.epoch);
                   writer.bytes(m.about.bytes).u8(static_cast<std::uint8_t>(m.reason));
                 },
                 [&](const Wish& m) {
                   writer.u8(static_cast<std::uint8_t>(Kind::kWish)).u64(m.incarnation.started_ms).bytes(m.link_to.bytes);
                 },
                 [&](const Hearing& m) {
                   writer.u8(static_cast<std::uint8_t>(Kind::kHearing));
                   write(writer, m);
                 },
             },
             petition);
  base::Bytes bytes = writer.take();
  GROVE_ASSERT(bytes.size() <= kPetitionBytes);
  bytes.resize(kPetitionBytes);
  return bytes;
}

base::Result<Petition> decode_petition(base::ByteView bytes) {
  if (bytes.size() != kPetitionBytes) return base::Refusal{"petition: wrong length"};
  Reader reader(bytes);
  Petition petition;
  switch (static_cast<Kind>(reader.u8())) {
    case Kind::kComplaint: {
      Complaint complaint;
      complaint.incarnation.started_ms = reader.u64();
      complaint.epoch = reader.u32();
      complaint.about.bytes = reader.array<base::PeerId::kSize>();
      const std::uint8_t reason = reader.u8();
      if (reason > static_cast<std::uint8_t>(Complaint::Reason::kForged)) return base::Refusal{"complaint: unknown reason"};
      complaint.reason = static_cast<Complaint::Reason>(reason);
      petition = complaint;
      break;
    }
    case Kind::kWish: {
      Wish wish;
      wish.incarnation.started_ms = reader.u64();
      wish.link_to.bytes = reader.array<base::PeerId::kSize>();
      petition = wish;
      break;
    }
    case Kind::kHearing:
      petition = read_hearing(reader);
      break;
    default:
      return base::Refusal{"petition: unknown kind"};
  }
  if (reader.has_failed()) return base::Refusal{"petition: a forbidden value"};
  for (const std::uint8_t padding : reader.rest()) {
    if (padding != 0) return base::Refusal{"petition: too long"};
  }
  return petition;
}

base::Bytes encode(const Letter& letter) {
  GROVE_ASSERT(letter.sealed.size() <= kLetterBytesMax);
  Writer writer(base::PeerId::kSize + 1 + letter.sealed.size());
  return writer.bytes(letter.to.bytes).u8(kLetterKind).bytes(letter.sealed).take();
}

base::Result<Letter> decode_letter(base::ByteView bytes) {
  Reader reader(bytes);
  Letter letter;
  letter.to.bytes = reader.array<base::PeerId::kSize>();
  if (reader.u8() != kLetterKind || reader.has_failed()) return base::Refusal{"letter: not one"};
  if (reader.left() > kLetterBytesMax) return base::Refusal{"letter: too long"};
  letter.sealed = base::to_bytes(reader.rest());
  return letter;
}

}  // namespace grove::wire
