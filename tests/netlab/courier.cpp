#include "netlab/courier.h"

#include <algorithm>
#include <utility>

#include "netlab/ipv4.h"

namespace grove::netlab {

Courier::Courier(const Topology& topology) : network_(topology.rtts, topology.terms, topology.seed) {
  for (std::uint32_t i = 0; i < topology.hosts.size(); ++i) {
    const HostPlan& host = topology.hosts[i];
    boxes_.emplace_back(host.nat, host.inside, host.outside, topology.nat_timeouts, topology.seed + i);
    by_address_[host.outside] = {i};
    // The boxes are the NATs here; the model's own rule about them would be a second one.
    network_.set_nat({i}, sim::Nat::kOpen);
    network_.set_uplink({i}, host.uplink_bits_per_s);
  }
  for (const auto& [a, b] : topology.blocked) network_.cut(a, b);
}

void Courier::handle_packet(HostId from, Bytes packet, Instant now) {
  auto datagram = Datagram::view(packet);
  if (!datagram) {
    ++stats_.malformed;
    return;
  }
  const auto to = by_address_.find(datagram->destination());
  if (to == by_address_.end() || to->second == from) {
    ++stats_.nowhere;
    return;
  }
  if (!boxes_[from.value].try_out(*datagram, now)) {
    ++stats_.refused_by_nat;
    return;
  }
  if (underway_.size() >= kUnderwayMax) {
    ++stats_.overflowed;
    return;
  }
  const auto arrival = network_.carry(from, to->second, packet.size(), now);
  if (!arrival) return;
  underway_.push_back({*arrival, order_++, to->second, std::move(packet)});
  std::push_heap(underway_.begin(), underway_.end(), is_later);
}

std::optional<Courier::Delivery> Courier::poll(Instant now) {
  while (next_deadline() <= now) {
    std::pop_heap(underway_.begin(), underway_.end(), is_later);
    Underway arrived = std::move(underway_.back());
    underway_.pop_back();
    auto datagram = Datagram::view(arrived.packet);
    if (!datagram || !boxes_[arrived.to.value].try_in(*datagram, now)) {
      ++stats_.refused_by_nat;
      continue;
    }
    ++stats_.delivered;
    return Delivery{arrived.to, std::move(arrived.packet)};
  }
  return std::nullopt;
}

}  // namespace grove::netlab
