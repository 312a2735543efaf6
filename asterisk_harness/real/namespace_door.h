// Ways into another process's network namespace without leaving ours: descriptors made there.
#ifndef ASTERISK_HARNESS_REAL_NAMESPACE_DOOR_H_
#define ASTERISK_HARNESS_REAL_NAMESPACE_DOOR_H_

#include <string>

#include "runtime/address.h"
#include "runtime/result.h"

namespace sfa::harness {

// Makes the TAP interface `name` in the namespace of `pid` and returns its descriptor, which is
// close-on-exec. The interface goes with the descriptor or the namespace. Needs root.
Result<int> OpenTapIn(int pid, const std::string& name);

// A TCP connection made inside the namespace of `pid`; blocks for a local connection's time only.
Result<int> ConnectTcpIn(int pid, const Endpoint& to);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_REAL_NAMESPACE_DOOR_H_
