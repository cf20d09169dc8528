#include "wire/hearing.h"

#include "wire/reader.h"
#include "wire/writer.h"

namespace grove::wire {
namespace {

constexpr std::uint8_t kWantedFlag = 1;
constexpr std::uint8_t kEchoFlag = 2;

}  // namespace

void write(Writer& writer, const Hearing& hearing) {
  const int flags = (hearing.is_wanted ? kWantedFlag : 0) | (hearing.is_echo ? kEchoFlag : 0);
  writer.u64(hearing.incarnation.started_ms).u32(hearing.number).u8(static_cast<std::uint8_t>(flags));
}

Hearing read_hearing(Reader& reader) {
  Hearing hearing;
  hearing.incarnation.started_ms = reader.u64();
  hearing.number = reader.u32();
  const std::uint8_t flags = reader.u8();
  if (flags > (kWantedFlag | kEchoFlag)) reader.fail();
  hearing.is_wanted = (flags & kWantedFlag) != 0;
  hearing.is_echo = (flags & kEchoFlag) != 0;
  return hearing;
}

}  // namespace grove::wire
