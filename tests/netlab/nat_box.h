// The router in front of one host: rewrites what goes out, and lets in what its kind of NAT lets in. Behaviour and words of
// RFC 4787 (UDP), RFC 5382 (TCP) and RFC 5508 (ICMP). No host but one is behind it, so nothing ever turns round inside
// (hairpinning). Fragments do not pass: only the first has ports.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "base/random.h"
#include "base/time.h"
#include "netlab/ipv4.h"

namespace grove::netlab {

using base::Duration;
using base::Instant;

enum class NatKind : std::uint8_t {
  kOpen,                // no NAT, nothing filtered
  kFullCone,            // one outer port for an inner one; everybody may send to it
  kRestrictedCone,      // … only addresses that were sent to: what sim::Nat::kCone stands for
  kPortRestrictedCone,  // … only addresses and ports that were sent to
  kSymmetric,           // another outer port for every address and port that is sent to; only that one may answer
};

std::optional<NatKind> nat_kind_of(std::string_view name);  // "port-restricted-cone"
std::string_view name_of(NatKind kind);

struct NatTimeouts {  // since the host last sent; what comes in keeps nothing open (RFC 4787 REQ-6 leaves that open)
  Duration udp = Duration::s(120);   // RFC 4787 REQ-5: the least allowed, and what many routers take
  Duration tcp = Duration::s(7440);  // RFC 5382 REQ-5
  Duration icmp = Duration::s(60);   // RFC 5508 REQ-2
};

class NatBox {
 public:
  static constexpr std::size_t kMappingsMax = 4096;    // a guess at a home router's table
  static constexpr std::size_t kPermittedMax = 1024;   // of one mapping; a guess

  // Open: `outer` is the host's own address too.
  NatBox(NatKind kind, Address inner, Address outer, const NatTimeouts& timeouts, std::uint64_t seed)
      : kind_(kind), inner_(inner), outer_(outer), timeouts_(timeouts), random_(seed) {}

  // Rewrite the datagram that is viewed, or refuse it: false.
  [[nodiscard]] bool try_out(Datagram datagram, Instant now);
  [[nodiscard]] bool try_in(Datagram datagram, Instant now);

  std::size_t mappings() const { return by_port_.size(); }

 private:
  struct Flow {
    Transport transport;
    std::uint16_t inner_port;
    Endpoint remote;  // cones: nobody's
    auto operator<=>(const Flow&) const = default;
  };
  using OuterPort = std::pair<Transport, std::uint16_t>;
  struct Mapping {
    Flow flow;
    Instant expires;
    std::map<Endpoint, Instant> permitted;
  };

  Flow flow_of(Transport transport, std::uint16_t inner_port, Endpoint remote) const;
  Endpoint filter_of(Endpoint remote) const;
  Duration timeout_of(Transport transport) const;
  std::optional<std::uint16_t> outer_port_for(const Flow& flow, Instant now);
  Mapping* mapping_at(Transport transport, std::uint16_t outer_port, Instant now);
  bool is_permitted(const Mapping& mapping, Endpoint remote, Instant now) const;
  bool try_error_out(Datagram error, Datagram quote, Instant now);
  bool try_error_in(Datagram error, Datagram quote, Instant now);
  void forget_expired(Instant now);

  NatKind kind_;
  Address inner_, outer_;
  NatTimeouts timeouts_;
  base::Random random_;
  std::map<Flow, std::uint16_t> by_flow_;
  std::map<OuterPort, Mapping> by_port_;
};

}  // namespace grove::netlab
