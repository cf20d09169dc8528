#include "crypto/identity.h"

#include <gtest/gtest.h>

namespace grove::crypto {
namespace {

const RoomId kRoom{7};
const base::Bytes kMessage{1, 2, 3};

TEST(Identity, the_same_seed_is_the_same_person) {
  EXPECT_EQ(Identity({1}).id(), Identity({1}).id());
  EXPECT_NE(Identity({1}).id(), Identity({2}).id());
  EXPECT_EQ(Identity({1}).id(), peer_id_of(Identity({1}).public_key()));
}

TEST(Identity, a_signature_holds_for_its_signer_purpose_room_and_message_only) {
  const Identity ada({1});
  const Signature signature = ada.sign(Purpose::kRecord, kRoom, kMessage);
  EXPECT_TRUE(is_signed_by(ada.public_key(), signature, Purpose::kRecord, kRoom, kMessage));
  EXPECT_FALSE(is_signed_by(Identity({2}).public_key(), signature, Purpose::kRecord, kRoom, kMessage));
  EXPECT_FALSE(is_signed_by(ada.public_key(), signature, Purpose::kPlan, kRoom, kMessage));
  EXPECT_FALSE(is_signed_by(ada.public_key(), signature, Purpose::kRecord, RoomId{8}, kMessage));
  EXPECT_FALSE(is_signed_by(ada.public_key(), signature, Purpose::kRecord, kRoom, base::Bytes{1, 2, 4}));
  Signature spoilt = signature;
  spoilt[10] ^= 1;
  EXPECT_FALSE(is_signed_by(ada.public_key(), spoilt, Purpose::kRecord, kRoom, kMessage));
}

}  // namespace
}  // namespace grove::crypto
