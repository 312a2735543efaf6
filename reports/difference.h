// What has changed between two runs.
#ifndef REPORTS_DIFFERENCE_H_
#define REPORTS_DIFFERENCE_H_

#include <string>
#include <vector>

#include "conformance/results/results.h"

namespace sfa::reports {

// One line for each requirement and scenario whose verdict differs or that only one run has:
// "SFA-1-05: pass -> fail", "scenario busy: not run -> pass". Empty when nothing has changed.
std::vector<std::string> Differences(const conformance::SuiteResult& before,
                                     const conformance::SuiteResult& after);

}  // namespace sfa::reports

#endif  // REPORTS_DIFFERENCE_H_
