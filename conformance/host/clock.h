// The date and the punctuality of the machine that the platform itself runs on. Worlds have clocks
// of their own.
#ifndef CONFORMANCE_HOST_CLOCK_H_
#define CONFORMANCE_HOST_CLOCK_H_

#include "runtime/time.h"

namespace sfa::conformance {

WallTime HostDate();

// Real-time scheduling for the calling thread, so that a busy machine does not make a paced world
// late. Above what Asterisk asks for itself: a world needs a processor seldom and shortly, and
// Asterisks that start at the same time keep all processors for long. Its children do not inherit
// it. Without the right to it nothing changes.
void AskForRealTimePriority();

}  // namespace sfa::conformance

#endif  // CONFORMANCE_HOST_CLOCK_H_
