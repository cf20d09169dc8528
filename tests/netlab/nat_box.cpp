#include "netlab/nat_box.h"

#include <array>

namespace grove::netlab {
namespace {

constexpr std::array<std::pair<NatKind, std::string_view>, 5> kNames = {{
    {NatKind::kOpen, "open"},
    {NatKind::kFullCone, "full-cone"},
    {NatKind::kRestrictedCone, "restricted-cone"},
    {NatKind::kPortRestrictedCone, "port-restricted-cone"},
    {NatKind::kSymmetric, "symmetric"},
}};

constexpr std::uint16_t kFirstPort = 1024;  // RFC 4787 REQ-3: user ports
static_assert(NatBox::kMappingsMax < 65536 - kFirstPort);

}  // namespace

std::optional<NatKind> nat_kind_of(std::string_view name) {
  for (const auto& [kind, its_name] : kNames) {
    if (its_name == name) return kind;
  }
  return std::nullopt;
}

std::string_view name_of(NatKind kind) { return kNames[static_cast<std::size_t>(kind)].second; }

bool NatBox::try_out(Datagram datagram, Instant now) {
  if (datagram.source() != inner_) return false;  // nobody sends under a strange address (BCP 38)
  if (kind_ == NatKind::kOpen) return true;
  if (auto quote = datagram.quoted()) return try_error_out(datagram, *quote, now);
  const auto transport = datagram.transport();
  if (!transport) return false;
  const Endpoint from = datagram.from(), to = datagram.to();
  if (*transport == Transport::kIcmp && (!datagram.is_echo() || to.port != 0)) return false;  // only requests go out

  const auto port = outer_port_for(flow_of(*transport, from.port, to), now);
  if (!port) return false;
  Mapping& mapping = by_port_.at({*transport, *port});
  mapping.expires = now + timeout_of(*transport);
  if (mapping.permitted.size() >= kPermittedMax) {
    std::erase_if(mapping.permitted, [&](const auto& one) { return one.second <= now; });
    if (mapping.permitted.size() >= kPermittedMax) return false;
  }
  mapping.permitted[filter_of(to)] = mapping.expires;
  datagram.set_from({outer_, *port});
  return true;
}

bool NatBox::try_in(Datagram datagram, Instant now) {
  if (datagram.destination() != outer_) return false;
  if (kind_ == NatKind::kOpen) return true;
  if (auto quote = datagram.quoted()) return try_error_in(datagram, *quote, now);
  const auto transport = datagram.transport();
  if (!transport || (*transport == Transport::kIcmp && !datagram.is_echo())) return false;
  Mapping* const mapping = mapping_at(*transport, datagram.to().port, now);
  if (!mapping || !is_permitted(*mapping, datagram.from(), now)) return false;
  datagram.set_to({inner_, mapping->flow.inner_port});
  return true;
}

// The host complains of what came in: the quote must look as it did outside.
bool NatBox::try_error_out(Datagram error, Datagram quote, Instant now) {
  const Endpoint inside = quote.to();
  const auto known = by_flow_.find(flow_of(*quote.transport(), inside.port, quote.from()));
  if (inside.address != inner_ || known == by_flow_.end()) return false;
  const std::uint16_t port = known->second;
  if (!mapping_at(*quote.transport(), port, now)) return false;
  error.set_error_source(outer_, {outer_, port});
  return true;
}

// Somebody complains of what went out: any address on the way may (RFC 5508 REQ-4 and REQ-5).
bool NatBox::try_error_in(Datagram error, Datagram quote, Instant now) {
  const Endpoint outside = quote.from();
  if (outside.address != outer_) return false;
  const Mapping* const mapping = mapping_at(*quote.transport(), outside.port, now);
  if (!mapping) return false;
  error.set_error_destination(inner_, {inner_, mapping->flow.inner_port});
  return true;
}

NatBox::Flow NatBox::flow_of(Transport transport, std::uint16_t inner_port, Endpoint remote) const {
  return {transport, inner_port, kind_ == NatKind::kSymmetric ? remote : Endpoint{}};
}

Endpoint NatBox::filter_of(Endpoint remote) const {
  switch (kind_) {
    case NatKind::kOpen:
    case NatKind::kFullCone: return {};
    case NatKind::kRestrictedCone: return {remote.address, 0};
    case NatKind::kPortRestrictedCone:
    case NatKind::kSymmetric: break;
  }
  return remote;
}

Duration NatBox::timeout_of(Transport transport) const {
  switch (transport) {
    case Transport::kIcmp: return timeouts_.icmp;
    case Transport::kTcp: return timeouts_.tcp;
    case Transport::kUdp: break;
  }
  return timeouts_.udp;
}

std::optional<std::uint16_t> NatBox::outer_port_for(const Flow& flow, Instant now) {
  if (const auto known = by_flow_.find(flow); known != by_flow_.end()) {
    if (mapping_at(flow.transport, known->second, now)) return known->second;
  }
  if (by_port_.size() >= kMappingsMax) {
    forget_expired(now);
    if (by_port_.size() >= kMappingsMax) return std::nullopt;
  }
  // Cones keep the port where they can (RFC 4787 §4.2.1); a symmetric one gives no hint at the next.
  std::uint16_t port = flow.inner_port;
  const auto is_taken = [&] { return port < kFirstPort || mapping_at(flow.transport, port, now); };
  if (kind_ == NatKind::kSymmetric || is_taken()) {
    do {
      port = static_cast<std::uint16_t>(kFirstPort + random_.below(65536 - kFirstPort));
    } while (is_taken());
  }
  by_flow_[flow] = port;
  by_port_[{flow.transport, port}] = {flow, now, {}};
  return port;
}

// None: there is none, or none any more.
NatBox::Mapping* NatBox::mapping_at(Transport transport, std::uint16_t outer_port, Instant now) {
  const auto found = by_port_.find({transport, outer_port});
  if (found == by_port_.end()) return nullptr;
  if (found->second.expires > now) return &found->second;
  by_flow_.erase(found->second.flow);
  by_port_.erase(found);
  return nullptr;
}

bool NatBox::is_permitted(const Mapping& mapping, Endpoint remote, Instant now) const {
  const auto found = mapping.permitted.find(filter_of(remote));
  return found != mapping.permitted.end() && found->second > now;
}

void NatBox::forget_expired(Instant now) {
  std::erase_if(by_port_, [&](const auto& one) {
    if (one.second.expires > now) return false;
    by_flow_.erase(one.second.flow);
    return true;
  });
}

}  // namespace grove::netlab
