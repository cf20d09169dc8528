#include "wire/petition.h"

#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

// Beside an introduction's kinds (introduction.cpp), which are below 0x10.
enum class Kind : std::uint8_t { kComplaint = 0x10, kWish = 0x11 };

struct BodyWriter {
  Writer& writer;

  void operator()(const Complaint& m) const {
    writer.u8(static_cast<std::uint8_t>(Kind::kComplaint)).u64(m.incarnation.started_ms).u32(m.epoch);
    writer.bytes(m.about.bytes).u8(static_cast<std::uint8_t>(m.reason));
  }
  void operator()(const Wish& m) const {
    writer.u8(static_cast<std::uint8_t>(Kind::kWish)).u64(m.incarnation.started_ms).bytes(m.link_to.bytes);
  }
};

}  // namespace

base::Bytes encode(const Petition& petition) {
  Writer writer(64);
  writer.bytes(petition.to.bytes);
  std::visit(BodyWriter{writer}, petition.body);
  return writer.take();
}

base::Result<Petition> decode_petition(base::ByteView bytes) {
  Reader reader(bytes);
  Petition petition;
  petition.to.bytes = reader.array<base::PeerId::kSize>();
  const std::uint8_t kind = reader.u8();
  switch (static_cast<Kind>(kind)) {
    case Kind::kComplaint: {
      Complaint complaint;
      complaint.incarnation.started_ms = reader.u64();
      complaint.epoch = reader.u32();
      complaint.about.bytes = reader.array<base::PeerId::kSize>();
      const std::uint8_t reason = reader.u8();
      if (reason > static_cast<std::uint8_t>(Complaint::Reason::kForged)) return base::Refusal{"complaint: unknown reason"};
      complaint.reason = static_cast<Complaint::Reason>(reason);
      petition.body = complaint;
      break;
    }
    case Kind::kWish: {
      Wish wish;
      wish.incarnation.started_ms = reader.u64();
      wish.link_to.bytes = reader.array<base::PeerId::kSize>();
      petition.body = wish;
      break;
    }
    default:
      return base::Refusal{"petition: unknown kind"};
  }
  if (!reader.is_done()) return base::Refusal{"petition: wrong length"};
  return petition;
}

}  // namespace grove::wire
