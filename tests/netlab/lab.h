// The laboratory at work: reads what the hosts send, hands it to the Courier in real time, and writes what arrives. Asked over
// a local socket that has no file, it lets programs into its hosts and cuts, mends, kills and revives while they run.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "netlab/courier.h"
#include "netlab/descriptor.h"
#include "netlab/host_space.h"
#include "netlab/topology.h"

namespace grove::netlab {

Instant now();  // CLOCK_MONOTONIC

// Real-time priority for this thread, where we may: an Internet does not wait until a compiler has had its turn.
void ask_for_real_time();

class Lab {
 public:
  static constexpr std::size_t kPacketBytesMax = 65'535;
  static constexpr int kReadsInARow = 64;  // of one host while others wait; a guess
  static constexpr int kAskersMax = 64;

  // `rights`: of enter_rights(). Throws Unable.
  Lab(const Topology& topology, std::string name, Descriptor rights);

  // Until something can be read from `stop` (a signalfd or an eventfd).
  void run(int stop);

  const std::string& name() const { return name_; }
  const Topology& topology() const { return topology_; }
  const HostSpace& host(HostId id) const { return hosts_[id.value]; }
  const Courier& courier() const { return courier_; }
  std::string stats_json() const;

 private:
  struct Answer {
    std::string text;  // "ok…", or "no: why"
    std::vector<int> descriptors;
  };

  void watch(int fd, std::uint64_t what);
  void read_host(HostId host);
  void on_timer();
  void deliver_due();
  void accept_asker();
  void answer_asker(int fd);
  Answer answer(std::string_view question);

  Topology topology_;
  std::string name_;
  Descriptor rights_;
  Courier courier_;
  std::vector<HostSpace> hosts_;
  Descriptor epoll_, timer_, listener_;
  std::map<int, Descriptor> askers_;
  std::uint64_t refused_by_tun_ = 0;
  Instant armed_ = Instant::never();
  Bytes buffer_;
};

}  // namespace grove::netlab
