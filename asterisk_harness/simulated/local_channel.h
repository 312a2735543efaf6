// Local/<exten>@<context>: two halves, the second of which runs the dialplan there.
#ifndef ASTERISK_HARNESS_SIMULATED_LOCAL_CHANNEL_H_
#define ASTERISK_HARNESS_SIMULATED_LOCAL_CHANNEL_H_

#include "asterisk_harness/simulated/pbx_core.h"

namespace sfa::harness {

// Makes technology "Local" known. The halves are never merged away, as with option /n.
void RegisterLocalTechnology(PbxCore& core);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_LOCAL_CHANNEL_H_
