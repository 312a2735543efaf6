// In which order relays are tried, and how they are reached.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_RELAY_DOORS_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_RELAY_DOORS_H_

#include <cstddef>
#include <vector>

#include "protocol/path/surroundings.h"
#include "runtime/address.h"

namespace sfa::path {

// One way to a relay.
struct RelayDoor {
  Endpoint node;  // the relay
  bool tcp = false;
  Endpoint server;  // where it is reached: by TCP on the node's port, on 80 or on 443
};

inline constexpr size_t kMaxRelayNodes = 8;

// The nearest node first (as the surroundings know them, then the others in their order), the one
// to be avoided last. By UDP where it gets through, then by TCP. While nobody knows whether it
// does, only two are tried by UDP before the first one is by TCP.
std::vector<RelayDoor> RelayDoors(const std::vector<Endpoint>& nodes,
                                  const Surroundings& surroundings, bool udp,
                                  const Endpoint& avoided);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_RELAY_DOORS_H_
