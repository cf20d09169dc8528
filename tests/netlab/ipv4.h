// A whole IPv4 datagram in the bytes that a TUN device handed over, and the rewriting that a NAT does to one: addresses and
// ports, every checksum with them. Bytes that are no such datagram are refused, never read beyond.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace grove::netlab {

struct Address {
  std::uint32_t value = 0;  // host order: 10.77.0.1 is 0x0a4d0001
  auto operator<=>(const Address&) const = default;

  static std::optional<Address> parse(std::string_view dotted);
  std::string text() const;
};

// For ICMP echo the port is the query's identifier (RFC 5508 §3.1), where it is ours, and 0 where it is the other end's.
struct Endpoint {
  Address address;
  std::uint16_t port = 0;
  auto operator<=>(const Endpoint&) const = default;
};

enum class Transport : std::uint8_t { kIcmp = 1, kTcp = 6, kUdp = 17 };  // IANA's protocol numbers

// RFC 1071: the ones' complement of the ones' complement sum; 0 over a range that contains its own right checksum.
std::uint16_t checksum(std::span<const std::uint8_t> bytes, std::uint32_t sum = 0);

// Mutable view; the bytes must outlive it.
class Datagram {
 public:
  static constexpr std::size_t kHeaderBytes = 20;

  // None: no IPv4, or not all there.
  static std::optional<Datagram> view(std::span<std::uint8_t> bytes);

  std::size_t bytes() const { return bytes_.size(); }
  Address source() const { return {read32(12)}; }
  Address destination() const { return {read32(16)}; }
  bool is_fragment() const { return (read16(6) & 0x3fff) != 0; }  // more fragments, or an offset
  // None: another protocol, a fragment, or too short to have ports.
  std::optional<Transport> transport() const;

  // Only where there is a transport(), and for ICMP only where it is an echo.
  Endpoint from() const { return {source(), port(Side::kSource)}; }
  Endpoint to() const { return {destination(), port(Side::kDestination)}; }
  void set_from(Endpoint endpoint) { rewrite(Side::kSource, endpoint); }
  void set_to(Endpoint endpoint) { rewrite(Side::kDestination, endpoint); }

  bool is_echo() const { return transport() == Transport::kIcmp && (icmp_type() == 8 || icmp_type() == 0); }
  // Errors quote the datagram that caused them (RFC 792); its end may be missing. None: no error, or a quote without ports.
  std::optional<Datagram> quoted();
  // An error on its way out of a NAT, or into one: the addresses of its own header, and of what it quotes. The quote's source
  // is the error's destination.
  void set_error_source(Address source, Endpoint quoted_destination);
  void set_error_destination(Address destination, Endpoint quoted_source);

  bool has_good_checksums() const;

 private:
  enum class Side : std::uint8_t { kSource, kDestination };

  Datagram(std::span<std::uint8_t> bytes, std::size_t header, bool is_quote)
      : bytes_(bytes), header_(header), is_quote_(is_quote) {}

  static std::optional<Datagram> view(std::span<std::uint8_t> bytes, bool is_quote);
  std::uint16_t read16(std::size_t at) const { return static_cast<std::uint16_t>(bytes_[at] << 8 | bytes_[at + 1]); }
  std::uint32_t read32(std::size_t at) const { return static_cast<std::uint32_t>(read16(at)) << 16 | read16(at + 2); }
  void write16(std::size_t at, std::uint16_t value);
  std::uint8_t icmp_type() const { return bytes_[header_]; }
  // Where the transport's checksum lies; none: there is none (UDP without), or a quote was cut before it.
  std::optional<std::size_t> transport_checksum() const;
  std::uint16_t port(Side side) const;
  void rewrite(Side side, Endpoint endpoint);
  void set_address(Side side, Address address);
  // Replaces 16 bits and carries the difference into a checksum (RFC 1624 §3).
  void replace16(std::size_t at, std::uint16_t value, std::optional<std::size_t> checksum_at, bool zero_means_none);
  void sum_icmp_anew();

  std::span<std::uint8_t> bytes_;
  std::size_t header_;
  bool is_quote_;
};

}  // namespace grove::netlab
