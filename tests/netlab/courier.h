// Carries packets between hosts: out through the sender's NAT, over the network model, in through the receiver's NAT. Pure;
// the drive contract of core/node/node.h: handle, poll until empty, sleep until next_deadline at the latest.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "netlab/nat_box.h"
#include "netlab/topology.h"
#include "sim/network.h"

namespace grove::netlab {

using base::Bytes;

class Courier {
 public:
  static constexpr std::size_t kUnderwayMax = 100'000;  // packets; at 1500 bytes 150 MB, a second of 1.2 Gbit/s

  explicit Courier(const Topology& topology);

  void handle_packet(HostId from, Bytes packet, Instant now);

  struct Delivery {
    HostId to;
    Bytes packet;
  };
  std::optional<Delivery> poll(Instant now);
  Instant next_deadline() const { return underway_.empty() ? Instant::never() : underway_.front().at; }

  sim::Network& network() { return network_; }

  struct Stats {
    std::uint64_t delivered = 0;
    std::uint64_t nowhere = 0;         // to no host of ours: multicast, name servers, the world
    std::uint64_t refused_by_nat = 0;  // on the way out or in
    std::uint64_t malformed = 0;       // no IPv4
    std::uint64_t overflowed = 0;      // too many underway
  };
  const Stats& stats() const { return stats_; }
  const sim::Network::Stats& network_stats() const { return network_.stats(); }

 private:
  struct Underway {
    Instant at;
    std::uint64_t order;  // at one instant, first come, first served
    HostId to;
    Bytes packet;
  };
  static bool is_later(const Underway& a, const Underway& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }

  sim::Network network_;
  std::vector<NatBox> boxes_;
  std::map<Address, HostId> by_address_;
  std::vector<Underway> underway_;  // a heap, the earliest in front
  std::uint64_t order_ = 0;
  Stats stats_;
};

}  // namespace grove::netlab
