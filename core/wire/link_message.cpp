#include "wire/link_message.h"

#include "base/assert.h"
#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

constexpr std::uint8_t kVersion = 1;

enum class Type : std::uint8_t {
  kRecord = 0x10,
  kDigest = 0x11,
  kPlan = 0x12,
  kBeat = 0x13,
  kBye = 0x14,
  kFrame = 0x15,
  kWant = 0x16,
  kProof = 0x17,
  kHave = 0x18,
  kPull = 0x19,
  kStop = 0x1a,
  kStall = 0x1b,
  kPlanRequest = 0x1c,
  kRouted = 0x1d,
  kNote = 0x1e,
  kNoteDigest = 0x1f,
  kNoteWant = 0x20,
  kDelta = 0x21,
  kHashes = 0x22,
  kNews = 0x23,
  kPlanDelta = 0x24,
  kHearing = 0x25,
};

constexpr std::uint8_t kWholeFlag = 1;      // of a digest of either kind
constexpr std::uint8_t kSilentFlag = 1;     // of a HAVE
constexpr std::uint8_t kWantsMoreFlag = 1;  // of a PULL
constexpr std::uint8_t kDeclinesFlag = 1;   // of a STOP

Writer start(Type type, std::size_t body_bytes) {
  Writer writer(2 + body_bytes);
  writer.u8(kVersion).u8(static_cast<std::uint8_t>(type));
  return writer;
}

struct Encoder {
  base::Bytes operator()(const RecordNews& m) const { return start(Type::kRecord, 200).bytes(encode(m.record)).take(); }

  base::Bytes operator()(const RecordDelta& m) const { return start(Type::kDelta, 120).bytes(encode(m)).take(); }

  base::Bytes operator()(const MapHashes& m) const { return start(Type::kHashes, 64).bytes(encode(m)).take(); }

  base::Bytes operator()(const Digest& m) const { return start(Type::kDigest, 200).bytes(encode(m)).take(); }

  base::Bytes operator()(const News& m) const { return start(Type::kNews, 20).bytes(encode_marks(m.marks)).take(); }

  base::Bytes operator()(const Want& m) const { return start(Type::kWant, 20).bytes(encode_marks(m.marks)).take(); }

  base::Bytes operator()(const PlanNews& m) const { return start(Type::kPlan, 200).bytes(encode(m.plan)).take(); }

  base::Bytes operator()(const PlanDelta& m) const { return start(Type::kPlanDelta, 120).bytes(encode(m)).take(); }

  base::Bytes operator()(const Beat& m) const {
    return start(Type::kBeat, 7).u24(m.mine).u24(m.yours).u8(m.loss_percent).take();
  }

  base::Bytes operator()(const Bye&) const { return start(Type::kBye, 0).take(); }

  base::Bytes operator()(const FrameNews& m) const {
    GROVE_ASSERT(m.sealed.size() <= kFrameBytesMax);
    return start(Type::kFrame, m.sealed.size()).bytes(m.sealed).take();
  }

  base::Bytes operator()(const Proof& m) const {
    return start(Type::kProof, 400).bytes(encode_unsigned(m)).bytes(m.signature).take();
  }

  base::Bytes operator()(const Have& m) const {
    return start(Type::kHave, 25).bytes(m.source.bytes).u64(m.next_counter).u8(m.is_silent ? kSilentFlag : 0).take();
  }

  base::Bytes operator()(const Pull& m) const {
    Writer writer = start(Type::kPull, 33);
    writer.bytes(m.source.bytes).u64(m.next_counter).u64(m.missing).u8(m.wants_more ? kWantsMoreFlag : 0);
    return writer.take();
  }

  base::Bytes operator()(const Stop& m) const { return start(Type::kStop, 17).bytes(m.source.bytes).u8(m.declines ? kDeclinesFlag : 0).take(); }

  base::Bytes operator()(const Stall& m) const { return start(Type::kStall, 16).bytes(m.source.bytes).take(); }

  base::Bytes operator()(const PlanRequest& m) const {
    return start(Type::kPlanRequest, 28).bytes(m.source.bytes).u64(m.incarnation.started_ms).u32(m.epoch).take();
  }

  base::Bytes operator()(const Routed& m) const {
    GROVE_ASSERT(!m.hops.empty() && m.hops.size() <= kHopsMax && m.envelope.size() <= kEnvelopeBytesMax && m.detours <= kDetoursMax);
    Writer writer = start(Type::kRouted, 1 + m.hops.size() * base::PeerId::kSize + m.envelope.size());
    writer.u8(static_cast<std::uint8_t>(16U * m.detours + m.hops.size()));
    for (const base::PeerId& hop : m.hops) writer.bytes(hop.bytes);
    return writer.bytes(m.envelope).take();
  }

  base::Bytes operator()(const NoteNews& m) const {
    return start(Type::kNote, encoded_bytes(m.note)).bytes(encode(m.note)).take();
  }

  base::Bytes operator()(const NoteDigest& m) const {
    GROVE_ASSERT(m.spans.size() <= kNoteSpansMax);
    Writer writer = start(Type::kNoteDigest, 11 + m.spans.size() * 32);
    writer.u64(m.hash).u8(m.is_whole ? kWholeFlag : 0).u16(static_cast<std::uint16_t>(m.spans.size()));
    for (const NoteSpan& span : m.spans) {
      GROVE_ASSERT(span.first >= 1 && span.first <= span.next);
      writer.bytes(span.run.author.bytes).u64(span.run.incarnation.started_ms).u32(span.first).u32(span.next);
    }
    return writer.take();
  }

  base::Bytes operator()(const NoteWant& m) const {
    GROVE_ASSERT(!m.marks.empty() && m.marks.size() <= kNoteWantsMax);
    Writer writer = start(Type::kNoteWant, 1 + m.marks.size() * 28);
    writer.u8(static_cast<std::uint8_t>(m.marks.size()));
    for (const NoteWant::Mark& mark : m.marks) {
      GROVE_ASSERT(mark.from >= 1);
      writer.bytes(mark.run.author.bytes).u64(mark.run.incarnation.started_ms).u32(mark.from);
    }
    return writer.take();
  }

  base::Bytes operator()(const Hearing& m) const {
    Writer writer = start(Type::kHearing, kHearingBytes);
    write(writer, m);
    return writer.take();
  }
};

// A yes or no that the wire gives a byte: anything but 0 and 1 fails.
bool read_flag(Reader& reader) {
  const std::uint8_t flag = reader.u8();
  if (flag > 1) reader.fail();
  return flag == 1;
}

base::PeerId read_peer(Reader& reader) { return {reader.array<base::PeerId::kSize>()}; }

base::Result<LinkMessage> done(const Reader& reader, LinkMessage message) {
  if (!reader.is_done()) return base::Refusal{"link message: wrong length or flag"};
  return message;
}

base::Result<LinkMessage> decode_proof(Reader reader) {
  Proof proof;
  proof.source = read_peer(reader);
  proof.incarnation.started_ms = reader.u64();
  proof.first_counter = reader.u64();
  const std::size_t count = reader.u8();
  if (count == 0 || count > kProofFramesMax) return base::Refusal{"proof: of no frame, or of too many"};
  for (std::size_t i = 0; i < count && !reader.has_failed(); ++i) proof.hashes.push_back(reader.array<8>());
  proof.signature = reader.array<kSignatureBytes>();
  return done(reader, std::move(proof));
}

base::Result<LinkMessage> decode_have(Reader reader) {
  Have have;
  have.source = read_peer(reader);
  have.next_counter = reader.u64();
  have.is_silent = read_flag(reader);
  return done(reader, have);
}

base::Result<LinkMessage> decode_pull(Reader reader) {
  Pull pull;
  pull.source = read_peer(reader);
  pull.next_counter = reader.u64();
  pull.missing = reader.u64();
  pull.wants_more = read_flag(reader);
  return done(reader, pull);
}

base::Result<LinkMessage> decode_plan_request(Reader reader) {
  PlanRequest request;
  request.source = read_peer(reader);
  request.incarnation.started_ms = reader.u64();
  request.epoch = reader.u32();
  return done(reader, request);
}

base::Result<LinkMessage> decode_routed(Reader reader) {
  const std::uint8_t word = reader.u8();
  const std::size_t count = word & 0x0fU;
  if (count == 0 || count > kHopsMax) return base::Refusal{"routed: no hop, or too many"};
  Routed routed;
  routed.detours = word >> 4;
  if (routed.detours > kDetoursMax) return base::Refusal{"routed: too many detours"};
  for (std::size_t i = 0; i < count && !reader.has_failed(); ++i) routed.hops.push_back(read_peer(reader));
  if (reader.left() > kEnvelopeBytesMax) return base::Refusal{"routed: envelope too long"};
  routed.envelope = base::to_bytes(reader.rest());
  return done(reader, std::move(routed));
}

NoteRun read_run(Reader& reader) {
  NoteRun run;
  run.author = read_peer(reader);
  run.incarnation.started_ms = reader.u64();
  return run;
}

base::Result<LinkMessage> decode_note_digest(Reader reader) {
  NoteDigest digest;
  digest.hash = reader.u64();
  digest.is_whole = read_flag(reader);
  const std::size_t count = reader.u16();
  if (count > kNoteSpansMax) return base::Refusal{"note digest: too long"};
  for (std::size_t i = 0; i < count && !reader.has_failed(); ++i) {
    NoteSpan span;
    span.run = read_run(reader);
    span.first = reader.u32();
    span.next = reader.u32();
    if (span.first == 0 || span.next < span.first) return base::Refusal{"note digest: not a span"};
    digest.spans.push_back(span);
  }
  return done(reader, std::move(digest));
}

base::Result<LinkMessage> decode_note_want(Reader reader) {
  const std::size_t count = reader.u8();
  if (count == 0 || count > kNoteWantsMax) return base::Refusal{"note want: nothing, or too much"};
  NoteWant want;
  for (std::size_t i = 0; i < count && !reader.has_failed(); ++i) {
    NoteWant::Mark mark;
    mark.run = read_run(reader);
    mark.from = reader.u32();
    if (mark.from == 0) return base::Refusal{"note want: no such number"};
    want.marks.push_back(mark);
  }
  return done(reader, std::move(want));
}

base::Result<LinkMessage> decode_beat(Reader reader) {
  Beat beat;
  beat.mine = reader.u24();
  beat.yours = reader.u24();
  beat.loss_percent = reader.u8();
  if (!reader.is_done()) return base::Refusal{"beat: wrong length"};
  if (beat.mine == 0) return base::Refusal{"beat: of no time"};
  if (beat.loss_percent > 100) return base::Refusal{"beat: more than 100 % loss"};
  return LinkMessage(beat);
}

}  // namespace

base::Bytes encode_unsigned(const Proof& proof) {
  GROVE_ASSERT(!proof.hashes.empty() && proof.hashes.size() <= kProofFramesMax);
  Writer writer(33 + proof.hashes.size() * 8);
  writer.bytes(proof.source.bytes).u64(proof.incarnation.started_ms).u64(proof.first_counter);
  writer.u8(static_cast<std::uint8_t>(proof.hashes.size()));
  for (const FrameHash& hash : proof.hashes) writer.bytes(hash);
  return writer.take();
}

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
    case Type::kDelta: {
      auto delta = decode_delta(reader.rest());
      if (!delta) return delta.refusal();
      return LinkMessage(std::move(*delta));
    }
    case Type::kHashes: {
      const auto hashes = decode_map_hashes(reader.rest());
      if (!hashes) return hashes.refusal();
      return LinkMessage(*hashes);
    }
    case Type::kDigest: {
      auto digest = decode_digest(reader.rest());
      if (!digest) return digest.refusal();
      return LinkMessage(std::move(*digest));
    }
    case Type::kNews: {
      auto marks = decode_marks(reader.rest());
      if (!marks) return marks.refusal();
      return LinkMessage(News{std::move(*marks)});
    }
    case Type::kPlan: {
      auto plan = decode_plan(reader.rest());
      if (!plan) return plan.refusal();
      return LinkMessage(PlanNews{std::move(*plan)});
    }
    case Type::kPlanDelta: {
      auto delta = decode_plan_delta(reader.rest());
      if (!delta) return delta.refusal();
      return LinkMessage(std::move(*delta));
    }
    case Type::kBeat:
      return decode_beat(reader);
    case Type::kBye:
      if (!reader.is_done()) return base::Refusal{"bye: wrong length"};
      return LinkMessage(Bye{});
    case Type::kWant: {
      auto marks = decode_marks(reader.rest());
      if (!marks) return marks.refusal();
      return LinkMessage(Want{std::move(*marks)});
    }
    case Type::kProof:
      return decode_proof(reader);
    case Type::kHave:
      return decode_have(reader);
    case Type::kPull:
      return decode_pull(reader);
    case Type::kStop: {
      Stop stop{read_peer(reader)};
      stop.declines = read_flag(reader);
      return done(reader, stop);
    }
    case Type::kStall: {
      const Stall stall{read_peer(reader)};
      return done(reader, stall);
    }
    case Type::kPlanRequest:
      return decode_plan_request(reader);
    case Type::kRouted:
      return decode_routed(reader);
    case Type::kNote: {
      auto note = decode_note(reader.rest());
      if (!note) return note.refusal();
      return LinkMessage(NoteNews{std::move(*note)});
    }
    case Type::kNoteDigest:
      return decode_note_digest(reader);
    case Type::kNoteWant:
      return decode_note_want(reader);
    case Type::kHearing: {
      const Hearing hearing = read_hearing(reader);
      return done(reader, hearing);
    }
    case Type::kFrame:
      if (reader.left() > kFrameBytesMax) return base::Refusal{"frame: too long"};
      return LinkMessage(FrameNews{base::to_bytes(reader.rest())});
  }
  return base::Refusal{"link message: unknown type"};
}

}  // namespace grove::wire
