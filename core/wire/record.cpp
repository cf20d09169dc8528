#include "wire/record.h"

#include <algorithm>

#include "base/assert.h"
#include "wire/record_codec.h"
#include "wire/utf8.h"

namespace grove::wire {
const LinkClaim* Record::claim_of(const base::PeerId& peer) const {
  const auto claim = std::find_if(links.begin(), links.end(), [&](const LinkClaim& link) { return link.to == peer; });
  return claim == links.end() ? nullptr : &*claim;
}

base::Bytes encode_unsigned(const Record& record) {
  GROVE_ASSERT(record.name.size() <= kNameBytesMax && record.links.size() <= kLinksMax);
  Writer writer(170 + record.links.size() * 19);
  writer.bytes(record.public_key).u64(record.incarnation.started_ms).u32(record.version).bytes(record.sending_salt);
  writer.u8(static_cast<std::uint8_t>((record.is_muted ? kMutedFlag : 0) | (record.is_at_door ? kAtDoorFlag : 0) |
                                      (record.is_leaving ? kLeavingFlag : 0)));
  writer.u8(static_cast<std::uint8_t>(record.role)).u8(record.copies_max).u8(record.copies_at_once);
  write(writer, record.coordinate);
  writer.u8(static_cast<std::uint8_t>(record.name.size())).bytes(base::as_bytes(record.name));
  writer.u16(static_cast<std::uint16_t>(record.links.size()));
  for (const LinkClaim& link : record.links) write(writer, link);
  return writer.take();
}

base::Bytes encode(const SignedRecord& record) {
  base::Bytes bytes = encode_unsigned(record.record);
  base::append(bytes, record.signature);
  return bytes;
}

base::Result<SignedRecord> decode_record(base::ByteView bytes) {
  Reader reader(bytes);
  SignedRecord result;
  Record& record = result.record;
  record.public_key = reader.array<32>();
  record.incarnation.started_ms = reader.u64();
  record.version = reader.u32();
  record.sending_salt = reader.array<16>();
  const std::uint8_t flags = reader.u8();
  const std::uint8_t role = reader.u8();
  record.copies_max = reader.u8();
  record.copies_at_once = reader.u8();
  record.coordinate = read_coordinate(reader);
  const base::ByteView name = reader.bytes(reader.u8());
  const std::size_t links = reader.u16();
  if (links > kLinksMax) return base::Refusal{"record: too many links"};
  for (std::size_t i = 0; i < links && !reader.has_failed(); ++i) {
    const LinkClaim link = read_claim(reader);
    if (link.loss_percent > 100) return base::Refusal{"record: more than 100 % loss"};
    record.links.push_back(link);
  }
  result.signature = reader.array<kSignatureBytes>();

  if (!reader.is_done()) return base::Refusal{"record: wrong length"};
  if (flags & ~(kMutedFlag | kAtDoorFlag | kLeavingFlag)) return base::Refusal{"record: unknown flags"};
  if (record.coordinate.error_percent > 100) return base::Refusal{"record: more than 100 % error"};
  if (role > static_cast<std::uint8_t>(Role::kMetered)) return base::Refusal{"record: unknown role"};
  if (name.size() > kNameBytesMax || !is_utf8(name)) return base::Refusal{"record: name too long or not UTF-8"};
  record.is_muted = (flags & kMutedFlag) != 0;
  record.is_at_door = (flags & kAtDoorFlag) != 0;
  record.is_leaving = (flags & kLeavingFlag) != 0;
  record.role = static_cast<Role>(role);
  record.name = std::string(base::as_text(name));
  return result;
}

std::string fit_name(std::string_view name) {
  if (!is_utf8(base::as_bytes(name))) return {};
  std::size_t size = std::min(name.size(), kNameBytesMax);
  while (!is_utf8(base::as_bytes(name.substr(0, size)))) --size;
  return std::string(name.substr(0, size));
}

}  // namespace grove::wire
