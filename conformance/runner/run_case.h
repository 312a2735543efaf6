// One scenario, run and judged, with everything that it leaves behind.
#ifndef CONFORMANCE_RUNNER_RUN_CASE_H_
#define CONFORMANCE_RUNNER_RUN_CASE_H_

#include <string>

#include "conformance/results/results.h"
#include "conformance/scenario/scenario.h"
#include "conformance/world/pbx_site.h"

namespace sfa::conformance {

struct WorldRun;

struct CaseSettings {
  uint64_t seed = 1;
  // Captures go to <out>/captures/<name>; what did not pass goes to <out>/failures/<name>:
  // scenario, seed, trace, captures, recordings, log. "" for neither.
  std::string out;
};

// Errors are those of the machine that it runs on (a full disk), never of the scenario. `kept`,
// when given, gets what was seen, for those who measure more than the scenario's checks do.
Result<CaseResult> RunCase(const Scenario& scenario, const PbxFactory& factory,
                           const CaseSettings& settings, WorldRun* kept = nullptr);

// All cases of a run together; requirements in the catalogue's order.
class Catalogue;
SuiteResult Summarise(std::vector<CaseResult> cases, const Catalogue& catalogue,
                      const std::string& target, uint64_t seed);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RUNNER_RUN_CASE_H_
