// Looks for something seen in a window of time, and at what is left at the end.
#ifndef CONFORMANCE_CHECKS_SIGHTING_H_
#define CONFORMANCE_CHECKS_SIGHTING_H_

#include <string_view>

#include "conformance/checks/judge.h"

namespace sfa::conformance {

// Both ends belong to it.
struct Window {
  MonotonicTime start, end;
};

Finding LookFor(const Sighting& sighting, bool never, const Window& window, const Trace& trace);
Finding LookAtEnd(const AtEnd& expected, const Trace& trace);

// `pattern` may hold *, for any run of characters; everything else stands for itself.
bool Matches(std::string_view pattern, std::string_view text);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_SIGHTING_H_
