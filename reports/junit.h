// Results for continuous integration: JUnit's XML, a test case per scenario and requirement.
#ifndef REPORTS_JUNIT_H_
#define REPORTS_JUNIT_H_

#include <string>

#include "conformance/results/results.h"

namespace sfa::reports {

// fail becomes <failure>, inconclusive <error>, unsupported <skipped>.
std::string RenderJunit(const conformance::SuiteResult& suite);

}  // namespace sfa::reports

#endif  // REPORTS_JUNIT_H_
