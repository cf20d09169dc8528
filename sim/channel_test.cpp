#include "sim/channel.h"

#include <gtest/gtest.h>

#include <optional>

namespace grove::sim {
namespace {

constexpr HostId kAda{0}, kBob{1};

// Two hosts 40 ms apart, there and back, on a network without jitter.
struct TwoEnds : testing::Test {
  static RttMatrix rtts() {
    RttMatrix matrix(2);
    matrix.set(0, 1, 40);
    return matrix;
  }
  static NetworkTerms plain() {
    NetworkTerms terms;
    terms.last_mile_median_ms = terms.jitter_mean_median_ms = 0;
    return terms;
  }

  explicit TwoEnds(NetworkTerms terms = plain()) : network(rtts(), terms, 1) {}

  void send(Channel channel, std::uint8_t tag, std::int64_t at_ms) {
    run_until(at_ms);
    channels.send(ada, channel, Bytes(80, tag), Instant::from_us(at_ms * 1000));
  }
  // The same, but the first transmission is lost.
  void send_and_lose(Channel channel, std::uint8_t tag, std::int64_t at_ms) {
    run_until(at_ms);
    network.cut(kAda, kBob);
    channels.send(ada, channel, Bytes(80, tag), Instant::from_us(at_ms * 1000));
    network.mend(kAda, kBob);
  }
  void run_until(std::int64_t ms) {
    while (queue.next_at() <= Instant::from_us(ms * 1000)) {
      const Event event = queue.pop();
      if (event.kind == EventKind::kRetransmit) channels.on_retransmit(event.a, event.b, event.at);
      if (event.kind == EventKind::kDrained) channels.on_drained({event.a}, event.b);
      if (event.kind != EventKind::kArrive) continue;
      channels.on_arrive(event.a, event.b, arrived);
      for (const auto& message : arrived) {
        heard += (heard.empty() ? "" : " ") + std::string(1, static_cast<char>(message.message[0])) + "@" +
                 std::to_string(event.at.in_us() / 1000);
      }
    }
  }

  Network network;
  EventQueue queue;
  Channels channels{ChannelTerms{}, network, queue};
  LinkEnd ada = channels.connect(kAda, kBob);
  std::vector<Channels::Arrived> arrived;
  std::string heard;
};

struct SlowUplink : TwoEnds {
  static NetworkTerms slow() {
    NetworkTerms terms = plain();
    terms.uplink_bits_per_s = 173 * 8 * 100;  // ten milliseconds a message
    return terms;
  }
  SlowUplink() : TwoEnds(slow()) {}
};

TEST_F(TwoEnds, what_is_sent_arrives_after_the_one_way_delay) {
  send(Channel::kControl, 'a', 0);
  send(Channel::kVoice, 'b', 5);
  run_until(1000);
  EXPECT_EQ(heard, "a@20 b@25");
}

TEST_F(TwoEnds, control_is_repaired_by_the_third_later_packet_and_stays_in_order) {
  send_and_lose(Channel::kControl, 'a', 0);
  for (int i = 1; i <= 4; ++i) send(Channel::kControl, static_cast<std::uint8_t>('a' + i), 20 * i);
  run_until(1000);
  // The third packet arrives at 80, its report is back at 100, the repair is there at 120; what came before it waited.
  EXPECT_EQ(heard, "a@120 b@120 c@120 d@120 e@120");
}

TEST_F(TwoEnds, control_without_later_traffic_is_repaired_by_the_timer) {
  send_and_lose(Channel::kControl, 'a', 0);
  run_until(5000);
  EXPECT_EQ(heard, "a@1020");
}

TEST_F(TwoEnds, the_timer_doubles_while_nothing_gets_through) {
  network.cut(kAda, kBob);
  channels.send(ada, Channel::kControl, Bytes(80, 'a'), Instant());
  run_until(2500);
  network.mend(kAda, kBob);
  run_until(10'000);
  EXPECT_EQ(heard, "a@3020");
}

TEST_F(TwoEnds, voice_is_repaired_within_its_lifetime_and_holds_nothing_back) {
  send_and_lose(Channel::kVoice, 'a', 0);
  for (int i = 1; i <= 4; ++i) send(Channel::kVoice, static_cast<std::uint8_t>('a' + i), 20 * i);
  run_until(1000);
  EXPECT_EQ(heard, "b@40 c@60 d@80 e@100 a@120");
}

TEST_F(TwoEnds, voice_older_than_its_lifetime_is_given_up) {
  send_and_lose(Channel::kVoice, 'a', 0);
  for (int i = 1; i <= 4; ++i) send(Channel::kVoice, static_cast<std::uint8_t>('a' + i), 60 * i);
  run_until(5000);
  EXPECT_EQ(heard, "b@80 c@140 d@200 e@260");
  EXPECT_EQ(channels.stats().voice_abandoned, 1U);
}

TEST_F(TwoEnds, nothing_comes_out_of_a_closed_end) {
  send(Channel::kControl, 'a', 0);
  channels.close(ada.other());
  run_until(1000);
  EXPECT_EQ(heard, "");
}

TEST_F(TwoEnds, long_messages_pay_headers_for_each_fragment) {
  EXPECT_EQ(channels.wire_bytes(80), 173U);
  EXPECT_EQ(channels.wire_bytes(1150), 1150U + 93);
  EXPECT_EQ(channels.wire_bytes(1151), 1151U + 2 * 93);
}

TEST_F(SlowUplink, what_the_uplink_has_not_taken_counts_as_buffered) {
  send(Channel::kVoice, 'a', 0);
  send(Channel::kVoice, 'b', 0);
  EXPECT_EQ(channels.buffered(ada), 160U);
  run_until(11);
  EXPECT_EQ(channels.buffered(ada), 80U);
  run_until(1000);
  EXPECT_EQ(channels.buffered(ada), 0U);
  EXPECT_EQ(heard, "a@30 b@40");
}

}  // namespace
}  // namespace grove::sim
