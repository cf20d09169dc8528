#include "netlab/lab.h"

#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "netlab/asking.h"

namespace grove::netlab {
namespace {

// What an epoll event is about: a host by its number, or one of these; an asker has its descriptor in the lower half.
constexpr std::uint64_t kStop = 1ULL << 32, kTimer = 2ULL << 32, kListener = 3ULL << 32, kAsker = 4ULL << 32;
constexpr std::uint64_t kKind = ~0xffff'ffffULL;

Descriptor owned(int fd, const char* what) {
  if (fd < 0) throw Unable(std::string(what) + ": " + std::strerror(errno));
  return Descriptor(fd);
}

}  // namespace

Instant now() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC, &time);
  return Instant::from_us(static_cast<std::int64_t>(time.tv_sec) * 1'000'000 + time.tv_nsec / 1000);
}

void ask_for_real_time() {
  const sched_param lowest{.sched_priority = 1};
  ::sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &lowest);
  ::prctl(PR_SET_TIMERSLACK, 1);  // nanoseconds; 50 µs by default, on every packet
}

Lab::Lab(const Topology& topology, std::string name, Descriptor rights)
    : topology_(topology), name_(std::move(name)), rights_(std::move(rights)), courier_(topology), buffer_(kPacketBytesMax) {
  epoll_ = owned(::epoll_create1(EPOLL_CLOEXEC), "no epoll");
  timer_ = owned(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC), "no timer");
  listener_ = owned(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "no socket");
  const SocketAddress own = address_of_lab(name_);
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&own.address), own.size) != 0) {
    throw Unable("a laboratory called '" + name_ + "' runs already; --lab NAME gives this one another name");
  }
  if (::listen(listener_.get(), kAskersMax) != 0) throw Unable(std::string("nobody can ask: ") + std::strerror(errno));
  watch(timer_.get(), kTimer);
  watch(listener_.get(), kListener);
  for (std::uint32_t i = 0; i < topology_.hosts.size(); ++i) {
    hosts_.push_back(HostSpace::open(topology_.hosts[i].inside));
    watch(hosts_.back().tun.get(), i);
  }
}

void Lab::watch(int fd, std::uint64_t what) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = what;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) throw Unable(std::string("epoll: ") + std::strerror(errno));
}

void Lab::run(int stop) {
  ask_for_real_time();
  watch(stop, kStop);
  for (;;) {
    epoll_event events[64];
    const int count = ::epoll_wait(epoll_.get(), events, 64, -1);
    for (int i = 0; i < count; ++i) {
      const std::uint64_t what = events[i].data.u64;
      switch (what & kKind) {
        case kStop: return;
        case kTimer: on_timer(); break;
        case kListener: accept_asker(); break;
        case kAsker: answer_asker(static_cast<int>(what & ~kKind)); break;
        default: read_host({static_cast<std::uint32_t>(what)}); break;
      }
    }
    deliver_due();
  }
}

void Lab::read_host(HostId host) {
  for (int i = 0; i < kReadsInARow; ++i) {
    const ssize_t got = ::read(hosts_[host.value].tun.get(), buffer_.data(), buffer_.size());
    if (got < 0 && errno != EAGAIN && errno != EINTR) {  // somebody in the host removed its interface
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, hosts_[host.value].tun.get(), nullptr);
    }
    if (got <= 0) return;
    courier_.handle_packet(host, Bytes(buffer_.begin(), buffer_.begin() + got), now());
  }
}

void Lab::on_timer() {
  std::uint64_t times = 0;  // unread, it would be ready for ever
  if (::read(timer_.get(), &times, sizeof times) > 0) armed_ = Instant::never();
}

void Lab::deliver_due() {
  while (const auto delivery = courier_.poll(now())) {
    const auto size = static_cast<ssize_t>(delivery->packet.size());
    if (::write(hosts_[delivery->to.value].tun.get(), delivery->packet.data(), delivery->packet.size()) != size) ++refused_by_tun_;
  }
  const Instant next = courier_.next_deadline();
  if (next == armed_) return;
  armed_ = next;
  itimerspec when{};
  if (!next.is_never()) {
    when.it_value.tv_sec = next.in_us() / 1'000'000;
    when.it_value.tv_nsec = next.in_us() % 1'000'000 * 1000;
  }
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void Lab::accept_asker() {
  const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0) return;
  Descriptor asker(fd);
  ucred who{};
  socklen_t size = sizeof who;
  const bool is_known = ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0;
  if (!is_known || (who.uid != ::geteuid() && who.uid != 0) || askers_.size() >= std::size_t{kAskersMax}) return;
  watch(fd, kAsker | static_cast<std::uint64_t>(fd));
  askers_[fd] = std::move(asker);
}

void Lab::answer_asker(int fd) {
  const auto asker = askers_.extract(fd);  // one question each: closed at the end of this
  char question[kQuestionBytesMax];
  const ssize_t got = ::recv(fd, question, sizeof question, 0);
  if (got <= 0) return;
  Answer reply = answer({question, static_cast<std::size_t>(got)});
  iovec piece{reply.text.data(), reply.text.size()};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kDescriptorsMax)] = {};
  if (!reply.descriptors.empty()) {
    const std::size_t bytes = reply.descriptors.size() * sizeof(int);
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(bytes);
    cmsghdr* const part = CMSG_FIRSTHDR(&message);
    part->cmsg_level = SOL_SOCKET;
    part->cmsg_type = SCM_RIGHTS;
    part->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(part), reply.descriptors.data(), bytes);
  }
  ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

Lab::Answer Lab::answer(std::string_view question) {
  std::istringstream words{std::string(question)};
  std::string verb;
  words >> verb;
  std::optional<std::string> problem;
  const auto next_host = [&]() -> HostId {
    std::string name;
    words >> name;
    const auto found = topology_.host_named(name);
    if (!found && !problem) problem = name.empty() ? "no: '" + verb + "' needs a host" : "no: there is no host '" + name + "'";
    return found.value_or(HostId{0});
  };
  sim::Network& network = courier_.network();
  if (verb == "stats") return {"ok " + stats_json(), {}};
  if (verb == "enter" || verb == "kill" || verb == "revive") {
    const HostId host = next_host();
    if (problem) return {*problem, {}};
    if (verb == "kill") network.kill(host);
    if (verb == "revive") network.revive(host);
    if (verb != "enter") return {"ok", {}};
    Answer entered{"ok", {hosts_[host.value].space.get()}};
    if (rights_) entered.descriptors.push_back(rights_.get());
    return entered;
  }
  if (verb == "cut" || verb == "mend") {
    const HostId a = next_host(), b = next_host();
    if (problem) return {*problem, {}};
    if (a == b) return {"no: two hosts are needed", {}};
    verb == "cut" ? network.cut(a, b) : network.mend(a, b);
    return {"ok", {}};
  }
  if (verb == "loss") {
    double percent = -1;
    if (!(words >> percent) || percent < 0 || percent > 100) return {"no: 'loss' needs a percentage", {}};
    sim::Loss loss = topology_.terms.loss;
    loss.share = percent / 100;
    network.set_loss(loss);
    return {"ok", {}};
  }
  return {"no: '" + verb + "' is not understood; known are enter, cut, mend, kill, revive, loss and stats", {}};
}

std::string Lab::stats_json() const {
  const Courier::Stats& own = courier_.stats();
  const sim::Network::Stats& network = courier_.network_stats();
  const nlohmann::ordered_json figures = {
      {"delivered", own.delivered},           {"lost_on_path", network.lost_on_path},
      {"lost_in_uplink", network.lost_in_uplink}, {"unreachable", network.unreachable},
      {"refused_by_nat", own.refused_by_nat}, {"nowhere", own.nowhere},
      {"malformed", own.malformed},           {"overflowed", own.overflowed},
      {"refused_by_tun", refused_by_tun_},
  };
  return figures.dump();
}

}  // namespace grove::netlab
