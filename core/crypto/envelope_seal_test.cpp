#include "crypto/envelope_seal.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>

namespace grove::crypto {
namespace {

struct EnvelopeSeal : testing::Test {
  RoomKeys keys{RoomSecret{1}};
  Identity ada{{1}};
  KeySource nonces{{9}};
  base::Bytes content{10, 20, 30};
};

TEST_F(EnvelopeSeal, opens_again_and_names_its_sender) {
  const auto opened = open_envelope(keys, seal_envelope(keys, ada, nonces, content));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->sender, ada.id());
  EXPECT_EQ(opened->content, content);
}

TEST_F(EnvelopeSeal, the_same_content_never_looks_the_same_twice) {
  EXPECT_NE(seal_envelope(keys, ada, nonces, content), seal_envelope(keys, ada, nonces, content));
}

TEST_F(EnvelopeSeal, another_room_cannot_open_it) {
  EXPECT_FALSE(open_envelope(RoomKeys(RoomSecret{2}), seal_envelope(keys, ada, nonces, content)));
}

TEST_F(EnvelopeSeal, any_flipped_bit_and_any_truncation_is_refused) {
  const base::Bytes envelope = seal_envelope(keys, ada, nonces, content);
  for (std::size_t bit = 0; bit < envelope.size() * 8; ++bit) {
    base::Bytes spoilt = envelope;
    spoilt[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(open_envelope(keys, spoilt)) << "bit " << bit;
  }
  for (std::size_t size = 0; size < envelope.size(); ++size) {
    EXPECT_FALSE(open_envelope(keys, base::ByteView(envelope).first(size))) << "size " << size;
  }
}

// A member who runs the rendezvous knows the signal key: it can open an envelope, rewrite it and seal it again.
TEST_F(EnvelopeSeal, a_member_who_rewrites_and_reseals_is_refused_for_want_of_the_signature) {
  const base::Bytes envelope = seal_envelope(keys, ada, nonces, content);
  base::Bytes plain(envelope.size() - 1 - 24 - 16);
  ASSERT_EQ(crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, envelope.data() + 25,
                                                       envelope.size() - 25, keys.room_id().data(), 32,
                                                       envelope.data() + 1, keys.signal_key().data()),
            0);
  plain[32] ^= 1;  // the first byte of the content
  base::Bytes resealed(envelope.begin(), envelope.begin() + 25);
  resealed.resize(envelope.size());
  crypto_aead_xchacha20poly1305_ietf_encrypt(resealed.data() + 25, nullptr, plain.data(), plain.size(),
                                             keys.room_id().data(), 32, nullptr, resealed.data() + 1,
                                             keys.signal_key().data());
  const auto opened = open_envelope(keys, resealed);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.why(), "envelope: not signed by its sender");
}

}  // namespace
}  // namespace grove::crypto
