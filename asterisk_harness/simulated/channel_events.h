// How AMI describes channels and bridges: Asterisk 22's headers in Asterisk 22's order.
#ifndef ASTERISK_HARNESS_SIMULATED_CHANNEL_EVENTS_H_
#define ASTERISK_HARNESS_SIMULATED_CHANNEL_EVENTS_H_

#include <string>

#include "asterisk_harness/simulated/manager.h"

namespace sfa::harness {

class Channel;

// Channel, ChannelState … Linkedid, each with `prefix` before its name.
Headers ChannelHeaders(const Channel& channel, const std::string& prefix = "");
// DialBegin, DialState, DialEnd; `caller` may be nullptr.
Headers DialHeaders(const Channel* caller, const Channel& dialled);

void Append(Headers* to, Headers more);

}  // namespace sfa::harness

#endif  // ASTERISK_HARNESS_SIMULATED_CHANNEL_EVENTS_H_
