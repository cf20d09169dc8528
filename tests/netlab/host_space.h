// One host: a network namespace with loopback and one TUN device, `eth0`. Nothing of it has a name outside: the namespace lives
// by our descriptor and by the programs that run in it, the device by its own descriptor. Whatever ends us, a crash too, the
// kernel clears it all away, and we never see an interface that we did not make.
#pragma once

#include <stdexcept>
#include <string>

#include "netlab/descriptor.h"
#include "netlab/ipv4.h"

namespace grove::netlab {

// Why the machine, or we on it, cannot do what a laboratory needs, and what to do about it.
class Unable : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Enough rights to make hosts: root's, or those of a user namespace of our own, entered here (single-threaded still). The
// latter's descriptor, which others need to follow us; none: we are root.
Descriptor enter_rights();

struct HostSpace {
  Descriptor space;  // of the namespace, for setns(2)
  Descriptor tun;    // one datagram a read or write; never blocks

  static HostSpace open(Address address);
};

}  // namespace grove::netlab
