// What the laboratory looks like: read from a JSON file with a name that tells a story. docs/netlab.md explains every key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "netlab/nat_box.h"
#include "sim/network.h"

namespace grove::netlab {

using sim::HostId;

struct HostPlan {
  std::string name;
  Address outside;  // by which others reach it
  Address inside;   // of its own interface; open: the same
  NatKind nat = NatKind::kOpen;
  std::uint64_t uplink_bits_per_s = 0;  // 0: as fast as it takes
  bool serves = false;                  // the rendezvous stands here
};

struct Topology {
  static constexpr std::size_t kHostsMax = 200;  // so that each has an address in 10.77.0.0/24

  std::string name;
  std::string story;
  std::uint64_t seed = 1;
  sim::NetworkTerms terms;
  NatTimeouts nat_timeouts;
  std::vector<HostPlan> hosts;
  sim::RttMatrix rtts{0};
  std::vector<std::pair<HostId, HostId>> blocked;  // pairs that cannot reach each other at all

  std::optional<HostId> host_named(std::string_view name) const;
};

struct Complaint {  // what is wrong with a file, and where
  std::string words;
};

std::variant<Topology, Complaint> parse_topology(const std::string& json);
std::variant<Topology, Complaint> read_topology(const std::string& path);

}  // namespace grove::netlab
