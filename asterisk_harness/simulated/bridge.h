// Two channels that hear each other.
#ifndef ASTERISK_HARNESS_SIMULATED_BRIDGE_H_
#define ASTERISK_HARNESS_SIMULATED_BRIDGE_H_

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

enum class BridgeEnd { kCallerGone, kPeerGone };

// Passes voice, digits and indications both ways until one of them is hung up. Both channels have
// `wakeup` as their waiter. Voice goes from driver to driver without stopping here.
// `met`, if any, runs once both are in.
Routine<BridgeEnd> RunBridge(PbxCore& core, Channel& caller, Channel& peer, Wakeup& wakeup,
                             std::function<void()> met = nullptr);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_BRIDGE_H_
