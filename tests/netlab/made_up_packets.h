// Datagrams as a kernel would have made them, for tests.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/bytes.h"
#include "netlab/ipv4.h"

namespace grove::netlab::made_up {

using base::Bytes;

inline void put16(Bytes& bytes, std::size_t at, unsigned value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

inline void put_address(Bytes& bytes, std::size_t at, Address address) {
  put16(bytes, at, address.value >> 16);
  put16(bytes, at + 2, address.value & 0xffff);
}

inline std::uint32_t pseudo_header(Transport transport, Address from, Address to, std::size_t size) {
  return (from.value >> 16) + (from.value & 0xffff) + (to.value >> 16) + (to.value & 0xffff) +
         static_cast<std::uint32_t>(transport) + static_cast<std::uint32_t>(size);
}

inline Bytes with_header(Transport transport, Address from, Address to, const Bytes& body) {
  Bytes packet(Datagram::kHeaderBytes);
  packet[0] = 0x45;
  put16(packet, 2, static_cast<unsigned>(Datagram::kHeaderBytes + body.size()));
  packet[8] = 64;
  packet[9] = static_cast<std::uint8_t>(transport);
  put_address(packet, 12, from);
  put_address(packet, 16, to);
  put16(packet, 10, checksum(packet));
  packet.insert(packet.end(), body.begin(), body.end());
  return packet;
}

inline Bytes udp(Endpoint from, Endpoint to, Bytes payload = {1, 2, 3}) {
  Bytes body(8);
  put16(body, 0, from.port);
  put16(body, 2, to.port);
  put16(body, 4, static_cast<unsigned>(8 + payload.size()));
  body.insert(body.end(), payload.begin(), payload.end());
  const std::uint16_t sum = checksum(body, pseudo_header(Transport::kUdp, from.address, to.address, body.size()));
  put16(body, 6, sum == 0 ? 0xffff : sum);
  return with_header(Transport::kUdp, from.address, to.address, body);
}

inline Bytes udp_without_checksum(Endpoint from, Endpoint to) {
  Bytes packet = udp(from, to);
  put16(packet, 26, 0);
  return packet;
}

inline Bytes tcp(Endpoint from, Endpoint to, const Bytes& payload = {}) {
  Bytes body(20);
  put16(body, 0, from.port);
  put16(body, 2, to.port);
  body[12] = 5 << 4;
  body[13] = 2;  // SYN
  body.insert(body.end(), payload.begin(), payload.end());
  put16(body, 16, checksum(body, pseudo_header(Transport::kTcp, from.address, to.address, body.size())));
  return with_header(Transport::kTcp, from.address, to.address, body);
}

inline Bytes echo(bool is_request, Address from, Address to, std::uint16_t identifier, const Bytes& payload = {7, 7, 7}) {
  Bytes body(8);
  body[0] = is_request ? 8 : 0;
  put16(body, 4, identifier);
  put16(body, 6, 1);
  body.insert(body.end(), payload.begin(), payload.end());
  put16(body, 2, checksum(body));
  return with_header(Transport::kIcmp, from, to, body);
}

// "Port unreachable", said by `from` about a packet that it got: quotes `quoted_bytes` of it.
inline Bytes unreachable(Address from, const Bytes& about, std::size_t quoted_bytes = 28) {
  Bytes body(8);
  body[0] = 3;
  body[1] = 3;
  body.insert(body.end(), about.begin(), about.begin() + static_cast<std::ptrdiff_t>(std::min(quoted_bytes, about.size())));
  put16(body, 2, checksum(body));
  Bytes copy = about;
  return with_header(Transport::kIcmp, from, Datagram::view(copy)->source(), body);
}

}  // namespace grove::netlab::made_up
