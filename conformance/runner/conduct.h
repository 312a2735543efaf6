// How a PBX behaved in a run, without the times and numbers that no two runs share: what two
// targets, or two versions of Asterisk, can be compared by.
#ifndef CONFORMANCE_RUNNER_CONDUCT_H_
#define CONFORMANCE_RUNNER_CONDUCT_H_

#include <vector>

#include "conformance/results/results.h"
#include "conformance/trace/trace.h"

namespace sfa::conformance {

// One for each channel (its AMI events and its dialplan's steps), in the order of their births
// among those of the same name, one for each account and one for each of its buddies (their Skype
// events). Within each the order is Asterisk's; between them it is nobody's. Left out are
// DeviceStateChange, which Asterisk's taskprocessors tell in no fixed order, RTCP's reports, which
// come by the clock, OriginateResponse, CEL and Cdr, which race with the channel that they speak
// of, and TestEvent, which only Debian's build tells.
std::vector<Conduct> ConductOf(const Trace& trace);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RUNNER_CONDUCT_H_
