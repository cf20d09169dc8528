// A whole Internet for datagrams: who reaches whom, when a datagram arrives, or that it never does. Pure and seeded; what
// happens on one path depends only on what that path was asked to carry, never on other paths. Time never runs backwards.
//
//   sender ─ uplink (rate, bounded queue) ─ last mile ─ path (RTT/2, jitter, loss) ─ last mile ─ receiver
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "sim/rtt_matrix.h"

namespace grove::sim {

using base::Duration;
using base::Instant;

struct HostId {
  std::uint32_t value = 0;  // from 0 up
  auto operator<=>(const HostId&) const = default;
};

// RFC 4787's words: open = no NAT, or one that filters nothing; cone = endpoint-independent mapping, address-dependent
// filtering; symmetric = address- and port-dependent mapping and filtering. Two symmetric ones cannot reach each other
// (RFC 5128 §3.3.5), everybody else can, once both have sent.
enum class Nat : std::uint8_t { kOpen, kCone, kSymmetric };

// Gilbert and Elliott in continuous time: a path is well, or in a burst during which it loses `in_burst` of what it gets.
struct Loss {
  double share = 0;                       // of all datagrams, in the long run: 0 … 1
  Duration burst = Duration::ms(30);      // mean length; a guess: one or two frames of a voice
  double in_burst = 0.7;                  // a guess
};

struct NetworkTerms {
  // The way through the home, one way, per host: ../shared/data/README.md.
  double last_mile_median_ms = 6, last_mile_sigma = 0.8, last_mile_max_ms = 60;
  // Jitter delays a datagram by an exponential draw, at most jitter_max, whose mean is drawn once per direction of a pair
  // (log-normal). It never reorders: a path is a queue. Guesses: wired homes show means around a millisecond.
  double jitter_mean_median_ms = 1, jitter_mean_sigma = 0.5;
  Duration jitter_max = Duration::ms(30);
  Loss loss;
  double pairs_cut = 0;                      // share of the pairs that cannot connect: 0 … 1
  double cone = 0, symmetric = 0;            // shares of the hosts; the others are open
  std::uint64_t uplink_bits_per_s = 0;       // 0: as fast as it takes
  Duration uplink_queue = Duration::ms(200);  // what does not fit is lost; a guess at a home router's buffer
};

class Network {
 public:
  // One host a row of `rtts`.
  Network(const RttMatrix& rtts, const NetworkTerms& terms, std::uint64_t seed);

  std::size_t hosts() const { return hosts_.size(); }

  // When a datagram of `bytes` (headers included) arrives that `from` sends now. None: it is lost.
  std::optional<Instant> carry(HostId from, HostId to, std::size_t bytes, Instant now);

  // Without queues and jitter: what "direct" means in every figure.
  Duration one_way(HostId from, HostId to) const;
  Duration rtt(HostId a, HostId b) const { return one_way(a, b) + one_way(b, a); }
  // How long a datagram that is sent now waits for those before it in the host's own uplink.
  Duration uplink_wait(HostId from, Instant now) const;
  Nat nat(HostId host) const { return host_of(host).nat; }

  // Whether the two could ever open a connection: kinds of NAT and cut pairs.
  bool can_connect(HostId a, HostId b) const;
  // Whether datagrams pass now: also partitions and dead hosts.
  bool can_reach(HostId a, HostId b) const;

  // Faults and their end.
  void cut(HostId a, HostId b) { set_cut(a, b, true); }
  void mend(HostId a, HostId b) { set_cut(a, b, false); }
  void kill(HostId host) { host_of(host).is_dead = true; }
  void revive(HostId host) { host_of(host).is_dead = false; }
  void freeze(HostId host, Instant until) { host_of(host).frozen_until = until; }  // what arrives waits till then
  void set_side(HostId host, std::uint32_t side) { host_of(host).side = side; }    // partitions: only equal sides meet
  void set_nat(HostId host, Nat nat) { host_of(host).nat = nat; }
  void set_uplink(HostId host, std::uint64_t bits_per_s) { host_of(host).bits_per_s = bits_per_s; }
  void set_loss(const Loss& loss) { loss_ = loss; }
  const Loss& loss() const { return loss_; }
  void set_rtts(const RttMatrix& rtts);  // another time slice of the same hosts

  struct Stats {
    std::uint64_t carried = 0, lost_on_path = 0, lost_in_uplink = 0, unreachable = 0;
  };
  const Stats& stats() const { return stats_; }

 private:
  struct Host {
    Duration last_mile;
    Nat nat = Nat::kOpen;
    bool is_dead = false;
    std::uint32_t side = 0;
    std::uint64_t bits_per_s = 0;
    Instant uplink_free;
    Instant frozen_until;
  };
  struct Path {  // one direction of a pair
    std::uint64_t randomness;  // its own generator, so that paths do not depend on each other
    Instant latest_arrival;
    Instant loss_seen;
    std::int32_t one_way_us;
    float jitter_mean_us;
    bool is_in_burst = false;
    bool is_cut = false;
  };

  Host& host_of(HostId id) { return hosts_[id.value]; }
  const Host& host_of(HostId id) const { return hosts_[id.value]; }
  Path& path_of(HostId from, HostId to) { return paths_[from.value * hosts_.size() + to.value]; }
  const Path& path_of(HostId from, HostId to) const { return paths_[from.value * hosts_.size() + to.value]; }
  void set_cut(HostId a, HostId b, bool is_cut);
  bool is_lost(Path& path, Instant now) const;

  NetworkTerms terms_;
  Loss loss_;
  std::vector<Host> hosts_;
  std::vector<Path> paths_;
  Stats stats_;
};

}  // namespace grove::sim
