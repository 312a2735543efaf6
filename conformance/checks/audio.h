// Whether one client heard what another one said: found again by correlation, with its delay and
// the quality that delay and loss leave (ITU-T G.107).
#ifndef CONFORMANCE_CHECKS_AUDIO_H_
#define CONFORMANCE_CHECKS_AUDIO_H_

#include "conformance/checks/judge.h"
#include "conformance/checks/sighting.h"

namespace sfa::conformance {

// `from` and `heard_by` may be the same client, whose words an Echo() sends back: then half of the
// delay is taken for the one-way delay of the E-model.
Finding Listen(const AudioExpectation& expected, const Window& window, const Trace& trace);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_AUDIO_H_
