#include "netlab/ipv4.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "netlab/made_up_packets.h"

namespace grove::netlab {
namespace {

using base::Bytes;

const Endpoint kAnna{*Address::parse("192.168.2.2"), 5000}, kBen{*Address::parse("10.77.0.3"), 6000};
const Endpoint kOutside{*Address::parse("10.77.0.2"), 61000};

Endpoint any_endpoint() { return {{*rc::gen::arbitrary<std::uint32_t>()}, *rc::gen::arbitrary<std::uint16_t>()}; }

TEST(Address, is_read_and_written) {
  EXPECT_EQ(kBen.address.value, 0x0a4d0003U);
  EXPECT_EQ(kBen.address.text(), "10.77.0.3");
  for (const char* wrong : {"", "10", "10.77.0", "10.77.0.256", "10.77.0.1.", "10.77.0.1 ", "a.b.c.d", "10..0.1", "-1.0.0.0"}) {
    EXPECT_FALSE(Address::parse(wrong)) << wrong;
  }
}

TEST(Checksum, is_that_of_rfc_1071) {
  const Bytes example = {0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7};  // RFC 1071 §3
  EXPECT_EQ(checksum(example), static_cast<std::uint16_t>(~0xddf2));
}

TEST(Datagram, knows_both_ends_of_each_transport) {
  for (Bytes packet : {made_up::udp(kAnna, kBen), made_up::tcp(kAnna, kBen)}) {
    const auto datagram = Datagram::view(packet);
    ASSERT_TRUE(datagram && datagram->transport());
    EXPECT_EQ(datagram->from(), kAnna);
    EXPECT_EQ(datagram->to(), kBen);
    EXPECT_TRUE(datagram->has_good_checksums());
  }
}

TEST(Datagram, an_echos_identifier_is_the_askers_port) {
  Bytes request = made_up::echo(true, kAnna.address, kBen.address, 77), reply = made_up::echo(false, kBen.address, kAnna.address, 77);
  EXPECT_EQ(Datagram::view(request)->from().port, 77);
  EXPECT_EQ(Datagram::view(request)->to().port, 0);
  EXPECT_EQ(Datagram::view(reply)->from().port, 0);
  EXPECT_EQ(Datagram::view(reply)->to().port, 77);
}

RC_GTEST_PROP(Datagram, what_was_rewritten_has_good_checksums_and_equals_what_would_have_been_made, ()) {
  const Endpoint from = any_endpoint(), to = any_endpoint(), new_from = any_endpoint(), new_to = any_endpoint();
  const auto payload = *rc::gen::arbitrary<Bytes>();
  Bytes one = made_up::udp(from, to, payload), other = made_up::tcp(from, to, payload);
  for (Bytes* packet : {&one, &other}) {
    auto datagram = Datagram::view(*packet);
    datagram->set_from(new_from);
    datagram->set_to(new_to);
    RC_ASSERT(datagram->from() == new_from);
    RC_ASSERT(datagram->to() == new_to);
    RC_ASSERT(datagram->has_good_checksums());
  }
  Bytes request = made_up::echo(true, from.address, to.address, from.port, payload);
  Datagram::view(request)->set_from(new_from);
  RC_ASSERT(request == made_up::echo(true, new_from.address, to.address, new_from.port, payload));
}

TEST(Datagram, udp_without_a_checksum_keeps_none_and_a_sum_of_zero_is_written_as_ones) {
  Bytes plain = made_up::udp_without_checksum(kAnna, kBen);
  Datagram::view(plain)->set_from(kOutside);
  EXPECT_EQ(plain, made_up::udp_without_checksum(kOutside, kBen));
  // Some port makes the sum come out as zero, which UDP writes as ones (RFC 768).
  bool was_seen = false;
  for (std::uint32_t port = 0; port < 65536; ++port) {
    Bytes packet = made_up::udp(kAnna, kBen);
    const Endpoint from{kAnna.address, static_cast<std::uint16_t>(port)};
    Datagram::view(packet)->set_from(from);
    ASSERT_TRUE(packet[26] != 0 || packet[27] != 0) << port;
    was_seen |= packet[26] == 0xff && packet[27] == 0xff;
  }
  EXPECT_TRUE(was_seen);
}

TEST(Datagram, an_error_is_rewritten_with_what_it_quotes) {
  for (const Bytes& sent : {made_up::udp(kOutside, kBen), made_up::tcp(kOutside, kBen), made_up::udp_without_checksum(kOutside, kBen)}) {
    Bytes error = made_up::unreachable(kBen.address, sent);
    auto datagram = Datagram::view(error);
    ASSERT_TRUE(datagram && datagram->quoted());
    EXPECT_EQ(datagram->quoted()->from(), kOutside);
    datagram->set_error_destination(kAnna.address, kAnna);
    EXPECT_EQ(datagram->destination(), kAnna.address);
    EXPECT_EQ(datagram->quoted()->from(), kAnna);
    EXPECT_EQ(datagram->quoted()->to(), kBen);
    EXPECT_TRUE(datagram->has_good_checksums());
  }
  // With the checksum of the quoted UDP header, too: the host looks at it.
  Bytes error = made_up::unreachable(kBen.address, made_up::udp(kOutside, kBen));
  Datagram::view(error)->set_error_destination(kAnna.address, kAnna);
  EXPECT_EQ(error, made_up::unreachable(kBen.address, made_up::udp(kAnna, kBen)));
}

TEST(Datagram, a_fragment_has_no_ports) {
  Bytes first = made_up::udp(kAnna, kBen), later = first;
  first[6] = 0x20;  // more fragments
  later[7] = 10;    // an offset
  EXPECT_FALSE(Datagram::view(first)->transport());
  EXPECT_FALSE(Datagram::view(later)->transport());
  Bytes whole = made_up::udp(kAnna, kBen);
  whole[6] = 0x40;  // "do not fragment"
  EXPECT_TRUE(Datagram::view(whole)->transport());
}

TEST(Datagram, what_is_no_ipv4_or_not_whole_is_refused) {
  const Bytes good = made_up::udp(kAnna, kBen);
  for (std::size_t size = 0; size < good.size(); ++size) {
    Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(Datagram::view(cut)) << size;
  }
  Bytes six = good;
  six[0] = 0x65;
  EXPECT_FALSE(Datagram::view(six));
  Bytes short_header = good;
  short_header[0] = 0x44;
  EXPECT_FALSE(Datagram::view(short_header));
}

}  // namespace
}  // namespace grove::netlab
