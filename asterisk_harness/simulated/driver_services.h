// What the driver serves beside calls: states, AMI actions, messages. There while its module is
// loaded.
#ifndef ASTERISK_HARNESS_SIMULATED_DRIVER_SERVICES_H_
#define ASTERISK_HARNESS_SIMULATED_DRIVER_SERVICES_H_

#include "asterisk_harness/simulated/skype_channel.h"
#include "asterisk_harness/simulated/states.h"

namespace sfa::harness {

// Before the ':' of a hint, and of a message's address.
inline constexpr char kSkypeLabel[] = "Skype";

DeviceState FromDriver(pbx_device_state state);
PresenceState FromDriver(const pbx_presence& presence);

// `driver` outlives what is registered.
void RegisterDriverServices(PbxCore& core, const DriverInUse& driver);
// Every hint of the dialplan learns what it shows now.
void AnnounceDriverStates(PbxCore& core, const DriverInUse& driver);
// What states have been told are taken back.
void UnregisterDriverServices(PbxCore& core, const DriverInUse& driver);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_DRIVER_SERVICES_H_
