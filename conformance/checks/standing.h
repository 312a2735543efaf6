// Checks that hold for every trace, whatever its scenario: what the driver must never do, and what
// it does whenever it runs.
#ifndef CONFORMANCE_CHECKS_STANDING_H_
#define CONFORMANCE_CHECKS_STANDING_H_

#include <string>
#include <vector>

#include "conformance/checks/judge.h"

namespace sfa::conformance {

// Only what the trace gives occasion to judge is in the result.
std::vector<CheckResult> CheckStanding(const Trace& trace);

// The requirements that CheckStanding() and CheckClearSpeech() may name.
std::vector<std::string> StandingRequirements();

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_STANDING_H_
