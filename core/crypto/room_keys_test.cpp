#include "crypto/room_keys.h"

#include <gtest/gtest.h>

#include <string>

namespace grove::crypto {
namespace {

base::Bytes from_hex(std::string_view hex) {
  base::Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

TEST(Hkdf, agrees_with_rfc_5869_test_case_1) {
  const auto okm = hkdf_sha256(from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), from_hex("000102030405060708090a0b0c"),
                               from_hex("f0f1f2f3f4f5f6f7f8f9"));
  EXPECT_EQ(base::to_bytes(okm), from_hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
}

TEST(Hkdf, agrees_with_rfc_5869_test_case_3_without_salt_and_info) {
  const auto okm = hkdf_sha256(from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), {}, {});
  EXPECT_EQ(base::to_bytes(okm), from_hex("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d"));
}

TEST(RoomKeys, every_purpose_source_and_run_has_a_key_of_its_own) {
  const RoomKeys keys(RoomSecret{1});
  const RoomKeys other_room(RoomSecret{2});
  EXPECT_NE(keys.room_id(), keys.signal_key());
  EXPECT_NE(keys.room_id(), other_room.room_id());
  const base::PeerId ada{{1}};
  const base::PeerId bob{{2}};
  EXPECT_NE(keys.sending_key(ada, {1}), keys.sending_key(bob, {1}));
  EXPECT_NE(keys.sending_key(ada, {1}), keys.sending_key(ada, {2}));
  EXPECT_NE(keys.sending_key(ada, {1}), other_room.sending_key(ada, {1}));
  EXPECT_EQ(keys.sending_key(ada, {1}), RoomKeys(RoomSecret{1}).sending_key(ada, {1}));
}

}  // namespace
}  // namespace grove::crypto
