#include "network_sim/nat.h"

#include "network_sim/linux_masquerade.h"
#include "network_sim/nat_rfc4787.h"

namespace sfa::sim {

std::unique_ptr<Nat> NewNat(const std::string& name, const NatSettings& settings,
                            Ipv4Address external, const NatClock& clock, uint64_t seed) {
  if (settings.linux_masquerade) {
    return std::make_unique<LinuxMasquerade>(name, settings, external, clock, seed);
  }
  return std::make_unique<Rfc4787Nat>(name, settings, external, clock, seed);
}

}  // namespace sfa::sim
