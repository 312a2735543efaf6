// Looks for something seen in a window of time, and at what is left at the end.
#ifndef CONFORMANCE_CHECKS_SIGHTING_H_
#define CONFORMANCE_CHECKS_SIGHTING_H_

#include "conformance/checks/judge.h"

namespace sfa::conformance {

// Both ends belong to it.
struct Window {
  MonotonicTime start, end;
};

Finding LookFor(const Sighting& sighting, bool never, const Window& window, const Trace& trace);
Finding LookAtEnd(const AtEnd& expected, const Trace& trace);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_SIGHTING_H_
