#include "voice/codec/frame.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <vector>

namespace grove::voice::codec {
namespace {

using base::Bytes;

const Bytes kPacket{0x78, 1, 2, 3};  // TOC: hybrid fullband 20 ms, mono, one frame

VoiceFrame frame_with(base::ByteView packet) {
  VoiceFrame frame;
  frame.starts_spurt = true;
  frame.timestamp = 0x04030201;
  frame.packet = packet;
  return frame;
}

TEST(Frame, its_bytes_are_those_of_the_protocol_page) {
  EXPECT_EQ(encode_frame(frame_with(kPacket)), (Bytes{0x01, 0x01, 0x02, 0x03, 0x04, 0x78, 1, 2, 3}));
}

TEST(Frame, what_is_encoded_is_decoded) {
  EXPECT_TRUE(rc::check([] {
    VoiceFrame frame;
    frame.starts_spurt = *rc::gen::arbitrary<bool>();
    frame.ends_spurt = *rc::gen::arbitrary<bool>();
    frame.timestamp = *rc::gen::arbitrary<std::uint32_t>();
    Bytes packet = *rc::gen::arbitrary<Bytes>();
    packet.resize(std::min(packet.size(), kPacketBytesMax - 1));
    packet.insert(packet.begin(), 0x78);
    frame.packet = packet;
    const Bytes bytes = encode_frame(frame);
    const auto decoded = decode_frame(bytes);
    RC_ASSERT(bool{decoded});
    RC_ASSERT(decoded->starts_spurt == frame.starts_spurt);
    RC_ASSERT(decoded->ends_spurt == frame.ends_spurt);
    RC_ASSERT(decoded->timestamp == frame.timestamp);
    RC_ASSERT(Bytes(decoded->packet.begin(), decoded->packet.end()) == packet);
    RC_ASSERT(decoded->samples() == 960U);
  }));
}

TEST(Frame, too_short_too_long_and_unknown_flags_are_refused) {
  const Bytes good = encode_frame(frame_with(kPacket));
  for (std::size_t size = 0; size <= kFrameHeaderBytes; ++size) {
    EXPECT_FALSE(decode_frame(base::ByteView(good).first(size))) << size;
  }
  Bytes flagged = good;
  for (int bit = 2; bit < 8; ++bit) {
    flagged[0] = static_cast<std::uint8_t>(1 << bit);
    EXPECT_FALSE(decode_frame(flagged)) << bit;
  }
  Bytes longest = good;
  longest.resize(kFrameHeaderBytes + kPacketBytesMax);
  EXPECT_TRUE(decode_frame(longest));
  longest.push_back(0);
  EXPECT_FALSE(decode_frame(longest));
}

TEST(Frame, a_packet_longer_than_60_ms_or_of_no_frames_is_refused) {
  EXPECT_FALSE(decode_frame(encode_frame(frame_with(Bytes{0x7b, 6, 1, 2, 3}))));  // six frames of 20 ms
  EXPECT_FALSE(decode_frame(encode_frame(frame_with(Bytes{0x7b, 0, 1, 2, 3}))));
  EXPECT_FALSE(decode_frame(encode_frame(frame_with(Bytes{0x7b}))));              // code 3 without its count
}

}  // namespace
}  // namespace grove::voice::codec
