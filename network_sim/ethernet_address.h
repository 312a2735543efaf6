// The Ethernet addresses of the machines in a world.
#ifndef NETWORK_SIM_ETHERNET_ADDRESS_H_
#define NETWORK_SIM_ETHERNET_ADDRESS_H_

#include <array>
#include <cstdint>

#include "runtime/address.h"

namespace sfa::sim {

// A locally administered address (IEEE 802 clause 8.2.2) that tells the host by its IPv4 address:
// what depends on Ethernet addresses is the same in every run and on every target.
inline std::array<uint8_t, 6> EthernetAddressOf(Ipv4Address address) {
  const uint32_t value = address.value;
  return {0x02,
          0x00,
          static_cast<uint8_t>(value >> 24),
          static_cast<uint8_t>(value >> 16),
          static_cast<uint8_t>(value >> 8),
          static_cast<uint8_t>(value)};
}

}  // namespace sfa::sim

#endif  // NETWORK_SIM_ETHERNET_ADDRESS_H_
