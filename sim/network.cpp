#include "sim/network.h"

#include <algorithm>
#include <cmath>

#include "base/assert.h"
#include "sim/draw.h"

namespace grove::sim {
namespace {

// splitmix64 (Steele, Lea, Flood 2014): eight bytes of state, one for each of a million paths.
double draw_unit(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1.0p-53;
}

Duration in_ms(double ms) { return Duration::us(static_cast<std::int64_t>(ms * 1000)); }

}  // namespace

Network::Network(const RttMatrix& rtts, const NetworkTerms& terms, std::uint64_t seed) : terms_(terms), loss_(terms.loss) {
  base::Random random(seed);
  const std::size_t n = rtts.hosts();
  hosts_.resize(n);
  for (Host& host : hosts_) {
    const double mile = draw_log_normal(random, terms.last_mile_median_ms, terms.last_mile_sigma);
    host.last_mile = in_ms(std::min(mile, terms.last_mile_max_ms));
    const double kind = random.unit();
    host.nat = kind < terms.symmetric ? Nat::kSymmetric : kind < terms.symmetric + terms.cone ? Nat::kCone : Nat::kOpen;
    host.bits_per_s = terms.uplink_bits_per_s;
  }
  paths_.resize(n * n);
  for (Path& path : paths_) {
    path.randomness = random.next();
    path.jitter_mean_us = static_cast<float>(1000 * draw_log_normal(random, terms.jitter_mean_median_ms, terms.jitter_mean_sigma));
  }
  for (std::uint32_t a = 0; a < n; ++a) {
    for (std::uint32_t b = 0; b < a; ++b) set_cut({a}, {b}, random.unit() < terms.pairs_cut);
  }
  set_rtts(rtts);
}

void Network::set_rtts(const RttMatrix& rtts) {
  GROVE_ASSERT(rtts.hosts() == hosts_.size());
  for (std::uint32_t a = 0; a < hosts_.size(); ++a) {
    for (std::uint32_t b = 0; b < hosts_.size(); ++b) {
      const Duration ends = a == b ? Duration() : hosts_[a].last_mile + hosts_[b].last_mile;
      path_of({a}, {b}).one_way_us = static_cast<std::int32_t>((in_ms(rtts.ms(a, b)) / 2 + ends).in_us());
    }
  }
}

std::optional<Instant> Network::carry(HostId from, HostId to, std::size_t bytes, Instant now) {
  Host& sender = host_of(from);
  if (sender.is_dead) {
    ++stats_.unreachable;
    return std::nullopt;
  }
  Instant departure = now;
  if (sender.bits_per_s > 0) {
    const Duration wait = uplink_wait(from, now);
    if (wait > terms_.uplink_queue) {
      ++stats_.lost_in_uplink;
      return std::nullopt;
    }
    const auto serialised_us = static_cast<std::int64_t>(bytes * 8'000'000 / sender.bits_per_s);
    departure = sender.uplink_free = now + wait + Duration::us(serialised_us);
  }
  if (!can_reach(from, to)) {
    ++stats_.unreachable;
    return std::nullopt;
  }
  Path& path = path_of(from, to);
  if (is_lost(path, departure)) {
    ++stats_.lost_on_path;
    return std::nullopt;
  }
  const double jitter_us = -path.jitter_mean_us * std::log(1.0 - draw_unit(path.randomness));
  const Duration jitter = std::min(Duration::us(static_cast<std::int64_t>(jitter_us)), terms_.jitter_max);
  const Instant unimpeded = departure + Duration::us(path.one_way_us) + jitter;
  path.latest_arrival = std::max({path.latest_arrival, unimpeded, host_of(to).frozen_until});
  ++stats_.carried;
  return path.latest_arrival;
}

// The chance that the path is in a burst now, given what it was when last asked, relaxes exponentially to the long-run share.
bool Network::is_lost(Path& path, Instant now) const {
  if (loss_.share <= 0) return false;
  const double in_burst = std::max(loss_.in_burst, loss_.share);
  const double long_run = loss_.share / in_burst;
  const double burst_us = static_cast<double>(std::max<std::int64_t>(loss_.burst.in_us(), 1));
  // Leaving a burst happens at the rate 1/burst; entering at the rate that gives the long-run share.
  const double relaxing_us = burst_us * (1.0 - long_run);
  const auto since_us = static_cast<double>(std::max<std::int64_t>((now - path.loss_seen).in_us(), 0));
  const double memory = relaxing_us > 0 ? std::exp(-since_us / relaxing_us) : 0.0;
  const double chance = long_run + ((path.is_in_burst ? 1.0 : 0.0) - long_run) * memory;
  path.is_in_burst = draw_unit(path.randomness) < chance;
  path.loss_seen = now;
  return path.is_in_burst && draw_unit(path.randomness) < in_burst;
}

Duration Network::one_way(HostId from, HostId to) const { return Duration::us(path_of(from, to).one_way_us); }

Duration Network::uplink_wait(HostId from, Instant now) const {
  return std::max(host_of(from).uplink_free - now, Duration());
}

bool Network::can_connect(HostId a, HostId b) const {
  return !path_of(a, b).is_cut && !(nat(a) == Nat::kSymmetric && nat(b) == Nat::kSymmetric);
}

bool Network::can_reach(HostId a, HostId b) const {
  const Host& one = host_of(a);
  const Host& other = host_of(b);
  return !one.is_dead && !other.is_dead && one.side == other.side && can_connect(a, b);
}

void Network::set_cut(HostId a, HostId b, bool is_cut) { path_of(a, b).is_cut = path_of(b, a).is_cut = is_cut; }

}  // namespace grove::sim
