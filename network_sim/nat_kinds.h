// The kinds of NAT that have a name.
#ifndef NETWORK_SIM_NAT_KINDS_H_
#define NETWORK_SIM_NAT_KINDS_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "network_sim/nat.h"

namespace sfa::sim {

// RFC 3489 section 5's names for what RFC 4787 calls mapping and filtering: "full-cone",
// "address-restricted", "port-restricted", "symmetric" (random ports), "symmetric-sequential"; and
// "linux-masquerade", "linux-masquerade-random". None of them hairpins. Nothing for another name.
std::optional<NatSettings> NatByName(std::string_view name);

// In that order.
std::vector<std::string> NatNames();

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_KINDS_H_
