#include "crypto/letter_seal.h"

#include <gtest/gtest.h>

namespace grove::crypto {
namespace {

struct LetterSeal : testing::Test {
  Identity ada{{1}}, ben{{2}}, cleo{{3}};
  RoomId room{};
  KeySource nonces{{9}};
  base::Bytes plain = base::to_bytes(base::as_bytes("say no more"));
};

TEST_F(LetterSeal, the_two_can_open_it_and_nobody_else) {
  const auto sealed = seal_letter(ada, ben.public_key(), room, nonces, plain);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(*open_letter(ben, ada.public_key(), room, *sealed), plain);
  EXPECT_EQ(*open_letter(ada, ben.public_key(), room, *sealed), plain);
  EXPECT_FALSE(open_letter(cleo, ada.public_key(), room, *sealed));
  EXPECT_FALSE(open_letter(ben, cleo.public_key(), room, *sealed));
}

TEST_F(LetterSeal, of_another_room_or_spoilt_is_refused) {
  auto sealed = *seal_letter(ada, ben.public_key(), room, nonces, plain);
  RoomId other = room;
  other[0] ^= 1;
  EXPECT_FALSE(open_letter(ben, ada.public_key(), other, sealed));
  sealed.back() ^= 1;
  EXPECT_FALSE(open_letter(ben, ada.public_key(), room, sealed));
  EXPECT_FALSE(open_letter(ben, ada.public_key(), room, base::ByteView(sealed).first(kLetterOverhead - 1)));
}

TEST_F(LetterSeal, what_is_no_key_is_refused_and_the_same_words_never_look_alike) {
  EXPECT_FALSE(seal_letter(ada, PublicKey{}, room, nonces, plain));  // a point of small order
  EXPECT_FALSE(open_letter(ada, PublicKey{}, room, base::Bytes(60)));
  EXPECT_NE(*seal_letter(ada, ben.public_key(), room, nonces, plain), *seal_letter(ada, ben.public_key(), room, nonces, plain));
}

}  // namespace
}  // namespace grove::crypto
