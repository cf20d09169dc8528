// Real packets of real kernels between network namespaces, measured against the model. Needs what `grove-netlab check` asks
// for; a machine that lacks it fails these tests with the reason.
#include "netlab/lab.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <sched.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "netlab/asking.h"

namespace grove::netlab {
namespace {

constexpr int kPatienceMs = 10'000;  // how long a test waits for what must come

// Once, before there is a second thread: a user namespace can be entered in no other state.
struct Rights {
  Descriptor space;
  std::string problem;
};
const Rights& rights() {
  static const Rights kRights = [] {
    try {
      return Rights{enter_rights(), {}};
    } catch (const Unable& unable) {
      return Rights{{}, unable.what()};
    }
  }();
  return kRights;
}

sockaddr_in socket_address(Address address, std::uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(address.value);
  return result;
}

bool is_readable(int fd, int timeout_ms = kPatienceMs) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, timeout_ms) == 1;
}

class LabTest : public testing::Test {
 protected:
  void open(const std::string& network, const std::string& anna = "", const std::string& pairs = "") {
    ASSERT_EQ(rights().problem, "");
    ask_for_real_time();  // a late reader measures itself
    const auto read = parse_topology(R"({"name": "test", "story": "for tests", "network": {)" + network +
                                     R"(}, "hosts": [{"name": "server", "serves": true}, {"name": "anna")" + anna +
                                     R"(}, {"name": "ben"}], "pairs": [)" + pairs + "]}");
    ASSERT_TRUE(std::holds_alternative<Topology>(read)) << std::get<Complaint>(read).words;
    name_ = "test-" + std::to_string(::getpid());
    Descriptor copy(rights().space ? ::dup(rights().space.get()) : -1);
    try {
      lab_ = std::make_unique<Lab>(std::get<Topology>(read), name_, std::move(copy));
    } catch (const Unable& unable) {
      FAIL() << unable.what();
    }
    stop_ = Descriptor(::eventfd(0, EFD_CLOEXEC));
    thread_ = std::thread([this] { lab_->run(stop_.get()); });
  }

  ~LabTest() override {
    if (!thread_.joinable()) return;
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(stop_.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    thread_.join();
  }

  HostId id(const char* name) const { return *lab_->topology().host_named(name); }
  Address outside(const char* name) const { return lab_->topology().hosts[id(name).value].outside; }

  // A socket belongs for life to the network in which it was made; whoever reads it may be anywhere.
  Descriptor socket_in(const char* host, int type, int protocol = 0) const {
    int fd = -1;
    std::thread([&] {
      if (::setns(lab_->host(id(host)).space.get(), CLONE_NEWNET) == 0) fd = ::socket(AF_INET, type | SOCK_CLOEXEC, protocol);
    }).join();
    EXPECT_GE(fd, 0) << std::strerror(errno);
    return Descriptor(fd);
  }
  Descriptor udp_in(const char* host, std::uint16_t port) const {
    Descriptor socket = socket_in(host, SOCK_DGRAM);
    bind_to(socket, port);
    const int megabytes = 4 << 20;
    ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVBUF, &megabytes, sizeof megabytes);
    return socket;
  }
  static void bind_to(const Descriptor& socket, std::uint16_t port) {
    const sockaddr_in own = socket_address({0}, port);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own), 0) << std::strerror(errno);
  }
  bool connect_to(const Descriptor& socket, const char* host, std::uint16_t port) const {
    const sockaddr_in other = socket_address(outside(host), port);
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&other), sizeof other) == 0;
  }
  std::uint64_t packets(const char* which) const {
    return nlohmann::json::parse(ask_lab(name_, "stats").text.substr(3)).at(which).get<std::uint64_t>();
  }
  void wait_for_packets(const char* which, std::uint64_t count) const {
    const Instant late = now() + Duration::ms(kPatienceMs);
    while (packets(which) < count) ASSERT_LT(now(), late) << packets(which) << " of " << count << " " << which;
  }

  std::string name_;
  std::unique_ptr<Lab> lab_;
  Descriptor stop_;
  std::thread thread_;
};

// Round trips in µs, of as many as came back.
std::vector<std::int64_t> ping(const Descriptor& socket, Address target, int count) {
  std::vector<std::int64_t> trips;
  for (int i = 0; i < count; ++i) {
    icmphdr request{};
    request.type = ICMP_ECHO;
    request.un.echo.id = htons(0x7777);
    request.un.echo.sequence = htons(static_cast<std::uint16_t>(i));
    request.checksum = htons(checksum({reinterpret_cast<const std::uint8_t*>(&request), sizeof request}));
    const sockaddr_in to = socket_address(target, 0);
    const Instant sent = now();
    if (::sendto(socket.get(), &request, sizeof request, 0, reinterpret_cast<const sockaddr*>(&to), sizeof to) < 0) break;
    while (is_readable(socket.get(), 1000)) {
      std::uint8_t packet[1500];
      const ssize_t got = ::recv(socket.get(), packet, sizeof packet, 0);
      if (got < 28 || packet[20] != ICMP_ECHOREPLY || packet[27] != (i & 255)) continue;
      trips.push_back((now() - sent).in_us());
      break;
    }
  }
  std::sort(trips.begin(), trips.end());
  return trips;
}

TEST_F(LabTest, a_ping_takes_the_round_trip_of_the_model) {
  ASSERT_NO_FATAL_FAILURE(open(R"("rtt_ms": 60)"));
  const auto trips = ping(socket_in("anna", SOCK_RAW, IPPROTO_ICMP), outside("ben"), 21);
  ASSERT_EQ(trips.size(), 21U);
  EXPECT_GE(trips.front(), 60'000) << "faster than light";
  EXPECT_LE(trips[10], 70'000);
  RecordProperty("median_us", static_cast<int>(trips[10]));
}

TEST_F(LabTest, jitter_delays_and_never_hurries) {
  ASSERT_NO_FATAL_FAILURE(open(R"("rtt_ms": 20, "jitter_ms": 10, "jitter_max_ms": 40)"));
  const auto trips = ping(socket_in("anna", SOCK_RAW, IPPROTO_ICMP), outside("ben"), 41);
  ASSERT_EQ(trips.size(), 41U);
  EXPECT_GE(trips.front(), 20'000);
  EXPECT_GE(trips[20], 28'000) << "two draws of a mean of 10 ms have a median of 16.8 ms";
  EXPECT_LE(trips[20], 60'000);
}

TEST_F(LabTest, what_is_lost_is_the_share_of_the_model_and_everything_else_arrives) {
  ASSERT_NO_FATAL_FAILURE(open(R"("rtt_ms": 4, "loss_percent": 20, "loss_burst_ms": 1)"));
  const Descriptor anna = udp_in("anna", 5000), ben = udp_in("ben", 6000);
  ASSERT_TRUE(connect_to(anna, "ben", 6000));
  constexpr std::uint64_t kSent = 3000;
  std::uint64_t received = 0;
  char byte = 0;
  Instant next = now();
  for (std::uint64_t i = 0; i < kSent; ++i, next = next + Duration::ms(1)) {
    ASSERT_EQ(::send(anna.get(), &byte, 1, 0), 1);
    while (now() < next + Duration::ms(1)) {
      if (is_readable(ben.get(), 1) && ::recv(ben.get(), &byte, 1, MSG_DONTWAIT) == 1) ++received;
    }
  }
  while (received + packets("lost_on_path") < kSent && is_readable(ben.get())) {
    if (::recv(ben.get(), &byte, 1, 0) == 1) ++received;
  }
  EXPECT_EQ(received, packets("delivered"));
  EXPECT_EQ(kSent - received, packets("lost_on_path"));
  EXPECT_NEAR(static_cast<double>(kSent - received) / kSent, 0.2, 0.05);
}

TEST_F(LabTest, an_uplink_lets_through_what_its_rate_allows) {
  ASSERT_NO_FATAL_FAILURE(open(R"("rtt_ms": 20, "uplink_queue_ms": 2000)", R"(, "uplink_kbit_s": 2000)"));
  const Descriptor anna = udp_in("anna", 5000), ben = udp_in("ben", 6000);
  ASSERT_TRUE(connect_to(anna, "ben", 6000));
  const Bytes payload(1250 - 28);  // with IP's and UDP's headers 5 ms each
  const Instant start = now();
  for (int i = 0; i < 100; ++i) ASSERT_EQ(::send(anna.get(), payload.data(), payload.size(), 0), static_cast<ssize_t>(payload.size()));
  Bytes heard(2000);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(is_readable(ben.get())) << i;
    ASSERT_EQ(::recv(ben.get(), heard.data(), heard.size(), 0), static_cast<ssize_t>(payload.size()));
  }
  EXPECT_GE(now() - start, Duration::ms(510));
  EXPECT_LE(now() - start, Duration::ms(700));
}

TEST_F(LabTest, a_tcp_stream_comes_whole_out_of_a_nat_through_loss) {
  ASSERT_NO_FATAL_FAILURE(open(R"("rtt_ms": 20, "jitter_ms": 1, "loss_percent": 1)", R"(, "nat": "symmetric")"));
  const Descriptor ben = socket_in("ben", SOCK_STREAM), anna = socket_in("anna", SOCK_STREAM);
  bind_to(ben, 7000);
  ASSERT_EQ(::listen(ben.get(), 1), 0);
  ASSERT_TRUE(connect_to(anna, "ben", 7000)) << std::strerror(errno);
  ASSERT_TRUE(is_readable(ben.get()));
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  const Descriptor accepted(::accept4(ben.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_CLOEXEC));
  EXPECT_EQ(ntohl(peer.sin_addr.s_addr), outside("anna").value);
  Bytes sent(300'000), heard;
  base::Random random(1);
  for (auto& byte : sent) byte = static_cast<std::uint8_t>(random.next());
  std::thread sender([&] {
    for (std::size_t at = 0; at < sent.size();) {
      const ssize_t did = ::send(anna.get(), sent.data() + at, sent.size() - at, MSG_NOSIGNAL);
      if (did <= 0) break;
      at += static_cast<std::size_t>(did);
    }
    ::shutdown(anna.get(), SHUT_WR);
  });
  for (Bytes piece(65536); is_readable(accepted.get());) {
    const ssize_t got = ::recv(accepted.get(), piece.data(), piece.size(), 0);
    if (got <= 0) break;
    heard.insert(heard.end(), piece.begin(), piece.begin() + got);
  }
  ::shutdown(accepted.get(), SHUT_RDWR);
  sender.join();
  EXPECT_TRUE(heard == sent) << heard.size() << " bytes";
}

TEST_F(LabTest, a_kernel_takes_pings_and_refusals_that_came_in_through_a_nat) {
  ASSERT_NO_FATAL_FAILURE(open(R"("rtt_ms": 4)", R"(, "nat": "port-restricted-cone")"));
  EXPECT_EQ(ping(socket_in("anna", SOCK_RAW, IPPROTO_ICMP), outside("ben"), 3).size(), 3U);
  // Nobody listens there: Ben's kernel says so, about a port that Anna never had.
  const Descriptor anna = udp_in("anna", 500);
  ASSERT_TRUE(connect_to(anna, "ben", 6000));
  ASSERT_EQ(::send(anna.get(), "?", 1, 0), 1);
  ASSERT_TRUE(is_readable(anna.get()));
  char byte = 0;
  EXPECT_EQ(::recv(anna.get(), &byte, 1, 0), -1);
  EXPECT_EQ(errno, ECONNREFUSED);
}

TEST_F(LabTest, a_blocked_pair_hears_nothing_until_it_is_mended_and_a_stranger_stays_out_of_a_nat) {
  ASSERT_NO_FATAL_FAILURE(open(R"("rtt_ms": 4)", R"(, "nat": "restricted-cone")", R"({"between": ["anna", "ben"], "blocked": true})"));
  const Descriptor anna = udp_in("anna", 5000), ben = udp_in("ben", 6000);
  ASSERT_TRUE(connect_to(anna, "ben", 6000));
  ASSERT_TRUE(connect_to(ben, "anna", 5000));
  ASSERT_EQ(::send(ben.get(), "1", 1, 0), 1);
  ASSERT_EQ(::send(anna.get(), "1", 1, 0), 1);
  wait_for_packets("unreachable", 2);
  ask_lab(name_, "mend anna ben");
  ASSERT_EQ(::send(ben.get(), "2", 1, 0), 1);  // Anna's word to Ben went nowhere, but her NAT saw it leave
  ASSERT_TRUE(is_readable(anna.get()));
  const Descriptor server = udp_in("server", 6000);
  ASSERT_TRUE(connect_to(server, "anna", 5000));
  ASSERT_EQ(::send(server.get(), "3", 1, 0), 1);
  wait_for_packets("refused_by_nat", 1);
  ask_lab(name_, "cut anna ben");
  ASSERT_EQ(::send(ben.get(), "4", 1, 0), 1);
  wait_for_packets("unreachable", 3);
  char byte = 0;
  EXPECT_EQ(::recv(anna.get(), &byte, 1, MSG_DONTWAIT), 1);
  EXPECT_EQ(byte, '2');
  EXPECT_EQ(::recv(anna.get(), &byte, 1, MSG_DONTWAIT), -1);
}

TEST_F(LabTest, questions_that_make_no_sense_are_answered_with_words) {
  ASSERT_NO_FATAL_FAILURE(open(""));
  const auto refusal_of = [&](const std::string& question) -> std::string {
    try {
      return ask_lab(name_, question).text;
    } catch (const Unable& unable) {
      return unable.what();
    }
  };
  EXPECT_EQ(refusal_of("cut anna bob"), "no: there is no host 'bob'");
  EXPECT_EQ(refusal_of("cut anna"), "no: 'cut' needs a host");
  EXPECT_EQ(refusal_of("cut anna anna"), "no: two hosts are needed");
  EXPECT_EQ(refusal_of("loss lots"), "no: 'loss' needs a percentage");
  EXPECT_EQ(refusal_of("dance"), "no: 'dance' is not understood; known are enter, cut, mend, kill, revive, loss and stats");
  EXPECT_EQ(refusal_of("loss 3"), "ok");
  EXPECT_EQ(refusal_of("kill ben"), "ok");
}

TEST_F(LabTest, an_idle_laboratory_takes_no_processor_and_an_interface_that_was_removed_neither) {
  ASSERT_NO_FATAL_FAILURE(open(R"("rtt_ms": 4)"));
  EXPECT_EQ(ping(socket_in("anna", SOCK_RAW, IPPROTO_ICMP), outside("ben"), 3).size(), 3U);
  const Descriptor quiet = udp_in("anna", 5000);
  const auto processor_ms = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
  };
  auto before = processor_ms();
  EXPECT_FALSE(is_readable(quiet.get(), 300));
  EXPECT_LT(processor_ms() - before, 100);
  std::thread([&] {
    ASSERT_EQ(::setns(lab_->host(id("ben")).space.get(), CLONE_NEWNET), 0);
    ASSERT_EQ(std::system("ip link delete eth0"), 0);
  }).join();
  before = processor_ms();
  EXPECT_FALSE(is_readable(quiet.get(), 300));
  EXPECT_LT(processor_ms() - before, 100);
}

TEST_F(LabTest, our_own_network_does_not_change_and_a_name_is_taken_once) {
  const auto interfaces = [] {
    std::vector<std::string> names;
    const std::unique_ptr<struct if_nameindex[], void (*)(struct if_nameindex*)> all(if_nameindex(), if_freenameindex);
    for (std::size_t i = 0; all[i].if_index != 0; ++i) names.emplace_back(all[i].if_name);
    return names;
  };
  const auto before = interfaces();
  ASSERT_NO_FATAL_FAILURE(open(""));
  EXPECT_EQ(interfaces(), before);
  EXPECT_THROW(Lab(lab_->topology(), name_, Descriptor()), Unable);
  EXPECT_EQ(interfaces(), before);
}

}  // namespace
}  // namespace grove::netlab
