// What of a trace belongs into a call ladder.
#ifndef CONFORMANCE_RUNNER_LADDER_H_
#define CONFORMANCE_RUNNER_LADDER_H_

#include "conformance/results/results.h"
#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"

namespace sfa::conformance {

// Fills lanes (people in the scenario's order, Asterisk between the first and the rest) and rungs.
void FillLadder(const Scenario& scenario, const Trace& trace, CaseResult& result);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RUNNER_LADDER_H_
