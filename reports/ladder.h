// A call ladder as inline SVG: who said what to whom, downwards in time.
#ifndef REPORTS_LADDER_H_
#define REPORTS_LADDER_H_

#include <string>

#include "conformance/results/results.h"

namespace sfa::reports {

// "" when the case has no rungs. Long ladders keep their first 400 rungs and say so.
std::string LadderSvg(const conformance::CaseResult& result);

}  // namespace sfa::reports

#endif  // REPORTS_LADDER_H_
