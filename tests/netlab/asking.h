// How other programs speak with a running laboratory: one question and one answer, over a SOCK_SEQPACKET socket in Linux'
// abstract name space, which goes when its owner goes.
//   enter HOST                     ok, with descriptors: the host's network namespace and, if there is one, our user namespace
//   cut A B · mend A B             the two cannot reach each other · can again
//   kill A · revive A              nothing comes from it or to it · …
//   loss PERCENT                   of all paths from now on
//   stats                          ok {…}
#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <vector>

#include "netlab/descriptor.h"

namespace grove::netlab {

inline constexpr std::size_t kQuestionBytesMax = 256;
inline constexpr std::size_t kAnswerBytesMax = 4096;
inline constexpr std::size_t kDescriptorsMax = 2;

struct SocketAddress {
  sockaddr_un address;
  socklen_t size;
};
SocketAddress address_of_lab(const std::string& name);  // throws Unable: the name is too long

struct Reply {
  std::string text;
  std::vector<Descriptor> descriptors;
};
// Throws Unable: no such laboratory, or it refused.
Reply ask_lab(const std::string& name, const std::string& question);
// Moves this thread (where the lab has a user namespace: this program, single-threaded still) into the host.
void enter_host(const std::string& lab, const std::string& host);

}  // namespace grove::netlab
