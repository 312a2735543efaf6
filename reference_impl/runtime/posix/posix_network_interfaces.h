// The network devices of the machine.
#ifndef REFERENCE_IMPL_RUNTIME_POSIX_POSIX_NETWORK_INTERFACES_H_
#define REFERENCE_IMPL_RUNTIME_POSIX_POSIX_NETWORK_INTERFACES_H_

#include <vector>

#include "runtime/network_interfaces.h"

namespace sfa::posix {

// Sorted by name. Empty when the system does not tell.
std::vector<NetworkInterface> ListNetworkInterfaces();

}  // namespace sfa::posix

#endif  // REFERENCE_IMPL_RUNTIME_POSIX_POSIX_NETWORK_INTERFACES_H_
