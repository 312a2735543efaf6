// The network devices of this host.
#ifndef REFERENCE_IMPL_RUNTIME_NETWORK_INTERFACES_H_
#define REFERENCE_IMPL_RUNTIME_NETWORK_INTERFACES_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "runtime/address.h"

namespace sfa {

struct NetworkInterface {
  std::string name;
  std::array<uint8_t, 6> mac{};
  bool physical = false;  // backed by a device, unlike a bridge or a TAP
  bool loopback = false;
  std::vector<Ipv4Address> addresses;
};

}  // namespace sfa

#endif  // REFERENCE_IMPL_RUNTIME_NETWORK_INTERFACES_H_
