// Ways into another process's network namespace without leaving ours: descriptors made there.
#ifndef ASTERISK_HARNESS_REAL_NAMESPACE_DOOR_H_
#define ASTERISK_HARNESS_REAL_NAMESPACE_DOOR_H_

#include <array>
#include <cstdint>
#include <string>

#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa::harness {

// Makes the TAP interface `name` in the namespace of `pid` and returns its descriptor, which is
// close-on-exec. The interface goes with the descriptor or the namespace. Needs root.
Result<int> OpenTapIn(int pid, const std::string& name);

// Gives the interface of OpenTapIn() an Ethernet address other than the random one that the kernel
// has given it.
Status SetEthernetAddress(int tap, const std::array<uint8_t, 6>& address);

// A TCP connection made inside the namespace of `pid`; blocks for a local connection's time only.
Result<int> ConnectTcpIn(int pid, const Endpoint& to);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_NAMESPACE_DOOR_H_
