// The AMI actions, a family to a file, as manager_actions.cc registers them.
#ifndef ASTERISK_HARNESS_SIMULATED_MANAGER_FAMILIES_H_
#define ASTERISK_HARNESS_SIMULATED_MANAGER_FAMILIES_H_

#include <memory>

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

using ActionMain = void (*)(PbxCore&, const AmiMessage&, const std::shared_ptr<AmiReply>&);
void AddAction(PbxCore& core, const char* name, unsigned classes, ActionMain main);

void RegisterStateActions(PbxCore& core);      // ExtensionState, PresenceState …
void RegisterAttendedTransfer(PbxCore& core);  // Atxfer
void RegisterBridgeActions(PbxCore& core);     // Bridge
void RegisterTransferActions(PbxCore& core);   // Redirect, BlindTransfer, SendText, MessageSend

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_MANAGER_FAMILIES_H_
