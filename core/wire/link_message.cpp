#include "wire/link_message.h"

#include "base/assert.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

constexpr std::uint8_t kVersion = 1;

enum class Type : std::uint8_t { kRecord = 0x10, kDigest = 0x11, kPlan = 0x12, kBeat = 0x13, kBye = 0x14, kFrame = 0x15 };

Writer start(Type type, std::size_t body_bytes) {
  Writer writer(2 + body_bytes);
  writer.u8(kVersion).u8(static_cast<std::uint8_t>(type));
  return writer;
}

struct Encoder {
  base::Bytes operator()(const RecordNews& m) const { return start(Type::kRecord, 200).bytes(encode(m.record)).take(); }

  base::Bytes operator()(const Digest& m) const {
    GROVE_ASSERT(m.entries.size() <= kDigestMax);
    Writer writer = start(Type::kDigest, 2 + m.entries.size() * 28);
    writer.u16(static_cast<std::uint16_t>(m.entries.size()));
    for (const DigestEntry& e : m.entries) writer.bytes(e.peer.bytes).u64(e.incarnation.started_ms).u32(e.version);
    return writer.take();
  }

  base::Bytes operator()(const PlanNews& m) const { return start(Type::kPlan, 200).bytes(encode(m.plan)).take(); }

  base::Bytes operator()(const Beat& m) const {
    return start(Type::kBeat, 13).u32(m.sent_us).u32(m.echo_us).u32(m.held_us).u8(m.loss_percent).take();
  }

  base::Bytes operator()(const Bye&) const { return start(Type::kBye, 0).take(); }

  base::Bytes operator()(const FrameNews& m) const {
    GROVE_ASSERT(m.sealed.size() <= kFrameBytesMax);
    return start(Type::kFrame, m.sealed.size()).bytes(m.sealed).take();
  }
};

base::Result<LinkMessage> decode_digest(Reader reader) {
  const std::size_t count = reader.u16();
  if (count > kDigestMax) return base::Refusal{"digest: too long"};
  Digest digest;
  for (std::size_t i = 0; i < count && !reader.has_failed(); ++i) {
    DigestEntry entry;
    entry.peer.bytes = reader.array<base::PeerId::kSize>();
    entry.incarnation.started_ms = reader.u64();
    entry.version = reader.u32();
    digest.entries.push_back(entry);
  }
  if (!reader.is_done()) return base::Refusal{"digest: wrong length"};
  return LinkMessage(std::move(digest));
}

base::Result<LinkMessage> decode_beat(Reader reader) {
  Beat beat;
  beat.sent_us = reader.u32();
  beat.echo_us = reader.u32();
  beat.held_us = reader.u32();
  beat.loss_percent = reader.u8();
  if (!reader.is_done()) return base::Refusal{"beat: wrong length"};
  if (beat.loss_percent > 100) return base::Refusal{"beat: more than 100 % loss"};
  return LinkMessage(beat);
}

}  // namespace

base::Bytes encode(const LinkMessage& message) { return std::visit(Encoder{}, message); }

base::Result<LinkMessage> decode_link_message(base::ByteView bytes) {
  Reader reader(bytes);
  const std::uint8_t version = reader.u8();
  const std::uint8_t type = reader.u8();
  if (reader.has_failed()) return base::Refusal{"link message: too short"};
  if (version != kVersion) return base::Refusal{"link message: unknown version"};

  switch (static_cast<Type>(type)) {
    case Type::kRecord: {
      auto record = decode_record(reader.rest());
      if (!record) return record.refusal();
      return LinkMessage(RecordNews{std::move(*record)});
    }
    case Type::kDigest:
      return decode_digest(reader);
    case Type::kPlan: {
      auto plan = decode_plan(reader.rest());
      if (!plan) return plan.refusal();
      return LinkMessage(PlanNews{std::move(*plan)});
    }
    case Type::kBeat:
      return decode_beat(reader);
    case Type::kBye:
      if (!reader.is_done()) return base::Refusal{"bye: wrong length"};
      return LinkMessage(Bye{});
    case Type::kFrame:
      if (reader.left() > kFrameBytesMax) return base::Refusal{"frame: too long"};
      return LinkMessage(FrameNews{base::to_bytes(reader.rest())});
  }
  return base::Refusal{"link message: unknown type"};
}

}  // namespace grove::wire
