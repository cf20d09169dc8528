#include "netlab/asking.h"

#include <sched.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include "netlab/host_space.h"

namespace grove::netlab {

SocketAddress address_of_lab(const std::string& name) {
  SocketAddress result{};
  const std::string full = "grove-netlab/" + name;
  if (name.empty() || full.size() + 1 > sizeof result.address.sun_path) throw Unable("'" + name + "' is no name for a laboratory: 1 to 90 letters");
  result.address.sun_family = AF_UNIX;
  std::memcpy(result.address.sun_path + 1, full.data(), full.size());  // the zero before it makes it abstract (unix(7))
  result.size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + full.size());
  return result;
}

Reply ask_lab(const std::string& name, const std::string& question) {
  const SocketAddress lab = address_of_lab(name);
  const Descriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&lab.address), lab.size) != 0) {
    throw Unable("no laboratory '" + name + "' runs here (" + std::strerror(errno) + "); grove-netlab run FILE starts one");
  }
  if (question.size() > kQuestionBytesMax || ::send(socket.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) {
    throw Unable("the laboratory cannot be asked '" + question + "'");
  }
  char text[kAnswerBytesMax];
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * kDescriptorsMax)];
  iovec piece{text, sizeof text};
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t got = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
  if (got <= 0) throw Unable("the laboratory '" + name + "' gave no answer: it ended, or belongs to somebody else");

  Reply reply{std::string(text, static_cast<std::size_t>(got)), {}};
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(part) + i * sizeof fd, sizeof fd);
      reply.descriptors.emplace_back(fd);
    }
  }
  if (reply.text.rfind("ok", 0) != 0) throw Unable(reply.text);
  return reply;
}

void enter_host(const std::string& lab, const std::string& host) {
  const Reply reply = ask_lab(lab, "enter " + host);
  if (reply.descriptors.empty()) throw Unable("the laboratory let nobody in");
  if (reply.descriptors.size() > 1 && ::setns(reply.descriptors[1].get(), CLONE_NEWUSER) != 0) {
    throw Unable(std::string("its user namespace cannot be entered: ") + std::strerror(errno));
  }
  if (::setns(reply.descriptors[0].get(), CLONE_NEWNET) != 0) {
    throw Unable("host " + host + " cannot be entered (" + std::strerror(errno) + "): run this as the user who runs the laboratory");
  }
}

}  // namespace grove::netlab
