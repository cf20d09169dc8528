#include "netlab/courier.h"

#include <gtest/gtest.h>

#include <vector>

#include "netlab/made_up_packets.h"

namespace grove::netlab {
namespace {

constexpr HostId kServer{0}, kAnna{1}, kBen{2};

Topology three_hosts(const char* anna_nat = "open", const char* pairs = "") {
  const std::string json = std::string(R"({"name": "three", "story": "for tests", "network": {"rtt_ms": 100},
    "hosts": [{"name": "server", "serves": true}, {"name": "anna", "nat": ")") + anna_nat + R"("}, {"name": "ben"}],
    "pairs": [)" + pairs + "]}";
  return std::get<Topology>(parse_topology(json));
}

Instant at_ms(std::int64_t ms) { return Instant::from_us(ms * 1000); }

Endpoint outside_of(const Topology& topology, HostId host, std::uint16_t port) { return {topology.hosts[host.value].outside, port}; }
Endpoint inside_of(const Topology& topology, HostId host, std::uint16_t port) { return {topology.hosts[host.value].inside, port}; }

TEST(Courier, a_packet_arrives_unchanged_when_the_model_says) {
  const Topology topology = three_hosts();
  Courier courier(topology);
  const Bytes packet = made_up::udp(inside_of(topology, kAnna, 5000), outside_of(topology, kBen, 6000));
  courier.handle_packet(kAnna, packet, at_ms(7));
  EXPECT_EQ(courier.next_deadline(), at_ms(57));
  EXPECT_FALSE(courier.poll(at_ms(56)));
  const auto delivery = courier.poll(at_ms(57));
  ASSERT_TRUE(delivery);
  EXPECT_EQ(delivery->to, kBen);
  EXPECT_EQ(delivery->packet, packet);
  EXPECT_TRUE(courier.next_deadline().is_never());
}

TEST(Courier, packets_come_out_in_the_order_of_arrival_and_at_one_instant_of_sending) {
  const Topology topology = three_hosts("open", R"({"between": ["anna", "ben"], "rtt_ms": 40})");
  Courier courier(topology);
  const auto send = [&](HostId to, std::uint8_t mark, std::int64_t ms) {
    courier.handle_packet(kAnna, made_up::udp(inside_of(topology, kAnna, 1), outside_of(topology, to, 1), {mark}), at_ms(ms));
  };
  send(kServer, 4, 0);
  send(kBen, 1, 0);
  send(kBen, 2, 0);
  send(kBen, 3, 5);
  std::vector<std::uint8_t> marks;
  while (const auto delivery = courier.poll(at_ms(1000))) marks.push_back(delivery->packet.back());
  EXPECT_EQ(marks, (std::vector<std::uint8_t>{1, 2, 3, 4}));
}

TEST(Courier, a_blocked_pair_hears_nothing_and_both_reach_the_third) {
  const Topology topology = three_hosts("open", R"({"between": ["anna", "ben"], "blocked": true})");
  Courier courier(topology);
  courier.handle_packet(kAnna, made_up::udp(inside_of(topology, kAnna, 1), outside_of(topology, kBen, 1)), at_ms(0));
  courier.handle_packet(kBen, made_up::udp(inside_of(topology, kBen, 1), outside_of(topology, kAnna, 1)), at_ms(0));
  EXPECT_FALSE(courier.poll(at_ms(1000)));
  EXPECT_EQ(courier.network_stats().unreachable, 2U);
  courier.handle_packet(kBen, made_up::udp(inside_of(topology, kBen, 1), outside_of(topology, kServer, 1)), at_ms(1000));
  EXPECT_TRUE(courier.poll(at_ms(2000)));
}

TEST(Courier, through_a_nat_an_answer_finds_its_way_back_and_a_stranger_does_not) {
  const Topology topology = three_hosts("port-restricted-cone");
  Courier courier(topology);
  const Endpoint inside = inside_of(topology, kAnna, 5000);
  courier.handle_packet(kAnna, made_up::udp(inside, outside_of(topology, kBen, 6000)), at_ms(0));
  auto question = courier.poll(at_ms(50));
  ASSERT_TRUE(question);
  const Endpoint seen = Datagram::view(question->packet)->from();
  EXPECT_EQ(seen.address, topology.hosts[kAnna.value].outside);
  courier.handle_packet(kBen, made_up::udp(outside_of(topology, kBen, 6000), seen), at_ms(60));
  courier.handle_packet(kServer, made_up::udp(outside_of(topology, kServer, 6000), seen), at_ms(60));
  auto answer = courier.poll(at_ms(110));
  ASSERT_TRUE(answer);
  EXPECT_EQ(Datagram::view(answer->packet)->to(), inside);
  EXPECT_FALSE(courier.poll(at_ms(110)));
  EXPECT_EQ(courier.stats().refused_by_nat, 1U);
}

TEST(Courier, what_is_for_nobody_here_or_no_datagram_goes_nowhere) {
  const Topology topology = three_hosts();
  Courier courier(topology);
  courier.handle_packet(kAnna, made_up::udp(inside_of(topology, kAnna, 1), {*Address::parse("224.0.0.251"), 5353}), at_ms(0));
  courier.handle_packet(kAnna, made_up::udp(inside_of(topology, kAnna, 1), outside_of(topology, kAnna, 1)), at_ms(0));
  courier.handle_packet(kAnna, Bytes{0x60, 0, 0, 0}, at_ms(0));
  EXPECT_EQ(courier.stats().nowhere, 2U);
  EXPECT_EQ(courier.stats().malformed, 1U);
  EXPECT_TRUE(courier.next_deadline().is_never());
}

}  // namespace
}  // namespace grove::netlab
