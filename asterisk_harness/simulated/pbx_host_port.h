// The host's side of the PBX port, as a table for the driver.
#ifndef ASTERISK_HARNESS_SIMULATED_PBX_HOST_PORT_H_
#define ASTERISK_HARNESS_SIMULATED_PBX_HOST_PORT_H_

#include "chan_skype/pbx_port.h"

namespace sfa::harness {

// The context pointer of every call is a Modules.
pbx_host MakeHostTable();

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_PBX_HOST_PORT_H_
