// A real Asterisk in the world: joined to its site's LAN through a TAP device, under the real
// clock.
#ifndef CONFORMANCE_WORLD_REAL_SITE_H_
#define CONFORMANCE_WORLD_REAL_SITE_H_

#include <memory>
#include <string>

#include "conformance/world/pbx_site.h"

namespace sfa::conformance {

// `version` is "22" or "16"; the modules are built from the sources under `source_root`.
// `manager_secret` is that of the user "sfalab" when the scenario brings a manager.conf.
std::unique_ptr<PbxFactory> NewRealPbxFactory(const std::string& version,
                                              const std::string& source_root,
                                              const std::string& manager_secret = "sfalab");

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_REAL_SITE_H_
