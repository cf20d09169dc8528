#include "wire/rendezvous.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "wire/writer.h"

namespace grove::wire::rendezvous {
namespace {

using base::Bytes;
using base::ByteView;

rc::Gen<ConnectionNumber> a_number() {
  return rc::gen::map(rc::gen::positive<std::uint32_t>(), [](std::uint32_t n) { return ConnectionNumber{n}; });
}

rc::Gen<Bytes> a_blob() { return rc::gen::nonEmpty(rc::gen::arbitrary<Bytes>()); }

rc::Gen<std::string> an_ice_url() {
  const auto tail = rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange<char>(0x21, 0x7f)));
  return rc::gen::map(tail, [](const std::string& text) { return ("turn:" + text).substr(0, kIceUrlBytesMax); });
}

rc::Gen<FromClient> a_client_message() {
  const auto room = rc::gen::container<std::vector<std::uint8_t>>(kRoomIdBytes, rc::gen::arbitrary<std::uint8_t>());
  return rc::gen::oneOf(rc::gen::map(room,
                                     [](const Bytes& bytes) {
                                       Join join;
                                       std::copy(bytes.begin(), bytes.end(), join.room.bytes.begin());
                                       return FromClient{join};
                                     }),
                        rc::gen::map(rc::gen::pair(rc::gen::arbitrary<std::uint32_t>(), a_blob()), [](const auto& pair) {
                          return FromClient{Relay{{pair.first}, pair.second}};
                        }));
}

rc::Gen<FromServer> a_welcome() {
  const auto urls = rc::gen::container<std::vector<std::string>>(an_ice_url());
  const auto parts = rc::gen::tuple(a_number(), rc::gen::container<std::vector<ConnectionNumber>>(a_number()), urls);
  return rc::gen::map(parts, [](const auto& tuple) {
    Welcome welcome{std::get<0>(tuple), std::get<1>(tuple), std::get<2>(tuple)};
    std::erase(welcome.present, welcome.self);
    if (welcome.ice_servers.size() > kIceServersMax) welcome.ice_servers.resize(kIceServersMax);
    return FromServer{welcome};
  });
}

rc::Gen<FromServer> a_server_message() {
  const auto refused = rc::gen::pair(rc::gen::inRange<int>(1, 10), rc::gen::string<std::string>());
  return rc::gen::oneOf(
      a_welcome(), rc::gen::map(a_number(), [](ConnectionNumber who) { return FromServer{Entered{who}}; }),
      rc::gen::map(a_number(), [](ConnectionNumber who) { return FromServer{Gone{who}}; }),
      rc::gen::map(rc::gen::pair(a_number(), a_blob()),
                   [](const auto& pair) { return FromServer{Relayed{pair.first, pair.second}}; }),
      rc::gen::map(refused, [](const auto& pair) {
        std::string reason;
        for (const char c : pair.second) reason += static_cast<char>(c & 0x7f);
        return FromServer{Refused{static_cast<RefusalCode>(pair.first), reason.substr(0, kReasonBytesMax)}};
      }));
}

// Does cutting this message short always spoil it? A blob or a reason cut short is merely a shorter one.
template <typename Message>
std::size_t shortest_valid(const Message& message) {
  const std::size_t size = encode(message).size();
  if constexpr (std::is_same_v<Message, FromClient>) {
    return std::holds_alternative<Relay>(message) ? 2 + 4 + 1 : size;
  } else {
    if (std::holds_alternative<Relayed>(message)) return 2 + 4 + 1;
    return std::holds_alternative<Refused>(message) ? 2 + 1 : size;
  }
}

RC_GTEST_PROP(Rendezvous, a_client_message_comes_back_as_it_was, ()) {
  const FromClient message = *a_client_message();
  const auto decoded = decode_from_client(encode(message));
  RC_ASSERT(static_cast<bool>(decoded));
  RC_ASSERT((*decoded == message));
}

RC_GTEST_PROP(Rendezvous, a_server_message_comes_back_as_it_was, ()) {
  const FromServer message = *a_server_message();
  const auto decoded = decode_from_server(encode(message));
  RC_ASSERT(static_cast<bool>(decoded));
  RC_ASSERT((*decoded == message));
}

RC_GTEST_PROP(Rendezvous, a_client_message_cut_short_is_refused, ()) {
  const FromClient message = *a_client_message();
  const Bytes bytes = encode(message);
  for (std::size_t n = 0; n < shortest_valid(message); ++n) RC_ASSERT(!decode_from_client(ByteView(bytes).first(n)));
}

RC_GTEST_PROP(Rendezvous, a_server_message_cut_short_is_refused, ()) {
  const FromServer message = *a_server_message();
  const Bytes bytes = encode(message);
  for (std::size_t n = 0; n < shortest_valid(message); ++n) RC_ASSERT(!decode_from_server(ByteView(bytes).first(n)));
}

RC_GTEST_PROP(Rendezvous, a_message_of_fixed_size_with_a_tail_is_refused, (const Bytes& garbage)) {
  RC_PRE(!garbage.empty());
  Bytes join = encode(FromClient{Join{}});
  Bytes gone = encode(FromServer{Gone{{7}}});
  Bytes welcome = encode(FromServer{Welcome{{1}, {{2}}, {"stun:a"}}});
  for (Bytes* bytes : {&join, &gone, &welcome}) base::append(*bytes, garbage);
  RC_ASSERT(!decode_from_client(join));
  RC_ASSERT(!decode_from_server(gone));
  RC_ASSERT(!decode_from_server(welcome));
}

RC_GTEST_PROP(Rendezvous, one_direction_never_understands_the_other, ()) {
  RC_ASSERT(!decode_from_server(encode(*a_client_message())));
  RC_ASSERT(!decode_from_client(encode(*a_server_message())));
}

RC_GTEST_PROP(Rendezvous, every_other_version_is_refused_and_told_apart, (std::uint8_t version)) {
  RC_PRE(version != kVersion);
  Bytes message = encode(*a_client_message());
  RC_ASSERT(!has_wrong_version(message));
  message[0] = version;
  RC_ASSERT(has_wrong_version(message));
  RC_ASSERT(!decode_from_client(message));
}

TEST(Rendezvous, the_bytes_are_those_of_the_protocol) {
  EXPECT_EQ(encode(FromClient{Relay{{0x01020304}, {9, 8}}}), (Bytes{1, 0x02, 4, 3, 2, 1, 9, 8}));
  EXPECT_EQ(encode(FromServer{Welcome{{5}, {{3}}, {"stun:a"}}}),
            (Bytes{1, 0x81, 5, 0, 0, 0, 1, 0, 3, 0, 0, 0, 1, 6, 's', 't', 'u', 'n', ':', 'a'}));
  EXPECT_EQ(encode(FromServer{Entered{{2}}}), (Bytes{1, 0x82, 2, 0, 0, 0}));
  EXPECT_EQ(encode(FromServer{Gone{{2}}}), (Bytes{1, 0x83, 2, 0, 0, 0}));
  EXPECT_EQ(encode(FromServer{Relayed{{2}, {7}}}), (Bytes{1, 0x84, 2, 0, 0, 0, 7}));
  EXPECT_EQ(encode(FromServer{Refused{RefusalCode::kTooFast, "no"}}), (Bytes{1, 0x85, 4, 'n', 'o'}));
}

TEST(Rendezvous, the_largest_blob_passes_and_one_byte_more_does_not) {
  Bytes message = encode(FromClient{Relay{{1}, Bytes(kBlobBytesMax)}});
  EXPECT_EQ(message.size(), kClientMessageBytesMax);
  EXPECT_TRUE(decode_from_client(message));
  message.push_back(0);
  EXPECT_FALSE(decode_from_client(message));
}

TEST(Rendezvous, a_connection_never_has_the_number_zero) {
  EXPECT_FALSE(decode_from_server(Bytes{1, 0x81, 0, 0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(decode_from_server(Bytes{1, 0x81, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_FALSE(decode_from_server(Bytes{1, 0x82, 0, 0, 0, 0}));
  EXPECT_FALSE(decode_from_server(Bytes{1, 0x84, 0, 0, 0, 0, 1}));
}

TEST(Rendezvous, a_welcome_that_lists_the_newcomer_is_refused) {
  EXPECT_FALSE(decode_from_server(Bytes{1, 0x81, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0}));
}

TEST(Rendezvous, nine_ice_servers_are_refused) {
  Writer writer;
  writer.u8(kVersion).u8(0x81).u32(1).u16(0).u8(9);
  for (int i = 0; i < 9; ++i) writer.u8(6).bytes(base::as_bytes("stun:a"));
  EXPECT_FALSE(decode_from_server(writer.message()));
}

TEST(Rendezvous, an_ice_url_is_visible_and_of_a_known_scheme) {
  EXPECT_TRUE(is_ice_url(base::as_bytes("turns:relay.example:5349?transport=tcp")));
  EXPECT_FALSE(is_ice_url(base::as_bytes("")));
  EXPECT_FALSE(is_ice_url(base::as_bytes("stun:")));
  EXPECT_FALSE(is_ice_url(base::as_bytes("stun:a\nstun:b")));
  EXPECT_FALSE(is_ice_url(base::as_bytes("javascript:alert(1)")));
  EXPECT_FALSE(is_ice_url(base::as_bytes("stun:" + std::string(251, 'a'))));
}

TEST(Rendezvous, a_refusal_that_is_no_text_or_unknown_is_refused) {
  EXPECT_FALSE(decode_from_server(Bytes{1, 0x85, 4, 0xff}));
  EXPECT_FALSE(decode_from_server(Bytes{1, 0x85, 0}));
  EXPECT_FALSE(decode_from_server(Bytes{1, 0x85, 10}));
  Bytes long_reason{1, 0x85, 4};
  long_reason.resize(3 + kReasonBytesMax, 'a');
  EXPECT_TRUE(decode_from_server(long_reason));
  long_reason.push_back('a');
  EXPECT_FALSE(decode_from_server(long_reason));
}

}  // namespace
}  // namespace grove::wire::rendezvous
