#include "sim/network.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

namespace grove::sim {
namespace {

constexpr HostId kAda{0}, kBob{1}, kCid{2};
constexpr std::size_t kFrameBytes = 200;

RttMatrix three_hosts() {
  RttMatrix rtts(3);
  rtts.set(0, 1, 40);
  rtts.set(0, 2, 100);
  rtts.set(1, 2, 80);
  return rtts;
}

NetworkTerms without_last_mile() {
  NetworkTerms terms;
  terms.last_mile_median_ms = 0;
  return terms;
}

Instant at_ms(std::int64_t ms) { return Instant::from_us(ms * 1000); }

// The share of datagrams lost when one is sent every 20 ms.
double share_lost(Network& network, int sent) {
  int lost = 0;
  for (int i = 0; i < sent; ++i) lost += !network.carry(kAda, kBob, kFrameBytes, at_ms(20 * i));
  return static_cast<double>(lost) / sent;
}

TEST(Network, direct_is_half_a_round_trip_and_both_last_miles) {
  const Network plain(three_hosts(), without_last_mile(), 1);
  EXPECT_EQ(plain.one_way(kAda, kBob), Duration::ms(20));
  EXPECT_EQ(plain.rtt(kBob, kCid), Duration::ms(80));
  const Network homes(three_hosts(), {}, 1);
  EXPECT_GT(homes.one_way(kAda, kBob), Duration::ms(20));
  EXPECT_LE(homes.one_way(kAda, kBob), Duration::ms(20 + 2 * 60));
}

TEST(Network, last_miles_have_the_median_that_was_asked_for) {
  const RttMatrix flat(400);
  const Network network(flat, {}, 7);
  std::vector<std::int64_t> both;
  for (std::uint32_t i = 1; i < 400; i += 2) both.push_back(network.one_way({i - 1}, {i}).in_us());
  std::nth_element(both.begin(), both.begin() + 100, both.end());
  // Two independent miles of 6 ms, sigma 0.8: the sum's median is near 16 ms.
  EXPECT_GT(both[100], 13'000);
  EXPECT_LT(both[100], 20'000);
}

RC_GTEST_PROP(Network, a_path_never_reorders_and_never_beats_light, ()) {
  NetworkTerms terms;
  terms.jitter_mean_median_ms = 8;
  terms.uplink_bits_per_s = *rc::gen::element<std::uint64_t>(0, 500'000);
  terms.loss.share = *rc::gen::element(0.0, 0.1);
  Network network(three_hosts(), terms, *rc::gen::arbitrary<std::uint64_t>());
  const auto gaps_us = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30'000));
  Instant now = at_ms(1), latest;
  for (const int gap : gaps_us) {
    now = now + Duration::us(gap);
    const auto arrival = network.carry(kAda, kBob, kFrameBytes, now);
    if (!arrival) continue;
    RC_ASSERT(*arrival >= now + network.one_way(kAda, kBob));
    RC_ASSERT(*arrival >= latest);
    latest = *arrival;
  }
}

TEST(Network, jitter_is_bounded) {
  NetworkTerms terms = without_last_mile();
  terms.jitter_mean_median_ms = 20;
  terms.jitter_max = Duration::ms(10);
  Network network(three_hosts(), terms, 3);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LE(*network.carry(kAda, kBob, kFrameBytes, at_ms(20 * i)), at_ms(20 * i + 20 + 10));
  }
}

TEST(Network, what_other_paths_carry_changes_nothing_here) {
  NetworkTerms terms;
  terms.loss.share = 0.1;
  Network quiet(three_hosts(), terms, 5), busy(three_hosts(), terms, 5);
  for (int i = 0; i < 500; ++i) {
    busy.carry(kCid, kBob, kFrameBytes, at_ms(20 * i));
    EXPECT_EQ(quiet.carry(kAda, kBob, kFrameBytes, at_ms(20 * i)), busy.carry(kAda, kBob, kFrameBytes, at_ms(20 * i)));
  }
}

TEST(Network, the_same_seed_is_the_same_network) {
  Network one(three_hosts(), {}, 5), same(three_hosts(), {}, 5), other(three_hosts(), {}, 6);
  EXPECT_EQ(one.carry(kAda, kBob, kFrameBytes, at_ms(1)), same.carry(kAda, kBob, kFrameBytes, at_ms(1)));
  EXPECT_NE(one.one_way(kAda, kBob), other.one_way(kAda, kBob));
}

TEST(Network, loses_the_share_that_was_asked_for) {
  for (const double share : {0.01, 0.05, 0.2}) {
    NetworkTerms terms;
    terms.loss.share = share;
    Network network(three_hosts(), terms, 11);
    const double lost = share_lost(network, 200'000);
    EXPECT_GT(lost, 0.85 * share);
    EXPECT_LT(lost, 1.15 * share);
  }
}

TEST(Network, losses_come_in_bursts) {
  NetworkTerms terms;
  terms.loss = {.share = 0.02, .burst = Duration::ms(60), .in_burst = 0.9};
  Network network(three_hosts(), terms, 11);
  int lost = 0, lost_after_lost = 0;
  bool was_lost = false;
  for (int i = 0; i < 100'000; ++i) {
    const bool is_lost = !network.carry(kAda, kBob, kFrameBytes, at_ms(20 * i));
    lost += is_lost;
    lost_after_lost += is_lost && was_lost;
    was_lost = is_lost;
  }
  EXPECT_GT(static_cast<double>(lost_after_lost) / lost, 0.4);  // were they independent: 0.02
}

TEST(Network, an_uplink_takes_its_time_and_then_loses) {
  NetworkTerms terms = without_last_mile();
  terms.jitter_mean_median_ms = 0;
  terms.uplink_bits_per_s = 1'000'000;
  terms.uplink_queue = Duration::ms(9);
  Network network(three_hosts(), terms, 1);
  constexpr std::size_t kBytes = 500;  // 4 ms each
  EXPECT_EQ(network.carry(kAda, kBob, kBytes, at_ms(0)), at_ms(24));
  EXPECT_EQ(network.carry(kAda, kCid, kBytes, at_ms(0)), at_ms(58));
  EXPECT_EQ(network.uplink_wait(kAda, at_ms(1)), Duration::ms(7));
  EXPECT_EQ(network.carry(kAda, kBob, kBytes, at_ms(0)), at_ms(32));
  EXPECT_FALSE(network.carry(kAda, kBob, kBytes, at_ms(0)));  // 12 ms wait already
  EXPECT_EQ(network.stats().lost_in_uplink, 1U);
  EXPECT_EQ(network.carry(kAda, kBob, kBytes, at_ms(50)), at_ms(74));
  EXPECT_EQ(network.carry(kBob, kAda, kBytes, at_ms(50)), at_ms(74));
}

TEST(Network, pairs_are_cut_in_the_share_that_was_asked_for_and_in_both_directions) {
  NetworkTerms terms;
  terms.pairs_cut = 0.2;
  const Network network(RttMatrix(100), terms, 2);
  int cut = 0;
  for (std::uint32_t a = 0; a < 100; ++a) {
    for (std::uint32_t b = 0; b < a; ++b) {
      cut += !network.can_connect({a}, {b});
      EXPECT_EQ(network.can_connect({a}, {b}), network.can_connect({b}, {a}));
    }
  }
  EXPECT_NEAR(cut, 990, 90);
}

TEST(Network, two_symmetric_nats_cannot_connect_and_any_other_two_can) {
  Network network(three_hosts(), {}, 1);
  network.set_nat(kAda, Nat::kSymmetric);
  network.set_nat(kBob, Nat::kSymmetric);
  network.set_nat(kCid, Nat::kCone);
  EXPECT_FALSE(network.can_connect(kAda, kBob));
  EXPECT_TRUE(network.can_connect(kAda, kCid));
  EXPECT_FALSE(network.carry(kAda, kBob, kFrameBytes, at_ms(0)));
}

TEST(Network, the_dead_the_cut_and_the_other_side_of_a_partition_hear_nothing_until_it_ends) {
  Network network(three_hosts(), {}, 1);
  const auto arrives = [&](HostId from, HostId to) { return network.carry(from, to, kFrameBytes, at_ms(0)).has_value(); };
  network.kill(kCid);
  EXPECT_FALSE(arrives(kAda, kCid));
  EXPECT_FALSE(arrives(kCid, kAda));
  network.revive(kCid);
  EXPECT_TRUE(arrives(kAda, kCid));
  network.set_side(kCid, 1);
  EXPECT_FALSE(arrives(kAda, kCid));
  EXPECT_TRUE(network.can_connect(kAda, kCid));
  network.set_side(kCid, 0);
  network.cut(kAda, kBob);
  EXPECT_FALSE(arrives(kBob, kAda));
  network.mend(kAda, kBob);
  EXPECT_TRUE(arrives(kBob, kAda));
}

TEST(Network, what_reaches_a_frozen_host_waits_until_it_thaws) {
  Network network(three_hosts(), {}, 1);
  network.freeze(kBob, at_ms(5000));
  EXPECT_EQ(network.carry(kAda, kBob, kFrameBytes, at_ms(0)), at_ms(5000));
  EXPECT_EQ(network.carry(kAda, kBob, kFrameBytes, at_ms(100)), at_ms(5000));
  EXPECT_LT(*network.carry(kBob, kAda, kFrameBytes, at_ms(100)), at_ms(5000));
}

TEST(Network, another_time_slice_changes_the_delays_and_keeps_the_homes) {
  Network network(three_hosts(), {}, 1);
  const Duration before = network.one_way(kAda, kBob);
  RttMatrix slower = three_hosts();
  slower.set(0, 1, 60);
  network.set_rtts(slower);
  EXPECT_EQ(network.one_way(kAda, kBob), before + Duration::ms(10));
}

}  // namespace
}  // namespace grove::sim
