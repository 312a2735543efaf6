// The AMI actions of the PBX itself.
#ifndef ASTERISK_HARNESS_SIMULATED_MANAGER_ACTIONS_H_
#define ASTERISK_HARNESS_SIMULATED_MANAGER_ACTIONS_H_

#include "asterisk_harness/simulated/console.h"
#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

// Ping, Command, Hangup, Getvar, Setvar, Status, CoreShowChannels, UserEvent, Originate.
void RegisterManagerActions(PbxCore& core, Console& console);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MANAGER_ACTIONS_H_
