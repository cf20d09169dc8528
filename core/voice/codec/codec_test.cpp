#include <gtest/gtest.h>

#include "voice/codec/decoder.h"
#include "voice/codec/encoder.h"
#include "voice/testing/speech.h"

namespace grove::voice::codec {
namespace {

using testing::Samples;

std::vector<base::Bytes> encode(const Samples& said, Encoder& encoder) {
  std::vector<base::Bytes> packets;
  for (std::size_t at = 0; at + kFrameSamples <= said.size(); at += kFrameSamples) {
    packets.push_back(base::to_bytes(encoder.encode(std::span(said).subspan(at).first<kFrameSamples>())));
  }
  return packets;
}

Samples decode(Decoder& decoder, base::ByteView packet) {
  Samples out(kPacketSamplesMax);
  out.resize(decoder.decode(packet, out));
  return out;
}

TEST(Codec, speech_comes_back_after_6_5_ms_of_look_ahead_at_32_kbit_a_second) {
  Encoder encoder;
  EXPECT_EQ(encoder.lookahead_samples(), 312U);
  const Samples said = testing::speech(1.0);
  Decoder decoder;
  Samples heard;
  std::size_t bytes = 0;
  for (const auto& packet : encode(said, encoder)) {
    bytes += packet.size();
    testing::append(heard, decode(decoder, packet));
  }
  EXPECT_EQ(heard.size(), said.size());
  EXPECT_NEAR(static_cast<double>(bytes) * 8, 32'000, 8'000);
  const auto place = testing::locate(std::span(said).subspan(12'000, 9'600), std::span(heard).subspan(12'000, 10'600));
  EXPECT_NEAR(static_cast<double>(place.lag), 312, 25);  // Opus' high-pass shifts phases a little
  EXPECT_GT(place.similarity, 0.6);
}

TEST(Codec, a_quiet_room_becomes_dtx_packets) {
  Encoder encoder;
  std::size_t silent = 0;
  for (const auto& packet : encode(testing::silence(1.0), encoder)) silent += Encoder::is_silence(packet) ? 1U : 0U;
  EXPECT_GT(silent, 25U);
}

TEST(Codec, a_lost_frame_is_recovered_from_the_next_better_than_guessed) {
  Encoder encoder;
  encoder.set_expected_loss(20);
  const Samples said = testing::speech(1.5);
  const auto packets = encode(said, encoder);
  double error_recovered = 0;
  double error_guessed = 0;
  int with_redundancy = 0;
  Decoder clean, recovering, guessing;
  for (std::size_t i = 0; i + 1 < packets.size(); ++i) {
    const bool is_lost = i > 5 && i % 4 == 0 && has_redundancy(packets[i + 1]);
    const Samples truth = decode(clean, packets[i]);
    if (!is_lost) {
      decode(recovering, packets[i]);
      decode(guessing, packets[i]);
      continue;
    }
    ++with_redundancy;
    Samples recovered(kFrameSamples);
    Samples guessed(kFrameSamples);
    recovering.recover(packets[i + 1], recovered);
    guessing.conceal(guessed);
    for (std::size_t k = 0; k < kFrameSamples; ++k) {
      error_recovered += std::pow(static_cast<double>(recovered[k] - truth[k]), 2);
      error_guessed += std::pow(static_cast<double>(guessed[k] - truth[k]), 2);
    }
  }
  EXPECT_GT(with_redundancy, 5);
  EXPECT_LT(error_recovered, error_guessed * 0.7);
}

TEST(Codec, guessing_on_a_copy_leaves_the_decoder_as_it_was) {
  Encoder encoder;
  const auto packets = encode(testing::speech(0.5), encoder);
  Decoder decoder, undisturbed, copy;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i % 5 == 0) {
      copy.copy_state_of(decoder);
      Samples guess(960);
      copy.conceal(guess);
    }
    ASSERT_EQ(decode(decoder, packets[i]), decode(undisturbed, packets[i])) << i;
  }
}

TEST(Codec, a_broken_packet_decodes_to_nothing) {
  Decoder decoder;
  EXPECT_TRUE(decode(decoder, base::Bytes{0x7b}).empty());
}

TEST(Codec, any_expected_loss_is_taken) {
  Encoder encoder;
  for (const double percent : {-5.0, 0.0, 50.0, 1e9, std::nan("")}) {
    encoder.set_expected_loss(percent);
    EXPECT_FALSE(encode(testing::speech(0.02), encoder).empty());
  }
}

}  // namespace
}  // namespace grove::voice::codec
