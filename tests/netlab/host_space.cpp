#include "netlab/host_space.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/route.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <thread>

namespace grove::netlab {
namespace {

constexpr const char* kDevice = "eth0";  // programs take a "tun0" for a VPN and treat it so (WebRTC does)
constexpr const char* kTun = "/dev/net/tun";

std::string why() { return std::strerror(errno); }

void require(bool is_done, const char* what) {
  if (!is_done) throw Unable(std::string(what) + ": " + why());
}

void write_file(const char* path, const std::string& text) {
  std::ofstream file(path);
  file << text << std::flush;
  if (!file) throw Unable(std::string(path) + " cannot be written: " + why());
}

// What counts is whether it works, not what capabilities say: containers filter system calls, too. A child tries.
bool can_make_namespaces() {
  const pid_t child = ::fork();
  require(child >= 0, "cannot fork");
  if (child == 0) ::_exit(::unshare(CLONE_NEWNET) == 0 ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Some containers have the driver but no device file; root may make one for a moment.
int open_tun_by_number() {
  char folder[] = "/tmp/grove-netlab-XXXXXX";
  if (::mkdtemp(folder) == nullptr) return -1;
  const std::string path = std::string(folder) + "/tun";
  int fd = -1;
  if (::mknod(path.c_str(), S_IFCHR | 0600, makedev(10, 200)) == 0) fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK);
  const int error = errno;
  ::unlink(path.c_str());
  ::rmdir(folder);
  errno = error;
  return fd;
}

Descriptor open_tun() {
  int fd = ::open(kTun, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0 && errno == ENOENT) fd = open_tun_by_number();
  if (fd >= 0) return Descriptor(fd);
  const std::string reason = why();
  throw Unable(std::string(kTun) + " cannot be opened (" + reason + "). " +
               (errno == EACCES || errno == EPERM
                    ? "Run as root, or let this user read and write it; a container needs --device /dev/net/tun."
                    : "The kernel needs the TUN driver (modprobe tun); a container needs --device /dev/net/tun."));
}

sockaddr in_address(Address address) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_addr.s_addr = htonl(address.value);
  sockaddr result{};
  std::memcpy(&result, &in, sizeof in);
  return result;
}

ifreq request_for(const char* device) {
  ifreq request{};
  std::strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  return request;
}

void bring_up(int socket, const char* device) {
  ifreq request = request_for(device);
  require(::ioctl(socket, SIOCGIFFLAGS, &request) == 0, "an interface's state cannot be read");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP | IFF_RUNNING);
  require(::ioctl(socket, SIOCSIFFLAGS, &request) == 0, "an interface cannot be brought up");
}

// What `ip address add`, `ip link set up` and `ip route add default` do.
void set_up(Address address) {
  const Descriptor control(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  require(bool(control), "no socket");
  bring_up(control.get(), "lo");
  ifreq request = request_for(kDevice);
  request.ifr_addr = in_address(address);
  require(::ioctl(control.get(), SIOCSIFADDR, &request) == 0, "an address cannot be set");
  request.ifr_netmask = in_address({0xffff'ffffU});
  require(::ioctl(control.get(), SIOCSIFNETMASK, &request) == 0, "a netmask cannot be set");
  bring_up(control.get(), kDevice);
  char device[IFNAMSIZ] = {};
  std::strncpy(device, kDevice, IFNAMSIZ - 1);
  rtentry route{};
  route.rt_dst = route.rt_genmask = in_address({0});
  route.rt_dev = device;
  route.rt_flags = RTF_UP;
  require(::ioctl(control.get(), SIOCADDRT, &route) == 0, "a default route cannot be set");
}

}  // namespace

Descriptor enter_rights() {
  if (can_make_namespaces()) return Descriptor();
  const std::string uid = std::to_string(::geteuid()), gid = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0) {
    throw Unable("network namespaces cannot be made (" + why() +
                 "). Run as root with CAP_SYS_ADMIN and CAP_NET_ADMIN (a container: --privileged, or --cap-add of both), or "
                 "allow user namespaces (sysctl user.max_user_namespaces, kernel.unprivileged_userns_clone).");
  }
  // We stay who we are: what is run in a host gains no rights by it.
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", uid + " " + uid + " 1");
  write_file("/proc/self/gid_map", gid + " " + gid + " 1");
  if (!can_make_namespaces()) throw Unable("a user namespace was made, but no network namespace can be made in it");
  Descriptor rights(::open("/proc/self/ns/user", O_RDONLY | O_CLOEXEC));
  require(bool(rights), "/proc/self/ns/user cannot be opened");
  return rights;
}

HostSpace HostSpace::open(Address address) {
  HostSpace host;
  std::exception_ptr failure;
  // A namespace is a thread's, and the way back from one may be forbidden: a thread of its own needs none.
  std::thread([&] {
    try {
      require(::unshare(CLONE_NEWNET) == 0, "a network namespace cannot be made");
      host.space = Descriptor(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC));
      require(bool(host.space), "a network namespace cannot be kept");
      // The laboratory speaks IPv4; a kernel without IPv6 has no such file.
      std::ofstream("/proc/sys/net/ipv6/conf/all/disable_ipv6") << "1" << std::flush;
      host.tun = open_tun();
      ifreq request = request_for(kDevice);
      request.ifr_flags = IFF_TUN | IFF_NO_PI;
      if (::ioctl(host.tun.get(), TUNSETIFF, &request) != 0) {
        throw Unable("a TUN device cannot be made (" + why() + "): CAP_NET_ADMIN is needed");
      }
      set_up(address);
    } catch (...) {
      failure = std::current_exception();
    }
  }).join();
  if (failure) std::rethrow_exception(failure);
  return host;
}

}  // namespace grove::netlab
