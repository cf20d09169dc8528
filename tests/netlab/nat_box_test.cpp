#include "netlab/nat_box.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <vector>

#include "netlab/made_up_packets.h"
#include "sim/network.h"

namespace grove::netlab {
namespace {

using base::Bytes;

const Address kInner = *Address::parse("192.168.2.2"), kOuter = *Address::parse("10.77.0.2");
const Endpoint kAnna{kInner, 5000};
const Endpoint kBen{*Address::parse("10.77.0.3"), 6000}, kBensOtherPort{kBen.address, 6001};
const Endpoint kCleo{*Address::parse("10.77.0.4"), 6000};
const Instant kStart = Instant::from_us(1);

Instant after_s(std::int64_t s) { return kStart + Duration::s(s); }

NatBox box_of(NatKind kind) { return NatBox(kind, kInner, kind == NatKind::kOpen ? kInner : kOuter, {}, 1); }

// By which endpoint the other end sees it; none: refused.
std::optional<Endpoint> sends(NatBox& box, Endpoint from, Endpoint to, Instant now = kStart) {
  Bytes packet = made_up::udp(from, to);
  auto datagram = Datagram::view(packet);
  if (!box.try_out(*datagram, now)) return std::nullopt;
  EXPECT_TRUE(datagram->has_good_checksums());
  EXPECT_EQ(datagram->to(), to);
  return datagram->from();
}

// Which of the host's ports gets it.
std::optional<Endpoint> receives(NatBox& box, Endpoint from, Endpoint to, Instant now = kStart) {
  Bytes packet = made_up::udp(from, to);
  auto datagram = Datagram::view(packet);
  if (!box.try_in(*datagram, now)) return std::nullopt;
  EXPECT_TRUE(datagram->has_good_checksums());
  EXPECT_EQ(datagram->from(), from);
  return datagram->to();
}

TEST(NatBox, open_changes_nothing_and_lets_all_in) {
  NatBox box = box_of(NatKind::kOpen);
  EXPECT_EQ(sends(box, kAnna, kBen), kAnna);
  EXPECT_EQ(receives(box, kCleo, kAnna), kAnna);
}

TEST(NatBox, nobody_gets_in_before_the_host_has_sent) {
  for (const NatKind kind : {NatKind::kFullCone, NatKind::kRestrictedCone, NatKind::kPortRestrictedCone, NatKind::kSymmetric}) {
    NatBox box = box_of(kind);
    EXPECT_FALSE(receives(box, kBen, {kOuter, 5000}));
    EXPECT_FALSE(receives(box, kBen, kAnna)) << "the inner address is not for outsiders";
  }
}

TEST(NatBox, cones_show_one_port_to_all_and_differ_in_whom_they_let_in) {
  struct Case {
    NatKind kind;
    bool bens_other_port, a_stranger;
  };
  for (const Case& one : {Case{NatKind::kFullCone, true, true}, Case{NatKind::kRestrictedCone, true, false},
                          Case{NatKind::kPortRestrictedCone, false, false}}) {
    SCOPED_TRACE(name_of(one.kind));
    NatBox box = box_of(one.kind);
    const auto seen = sends(box, kAnna, kBen);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->address, kOuter);
    EXPECT_EQ(receives(box, kBen, *seen), kAnna);
    EXPECT_EQ(receives(box, kBensOtherPort, *seen).has_value(), one.bens_other_port);
    EXPECT_EQ(receives(box, kCleo, *seen).has_value(), one.a_stranger);
    EXPECT_EQ(sends(box, kAnna, kCleo), seen);
    EXPECT_EQ(receives(box, kCleo, *seen), kAnna);
  }
}

TEST(NatBox, a_symmetric_one_shows_everybody_another_port_and_lets_only_them_answer_there) {
  NatBox box = box_of(NatKind::kSymmetric);
  const auto to_ben = sends(box, kAnna, kBen), to_ben_too = sends(box, kAnna, kBensOtherPort), to_cleo = sends(box, kAnna, kCleo);
  ASSERT_TRUE(to_ben && to_ben_too && to_cleo);
  EXPECT_NE(to_ben, to_cleo);
  EXPECT_NE(to_ben, to_ben_too);
  EXPECT_EQ(sends(box, kAnna, kBen), to_ben);
  EXPECT_EQ(receives(box, kBen, *to_ben), kAnna);
  EXPECT_FALSE(receives(box, kBensOtherPort, *to_ben));
  EXPECT_FALSE(receives(box, kCleo, *to_ben));
}

TEST(NatBox, two_inner_ports_never_share_an_outer_one) {
  NatBox box = box_of(NatKind::kPortRestrictedCone);
  std::map<Endpoint, Endpoint> inner_of;
  for (std::uint16_t port = 1; port <= 3000; ++port) {
    const auto seen = sends(box, {kInner, port}, kBen);
    ASSERT_TRUE(seen);
    EXPECT_GE(seen->port, 1024);
    EXPECT_TRUE(inner_of.emplace(*seen, Endpoint{kInner, port}).second) << port;
  }
  for (const auto& [outer, inner] : inner_of) EXPECT_EQ(receives(box, kBen, outer), inner);
}

TEST(NatBox, what_is_silent_for_two_minutes_is_forgotten_and_only_sending_keeps_it) {
  NatBox box = box_of(NatKind::kRestrictedCone);
  const auto seen = sends(box, kAnna, kBen);
  EXPECT_TRUE(receives(box, kBen, *seen, after_s(119)));
  EXPECT_FALSE(receives(box, kBen, *seen, after_s(121))) << "what came in must not have kept it open";
  const auto again = sends(box, kAnna, kBen, after_s(200));
  EXPECT_TRUE(sends(box, kAnna, kBen, after_s(300)));
  EXPECT_TRUE(receives(box, kBen, *again, after_s(400)));
}

TEST(NatBox, a_permission_ends_by_itself_while_the_port_lives_on) {
  NatBox box = box_of(NatKind::kPortRestrictedCone);
  const auto seen = sends(box, kAnna, kBen);
  EXPECT_EQ(sends(box, kAnna, kCleo, after_s(100)), seen);
  EXPECT_TRUE(receives(box, kCleo, *seen, after_s(150)));
  EXPECT_FALSE(receives(box, kBen, *seen, after_s(150)));
}

TEST(NatBox, a_full_table_refuses_until_something_expires) {
  NatBox box = box_of(NatKind::kFullCone);
  for (std::size_t i = 0; i < NatBox::kMappingsMax; ++i) ASSERT_TRUE(sends(box, {kInner, static_cast<std::uint16_t>(2000 + i)}, kBen));
  EXPECT_FALSE(sends(box, {kInner, 1500}, kBen));
  EXPECT_TRUE(sends(box, {kInner, 2000}, kBen)) << "known flows go on";
  EXPECT_TRUE(sends(box, {kInner, 1500}, kBen, after_s(121)));
  EXPECT_EQ(box.mappings(), 1U);
}

TEST(NatBox, one_port_may_be_sent_to_a_bounded_number_of_ends) {
  NatBox box = box_of(NatKind::kPortRestrictedCone);
  for (std::size_t i = 0; i < NatBox::kPermittedMax; ++i) ASSERT_TRUE(sends(box, kAnna, {kBen.address, static_cast<std::uint16_t>(i)}));
  EXPECT_FALSE(sends(box, kAnna, kCleo));
  EXPECT_TRUE(sends(box, kAnna, kCleo, after_s(121)));
}

TEST(NatBox, tcp_keeps_its_port_for_hours) {
  NatBox box = box_of(NatKind::kPortRestrictedCone);
  Bytes out = made_up::tcp(kAnna, kBen);
  auto datagram = Datagram::view(out);
  ASSERT_TRUE(box.try_out(*datagram, kStart));
  EXPECT_TRUE(datagram->has_good_checksums());
  Bytes in = made_up::tcp(kBen, datagram->from());
  EXPECT_TRUE(box.try_in(*Datagram::view(in), after_s(7000)));
  Bytes late = made_up::tcp(kBen, datagram->from());
  EXPECT_FALSE(box.try_in(*Datagram::view(late), after_s(7441)));
}

TEST(NatBox, pings_go_out_and_their_answers_come_back) {
  NatBox box = box_of(NatKind::kSymmetric);
  Bytes request = made_up::echo(true, kInner, kBen.address, 77);
  auto out = Datagram::view(request);
  ASSERT_TRUE(box.try_out(*out, kStart));
  EXPECT_TRUE(out->has_good_checksums());
  Bytes reply = made_up::echo(false, kBen.address, kOuter, out->from().port);
  ASSERT_TRUE(box.try_in(*Datagram::view(reply), kStart));
  EXPECT_EQ(reply, made_up::echo(false, kBen.address, kInner, 77));
  Bytes unasked = made_up::echo(true, kBen.address, kOuter, 77);
  EXPECT_FALSE(box.try_in(*Datagram::view(unasked), kStart));
}

TEST(NatBox, errors_about_what_went_out_and_came_in_are_translated_both_ways) {
  NatBox box = box_of(NatKind::kPortRestrictedCone);
  const auto seen = sends(box, {kInner, 5}, kBen);  // a port that a NAT does not keep
  ASSERT_TRUE(seen);
  Bytes about_ours = made_up::unreachable(kBen.address, made_up::udp(*seen, kBen));
  ASSERT_TRUE(box.try_in(*Datagram::view(about_ours), kStart));
  EXPECT_EQ(about_ours, made_up::unreachable(kBen.address, made_up::udp({kInner, 5}, kBen)));

  Bytes about_theirs = made_up::unreachable(kInner, made_up::udp(kBen, {kInner, 5}));
  ASSERT_TRUE(box.try_out(*Datagram::view(about_theirs), kStart));
  EXPECT_EQ(about_theirs, made_up::unreachable(kOuter, made_up::udp(kBen, *seen)));

  Bytes about_nothing = made_up::unreachable(kBen.address, made_up::udp({kOuter, 999}, kBen));
  EXPECT_FALSE(box.try_in(*Datagram::view(about_nothing), kStart));
}

TEST(NatBox, strange_sources_fragments_and_other_protocols_do_not_pass) {
  NatBox box = box_of(NatKind::kFullCone);
  EXPECT_FALSE(sends(box, kCleo, kBen));
  Bytes fragment = made_up::udp(kAnna, kBen);
  fragment[6] = 0x20;
  EXPECT_FALSE(box.try_out(*Datagram::view(fragment), kStart));
  Bytes other = made_up::udp(kAnna, kBen);
  other[9] = 47;  // GRE
  EXPECT_FALSE(box.try_out(*Datagram::view(other), kStart));
}

// Two hosts that learnt from a third how they look from outside, and then send to each other until something gets through
// and can be answered: what ICE does (RFC 8445), peer-reflexive candidates included.
bool can_connect(NatKind one, NatKind other) {
  struct Side {
    Address inner, outer;
    NatBox box;
    Endpoint own, seen;
  };
  const auto side = [](NatKind kind, const char* inner, const char* outer) {
    const Address outside = *Address::parse(outer), inside = kind == NatKind::kOpen ? outside : *Address::parse(inner);
    return Side{inside, outside, NatBox(kind, inside, outside, {}, outside.value), {inside, 5000}, {}};
  };
  std::array<Side, 2> sides = {side(one, "192.168.2.2", "10.77.0.2"), side(other, "192.168.3.2", "10.77.0.3")};
  for (Side& each : sides) each.seen = *sends(each.box, each.own, {*Address::parse("10.77.0.1"), 3478});
  std::array<Endpoint, 2> target = {sides[1].seen, sides[0].seen};
  std::array<bool, 2> was_reached = {};
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < 2; ++i) {
      const auto shown = sends(sides[i].box, sides[i].own, target[i]);
      if (!shown || target[i].address != sides[1 - i].outer) continue;
      if (!receives(sides[1 - i].box, *shown, target[i])) continue;
      was_reached[1 - i] = true;
      target[1 - i] = *shown;  // answered where it came from
    }
  }
  return was_reached[0] && was_reached[1];
}

TEST(NatBox, holes_can_be_punched_between_exactly_those_kinds_of_which_the_simulator_says_so) {
  constexpr std::array<std::pair<NatKind, sim::Nat>, 3> kKinds = {{
      {NatKind::kOpen, sim::Nat::kOpen}, {NatKind::kRestrictedCone, sim::Nat::kCone}, {NatKind::kSymmetric, sim::Nat::kSymmetric}}};
  for (const auto& [one, sim_one] : kKinds) {
    for (const auto& [other, sim_other] : kKinds) {
      sim::Network network(sim::RttMatrix(2), {}, 1);
      network.set_nat({0}, sim_one);
      network.set_nat({1}, sim_other);
      EXPECT_EQ(can_connect(one, other), network.can_connect({0}, {1})) << name_of(one) << " and " << name_of(other);
    }
  }
  // RFC 5128 §3.3: what the simulator's three kinds leave out.
  EXPECT_TRUE(can_connect(NatKind::kPortRestrictedCone, NatKind::kPortRestrictedCone));
  EXPECT_TRUE(can_connect(NatKind::kSymmetric, NatKind::kFullCone));
  EXPECT_FALSE(can_connect(NatKind::kSymmetric, NatKind::kPortRestrictedCone));
}

}  // namespace
}  // namespace grove::netlab
