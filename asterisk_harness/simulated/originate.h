// AMI's Originate: a call to a channel that, once answered, enters the dialplan or an application.
#ifndef ASTERISK_HARNESS_SIMULATED_ORIGINATE_H_
#define ASTERISK_HARNESS_SIMULATED_ORIGINATE_H_

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

// Makes the action known. Headers: Channel, Context, Exten, Priority, Application, Data, CallerID,
// Timeout (ms), Variable (repeated), Account, Async.
void RegisterOriginate(PbxCore& core);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_ORIGINATE_H_
