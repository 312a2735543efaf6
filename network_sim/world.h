// What all hosts of one Network share.
#ifndef NETWORK_SIM_WORLD_H_
#define NETWORK_SIM_WORLD_H_

#include <array>
#include <cstdint>

#include "network_sim/ipv4.h"
#include "network_sim/simulation.h"
#include "network_sim/site.h"

namespace sfa::sim {

struct World {
  explicit World(Simulation& the_simulation) : simulation(the_simulation) {}

  Simulation& simulation;
  Ledger ledger;
  // Where a packet's bytes lie while a host looks at it. Hosts never receive inside one another's
  // Receive(), so one is enough.
  std::array<uint8_t, kMaxIpv4Bytes> received;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_WORLD_H_
