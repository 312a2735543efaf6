// The date of the machine that the platform itself runs on. Worlds have clocks of their own.
#ifndef CONFORMANCE_HOST_CLOCK_H_
#define CONFORMANCE_HOST_CLOCK_H_

#include "runtime/time.h"

namespace sfa::conformance {

WallTime HostDate();

}  // namespace sfa::conformance

#endif  // CONFORMANCE_HOST_CLOCK_H_
