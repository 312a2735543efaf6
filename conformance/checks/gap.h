// How long one client heard nothing of another: how quickly a call heals.
#ifndef CONFORMANCE_CHECKS_GAP_H_
#define CONFORMANCE_CHECKS_GAP_H_

#include "conformance/checks/judge.h"
#include "conformance/checks/sighting.h"

namespace sfa::conformance {

// Looks for each 100 ms of what was said in what was heard, in all calls of the two; a gap is time
// in which nothing was found, at the listener's ear. It is not trusted to counters, and neither
// silence nor noise nor the repetitions of a concealment fill it.
//
// The window begins with the first word that is heard, or with its start if `from_start`; it ends
// with the speaker's last word, or with its end if `to_end`.
Finding LookForGap(const AudioGapExpectation& expected, const Window& window, bool from_start,
                   bool to_end, const Trace& trace);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_GAP_H_
