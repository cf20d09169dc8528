#include "wire/rendezvous.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/assert.h"
#include "wire/reader.h"
#include "wire/utf8.h"
#include "wire/writer.h"

namespace grove::wire::rendezvous {
namespace {

using base::Bytes;
using base::ByteView;
using base::Refusal;
using base::Result;

enum class Type : std::uint8_t {
  kJoin = 0x01,
  kRelay = 0x02,
  kWelcome = 0x81,
  kEntered = 0x82,
  kGone = 0x83,
  kRelayed = 0x84,
  kRefused = 0x85,
};

Writer begin(Type type, std::size_t body_size) {
  Writer writer(2 + body_size);
  writer.u8(kVersion).u8(static_cast<std::uint8_t>(type));
  return writer;
}

bool is_blob_size(std::size_t n) { return n >= 1 && n <= kBlobBytesMax; }

Bytes encode_blob(Type type, ConnectionNumber number, ByteView blob) {
  GROVE_ASSERT(is_blob_size(blob.size()));
  return begin(type, 4 + blob.size()).u32(number.value).bytes(blob).take();
}

Bytes encode_number(Type type, ConnectionNumber number) {
  GROVE_ASSERT(number.value != 0);
  return begin(type, 4).u32(number.value).take();
}

struct Encoder {
  Bytes operator()(const Join& join) const { return begin(Type::kJoin, kRoomIdBytes).bytes(join.room.bytes).take(); }
  Bytes operator()(const Relay& relay) const { return encode_blob(Type::kRelay, relay.to, relay.blob); }

  Bytes operator()(const Welcome& welcome) const {
    GROVE_ASSERT(welcome.self.value != 0);
    GROVE_ASSERT(welcome.present.size() <= kPresentMax);
    GROVE_ASSERT(welcome.ice_servers.size() <= kIceServersMax);
    Writer writer = begin(Type::kWelcome, 7 + 4 * welcome.present.size());
    writer.u32(welcome.self.value).u16(static_cast<std::uint16_t>(welcome.present.size()));
    for (const ConnectionNumber number : welcome.present) writer.u32(number.value);
    writer.u8(static_cast<std::uint8_t>(welcome.ice_servers.size()));
    for (const std::string& url : welcome.ice_servers) {
      GROVE_ASSERT(is_ice_url(base::as_bytes(url)));
      writer.u8(static_cast<std::uint8_t>(url.size())).bytes(base::as_bytes(url));
    }
    return writer.take();
  }
  Bytes operator()(const Entered& entered) const { return encode_number(Type::kEntered, entered.who); }
  Bytes operator()(const Gone& gone) const { return encode_number(Type::kGone, gone.who); }
  Bytes operator()(const Relayed& relayed) const {
    GROVE_ASSERT(relayed.from.value != 0);
    return encode_blob(Type::kRelayed, relayed.from, relayed.blob);
  }
  Bytes operator()(const Refused& refused) const {
    const ByteView reason = base::as_bytes(refused.reason);
    GROVE_ASSERT(reason.size() <= kReasonBytesMax && is_utf8(reason));
    return begin(Type::kRefused, 1 + reason.size()).u8(static_cast<std::uint8_t>(refused.code)).bytes(reason).take();
  }
};

// The blob is copied only when its size is allowed.
template <typename Message>
Result<Message> blob_message(Reader& reader, Refusal why) {
  const ConnectionNumber number{reader.u32()};
  const ByteView blob = reader.rest();
  if (reader.has_failed() || !is_blob_size(blob.size())) return why;
  return Message{number, base::to_bytes(blob)};
}

Result<Welcome> decode_welcome(Reader& reader) {
  Welcome welcome;
  welcome.self.value = reader.u32();
  const std::size_t present = reader.u16();
  if (welcome.self.value == 0 || reader.left() < 4 * present) return Refusal{"WELCOME: cut short, or no number"};
  welcome.present.reserve(present);
  for (std::size_t i = 0; i < present; ++i) {
    const ConnectionNumber number{reader.u32()};
    if (number.value == 0 || number == welcome.self) return Refusal{"WELCOME: an impossible connection"};
    welcome.present.push_back(number);
  }
  const std::size_t urls = reader.u8();
  if (urls > kIceServersMax) return Refusal{"WELCOME: too many ICE servers"};
  for (std::size_t i = 0; i < urls; ++i) {
    const ByteView url = reader.bytes(reader.u8());
    if (!is_ice_url(url)) return Refusal{"WELCOME: not the URL of an ICE server"};
    welcome.ice_servers.emplace_back(base::as_text(url));
  }
  if (!reader.is_done()) return Refusal{"WELCOME: wrong size"};
  return welcome;
}

Result<ConnectionNumber> decode_number(Reader& reader) {
  const ConnectionNumber number{reader.u32()};
  if (!reader.is_done() || number.value == 0) return Refusal{"ENTERED or GONE: not one connection number"};
  return number;
}

Result<Refused> decode_refused(Reader& reader) {
  const std::uint8_t code = reader.u8();
  const ByteView reason = reader.rest();
  if (reader.has_failed() || code < 1 || code > 9) return Refusal{"REFUSED: unknown code"};
  if (reason.size() > kReasonBytesMax || !is_utf8(reason)) return Refusal{"REFUSED: the reason is too long or no text"};
  return Refused{static_cast<RefusalCode>(code), std::string(base::as_text(reason))};
}

template <typename To, typename From>
Result<To> widened(Result<From> result) {
  if (!result) return result.refusal();
  return To{std::move(*result)};
}

}  // namespace

Bytes encode(const FromClient& message) { return std::visit(Encoder{}, message); }
Bytes encode(const FromServer& message) { return std::visit(Encoder{}, message); }

Result<FromClient> decode_from_client(ByteView message) {
  Reader reader(message);
  if (reader.u8() != kVersion) return Refusal{"rendezvous: wrong version"};
  switch (static_cast<Type>(reader.u8())) {
    case Type::kJoin: {
      const Join join{{reader.array<kRoomIdBytes>()}};
      if (!reader.is_done()) return Refusal{"JOIN: wrong size"};
      return FromClient{join};
    }
    case Type::kRelay:
      return widened<FromClient>(blob_message<Relay>(reader, {"RELAY: wrong size"}));
    default:
      return Refusal{"rendezvous: unknown type"};
  }
}

Result<FromServer> decode_from_server(ByteView message) {
  Reader reader(message);
  if (reader.u8() != kVersion) return Refusal{"rendezvous: wrong version"};
  switch (static_cast<Type>(reader.u8())) {
    case Type::kWelcome:
      return widened<FromServer>(decode_welcome(reader));
    case Type::kEntered: {
      const Result<ConnectionNumber> who = decode_number(reader);
      if (!who) return who.refusal();
      return FromServer{Entered{*who}};
    }
    case Type::kGone: {
      const Result<ConnectionNumber> who = decode_number(reader);
      if (!who) return who.refusal();
      return FromServer{Gone{*who}};
    }
    case Type::kRelayed: {
      const Result<Relayed> relayed = blob_message<Relayed>(reader, {"RELAYED: wrong size"});
      if (!relayed) return relayed.refusal();
      if (relayed->from.value == 0) return Refusal{"RELAYED: from nobody"};
      return FromServer{*relayed};
    }
    case Type::kRefused:
      return widened<FromServer>(decode_refused(reader));
    default:
      return Refusal{"rendezvous: unknown type"};
  }
}

bool has_wrong_version(ByteView message) { return !message.empty() && message[0] != kVersion; }

bool is_ice_url(ByteView url) {
  if (url.size() > kIceUrlBytesMax) return false;
  const bool is_visible = std::all_of(url.begin(), url.end(), [](std::uint8_t c) { return c > 0x20 && c < 0x7f; });
  if (!is_visible) return false;
  const std::string_view text = base::as_text(url);
  for (const std::string_view scheme : {"stun:", "stuns:", "turn:", "turns:"}) {
    if (text.starts_with(scheme) && text.size() > scheme.size()) return true;
  }
  return false;
}

}  // namespace grove::wire::rendezvous
