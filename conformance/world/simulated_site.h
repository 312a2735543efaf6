// The simulated PBX on a simulated machine, with the engine as a program that runs there.
#ifndef CONFORMANCE_WORLD_SIMULATED_SITE_H_
#define CONFORMANCE_WORLD_SIMULATED_SITE_H_

#include <memory>
#include <string>

#include "chan_skype/pbx_port.h"
#include "conformance/world/pbx_site.h"

namespace sfa::conformance {

// Hosts `driver`: the reference, or one that wraps it. `host` names the machines that it makes.
std::unique_ptr<PbxFactory> NewSimulatedPbxFactory(
    const skype_driver* driver = skype_reference_driver(), const std::string& host = "asterisk");

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_SIMULATED_SITE_H_
