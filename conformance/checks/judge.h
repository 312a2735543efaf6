// From a trace to verdicts. Looks at nothing but the trace; the scenario says what to look for.
#ifndef CONFORMANCE_CHECKS_JUDGE_H_
#define CONFORMANCE_CHECKS_JUDGE_H_

#include <functional>
#include <string>
#include <vector>

#include "conformance/results/results.h"
#include "conformance/scenario/scenario.h"
#include "conformance/trace/trace.h"

namespace sfa::conformance {

// All expectations of the scenario, in its order, then the checks that hold for every trace.
//
//  1. A broken platform makes everything inconclusive; a target that this machine cannot run,
//     unsupported.
//  2. An expectation that is not met is inconclusive, not failed, when a stimulus at or before the
//     end of its window did not happen.
//  3. A check that throws is inconclusive.
//  4. A clock that was late (real time only) spoils audio and makes things come too late; it makes
//     nothing right that is wrong. Late by more than 250 ms, what a jitter buffer bears: an
//     expectation that is not met is inconclusive, what is met stands. Late by more than 1 s:
//     everything is inconclusive, also that something never happened.
std::vector<CheckResult> Judge(const Scenario& scenario, const Trace& trace);

// Runs one check for `requirements`; what it throws makes it inconclusive.
struct Finding {
  Verdict verdict = Verdict::kInconclusive;
  std::string reason;
  std::optional<Duration> at;
};
std::vector<CheckResult> RunCheck(const std::vector<std::string>& requirements,
                                  const std::string& check, const std::function<Finding()>& body);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_CHECKS_JUDGE_H_
