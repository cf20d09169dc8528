// Every decoder of peer messages: arbitrary bytes never break it, and what it takes it gives back byte for byte.
#include "base/assert.h"
#include "wire/introduction.h"
#include "wire/link_message.h"
#include "wire/petition.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace grove;
  const base::ByteView bytes{data, size};
  if (const auto message = wire::decode_link_message(bytes)) GROVE_ASSERT(wire::encode(*message) == base::to_bytes(bytes));
  if (const auto message = wire::decode_introduction(bytes)) GROVE_ASSERT(wire::encode(*message) == base::to_bytes(bytes));
  if (const auto record = wire::decode_record(bytes)) GROVE_ASSERT(wire::encode(*record) == base::to_bytes(bytes));
  if (const auto plan = wire::decode_plan(bytes)) GROVE_ASSERT(wire::encode(*plan) == base::to_bytes(bytes));
  if (const auto petition = wire::decode_petition(bytes)) GROVE_ASSERT(wire::encode(*petition) == base::to_bytes(bytes));
  if (const auto letter = wire::decode_letter(bytes)) GROVE_ASSERT(wire::encode(*letter) == base::to_bytes(bytes));
  return 0;
}
