// Dialplan functions that the driver brings, and what they keep on a channel.
#ifndef ASTERISK_HARNESS_SIMULATED_DRIVER_FUNCTIONS_H_
#define ASTERISK_HARNESS_SIMULATED_DRIVER_FUNCTIONS_H_

#include <string>

#include "asterisk_harness/simulated/skype_channel.h"

namespace sfa::harness {

// `channel` may be nullptr. False, with `value` "", when the driver refuses.
bool ReadDriverFunction(const DriverInUse& driver, Channel* channel, const std::string& function,
                        const std::string& arguments, std::string* value);
bool WriteDriverFunction(const DriverInUse& driver, Channel* channel, const std::string& function,
                         const std::string& arguments, const std::string& value);

// All functions of the driver, while its module is loaded.
void RegisterDriverFunctions(PbxCore& core, const DriverInUse& driver);
void UnregisterDriverFunctions(PbxCore& core, const DriverInUse& driver);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_DRIVER_FUNCTIONS_H_
