// The Host-ID, to which licences are tied (manual 2.6): made of the host's Ethernet devices.
#ifndef REFERENCE_IMPL_PROTOCOL_LICENSE_HOST_ID_H_
#define REFERENCE_IMPL_PROTOCOL_LICENSE_HOST_ID_H_

#include <string>
#include <vector>

#include "runtime/network_interfaces.h"

namespace sfa::license {

// 20 bytes in hexadecimal, separated by colons: SHA-1 over the hardware addresses in ascending
// order. Physical devices count; where there is none, as in a container, all but the loopback do.
// Tunnels, which have no such address, never do.
// "" when there is no device at all.
std::string HostId(const std::vector<NetworkInterface>& interfaces);

}  // namespace sfa::license

#endif  // REFERENCE_IMPL_PROTOCOL_LICENSE_HOST_ID_H_
