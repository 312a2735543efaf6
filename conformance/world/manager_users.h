// The manager users that a scenario describes, as manager.conf has them.
#ifndef CONFORMANCE_WORLD_MANAGER_USERS_H_
#define CONFORMANCE_WORLD_MANAGER_USERS_H_

#include <string>

#include "asterisk_harness/pbx.h"
#include "conformance/scenario/scenario.h"

namespace sfa::conformance {

// The manager is reachable from inside the world only, so this need not be hard to guess.
std::string SecretOf(const std::string& user);

// The files of `asterisk`, in whose manager.conf its users stand. Where that is not given, it has
// the harness's own user, too, with `own_secret`.
harness::ConfigurationFiles WithManagerUsers(const AsteriskSpec& asterisk,
                                             const std::string& own_secret);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_MANAGER_USERS_H_
