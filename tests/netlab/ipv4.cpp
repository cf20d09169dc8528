#include "netlab/ipv4.h"

#include <algorithm>
#include <charconv>

#include "base/assert.h"

namespace grove::netlab {
namespace {

constexpr std::size_t kPortsBytes = 8;  // UDP's header; of TCP's and ICMP's, what an error quotes at least (RFC 792)
constexpr std::size_t kTcpHeaderBytes = 20;

}  // namespace

std::optional<Address> Address::parse(std::string_view dotted) {
  std::uint32_t value = 0;
  const char* at = dotted.data();
  const char* const end = at + dotted.size();
  for (int part = 0; part < 4; ++part) {
    if (part > 0 && (at == end || *at++ != '.')) return std::nullopt;
    unsigned number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc() || number > 255) return std::nullopt;
    value = value << 8 | number;
    at = next;
  }
  if (at != end) return std::nullopt;
  return Address{value};
}

std::string Address::text() const {
  return std::to_string(value >> 24) + '.' + std::to_string(value >> 16 & 255) + '.' + std::to_string(value >> 8 & 255) + '.' +
         std::to_string(value & 255);
}

std::uint16_t checksum(std::span<const std::uint8_t> bytes, std::uint32_t sum) {
  std::uint64_t total = sum;
  for (std::size_t i = 0; i < bytes.size(); ++i) total += i % 2 == 0 ? static_cast<unsigned>(bytes[i]) << 8 : bytes[i];
  while (total >> 16 != 0) total = (total & 0xffff) + (total >> 16);
  return static_cast<std::uint16_t>(~total);
}

std::optional<Datagram> Datagram::view(std::span<std::uint8_t> bytes) { return view(bytes, false); }

std::optional<Datagram> Datagram::view(std::span<std::uint8_t> bytes, bool is_quote) {
  if (bytes.size() < kHeaderBytes || bytes[0] >> 4 != 4) return std::nullopt;
  const std::size_t header = static_cast<std::size_t>(bytes[0] & 15) * 4;
  const std::size_t total = static_cast<std::size_t>(bytes[2]) << 8 | bytes[3];
  if (header < kHeaderBytes || header > bytes.size() || total < header) return std::nullopt;
  if (!is_quote && total != bytes.size()) return std::nullopt;
  return Datagram(bytes.first(std::min(total, bytes.size())), header, is_quote);
}

std::optional<Transport> Datagram::transport() const {
  if (is_fragment()) return std::nullopt;
  const std::size_t rest = bytes_.size() - header_;
  const auto transport = static_cast<Transport>(bytes_[9]);
  const bool is_known = transport == Transport::kIcmp || transport == Transport::kTcp || transport == Transport::kUdp;
  const std::size_t needed = transport == Transport::kTcp && !is_quote_ ? kTcpHeaderBytes : kPortsBytes;
  return is_known && rest >= needed ? std::optional(transport) : std::nullopt;
}

std::uint16_t Datagram::port(Side side) const {
  if (transport() == Transport::kIcmp) {
    // The identifier belongs to whoever asks: source of a request, destination of a reply.
    const bool is_asker = (icmp_type() == 8) == (side == Side::kSource);
    return is_asker ? read16(header_ + 4) : 0;
  }
  return read16(header_ + (side == Side::kSource ? 0 : 2));
}

void Datagram::rewrite(Side side, Endpoint endpoint) {
  const auto what = transport();
  GROVE_ASSERT(what);
  set_address(side, endpoint.address);
  if (*what == Transport::kIcmp) {
    const bool is_asker = (icmp_type() == 8) == (side == Side::kSource);
    if (is_asker) replace16(header_ + 4, endpoint.port, header_ + 2, false);
  } else {
    replace16(header_ + (side == Side::kSource ? 0 : 2), endpoint.port, transport_checksum(), *what == Transport::kUdp);
  }
}

void Datagram::set_address(Side side, Address address) {
  const std::size_t at = side == Side::kSource ? 12 : 16;
  const auto what = transport();
  const auto its_checksum = what == Transport::kIcmp ? std::nullopt : transport_checksum();
  for (const std::size_t half : {std::size_t{0}, std::size_t{2}}) {
    const auto value = static_cast<std::uint16_t>(address.value >> (half == 0 ? 16 : 0));
    // TCP and UDP sum up the addresses too (the pseudo header, RFC 9293 §3.1).
    if (its_checksum) {
      const std::uint16_t before = read16(at + half);
      replace16(at + half, value, its_checksum, what == Transport::kUdp);
      write16(at + half, before);
    }
    replace16(at + half, value, 10, false);
  }
}

void Datagram::replace16(std::size_t at, std::uint16_t value, std::optional<std::size_t> checksum_at, bool zero_means_none) {
  const std::uint16_t before = read16(at);
  write16(at, value);
  if (!checksum_at) return;
  std::uint32_t sum = static_cast<std::uint16_t>(~read16(*checksum_at));
  sum += static_cast<std::uint16_t>(~before);
  sum += value;
  sum = (sum & 0xffff) + (sum >> 16);
  sum = (sum & 0xffff) + (sum >> 16);
  const auto result = static_cast<std::uint16_t>(~sum);
  write16(*checksum_at, zero_means_none && result == 0 ? 0xffff : result);  // RFC 768
}

std::optional<std::size_t> Datagram::transport_checksum() const {
  const auto what = transport();
  if (!what) return std::nullopt;
  const std::size_t at = header_ + (*what == Transport::kTcp ? 16U : *what == Transport::kUdp ? 6U : 2U);
  if (at + 2 > bytes_.size()) return std::nullopt;
  if (*what == Transport::kUdp && read16(at) == 0) return std::nullopt;
  return at;
}

std::optional<Datagram> Datagram::quoted() {
  if (transport() != Transport::kIcmp) return std::nullopt;
  const std::uint8_t type = icmp_type();
  if (type != 3 && type != 11 && type != 12) return std::nullopt;  // unreachable, time exceeded, parameter problem
  auto quote = view(bytes_.subspan(header_ + kPortsBytes), true);
  if (!quote || !quote->transport()) return std::nullopt;
  if (quote->transport() == Transport::kIcmp && !quote->is_echo()) return std::nullopt;
  return quote;
}

void Datagram::set_error_source(Address source, Endpoint quoted_destination) {
  set_address(Side::kSource, source);
  quoted()->set_to(quoted_destination);
  sum_icmp_anew();
}

void Datagram::set_error_destination(Address destination, Endpoint quoted_source) {
  set_address(Side::kDestination, destination);
  quoted()->set_from(quoted_source);
  sum_icmp_anew();
}

void Datagram::sum_icmp_anew() {
  write16(header_ + 2, 0);
  write16(header_ + 2, checksum(bytes_.subspan(header_)));
}

bool Datagram::has_good_checksums() const {
  if (checksum(bytes_.first(header_)) != 0) return false;
  const auto what = transport();
  if (!what) return true;
  const auto body = std::span<const std::uint8_t>(bytes_).subspan(header_);
  if (*what == Transport::kIcmp) return checksum(body) == 0;
  if (!transport_checksum()) return true;
  const std::uint32_t ends = (source().value >> 16) + (source().value & 0xffff) + (destination().value >> 16) +
                             (destination().value & 0xffff);
  return checksum(body, ends + static_cast<std::uint32_t>(*what) + static_cast<std::uint32_t>(body.size())) == 0;
}

void Datagram::write16(std::size_t at, std::uint16_t value) {
  bytes_[at] = static_cast<std::uint8_t>(value >> 8);
  bytes_[at + 1] = static_cast<std::uint8_t>(value);
}

}  // namespace grove::netlab
