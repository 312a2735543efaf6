// Verdicts, and what a run leaves behind for the reports.
#ifndef CONFORMANCE_RESULTS_RESULTS_H_
#define CONFORMANCE_RESULTS_RESULTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/time.h"

namespace sfa::conformance {

enum class Verdict {
  kPass,
  kFail,
  kInconclusive,  // the stimulus did not happen, the clock was late, or the platform broke
  kUnsupported,   // the target cannot do this at all
};
// "pass", "fail", "inconclusive", "unsupported"
const char* ToString(Verdict verdict);
std::optional<Verdict> ParseVerdict(const std::string& word);

// fail > inconclusive > pass; unsupported only when everything is. Of nothing: inconclusive,
// because nothing was judged.
Verdict Compose(const std::vector<Verdict>& verdicts);

// Whether requirements of this kind count for a suite's verdict: mandatory and conditional ones do.
bool IsScored(const std::string& kind);

// One judgement on one requirement.
struct CheckResult {
  std::string requirement;  // "" when the platform itself is judged
  std::string check;        // what was looked for
  Verdict verdict = Verdict::kInconclusive;
  std::string reason;          // what was seen; why not
  std::optional<Duration> at;  // since the world's beginning, when it belongs to an instant
};

// One rung of a call ladder: an arrow between two lanes, or a note on one (`from` == `to`).
struct LadderRung {
  Duration at{};
  std::string from, to;
  std::string label;
};

// What one channel or account did, in order; runner/conduct.h.
struct Conduct {
  std::string subject;  // "channel Skype/james_bond-* #1", "account james_bond"
  std::vector<std::string> lines;
  friend bool operator==(const Conduct&, const Conduct&) = default;
};

struct CaseResult {
  std::string name;
  std::string file;
  std::string summary;
  std::string target;
  uint64_t seed = 0;
  std::vector<CheckResult> checks;
  std::string trace_hash;
  std::vector<std::string> lanes;  // of the ladder, left to right
  std::vector<LadderRung> ladder;
  std::vector<Conduct> conduct;
  std::vector<std::string> captures;  // relative to the output directory
  std::string folder;     // of a case that did not pass, likewise; "" when there is none
  std::string reproduce;  // one line for a shell
  double cpu_seconds = 0;

  Verdict verdict() const;
};

struct RequirementResult {
  std::string id;
  std::string kind;  // "mandatory", "conditional", "informative", "extension"
  std::string statement;
  Verdict verdict = Verdict::kInconclusive;
  std::vector<std::string> cases;  // that judged it
};

// A requirement that no scenario of the library looks at.
struct MissingScenario {
  std::string id;
  std::string kind;
  std::string statement;
};

struct SuiteResult {
  std::string target;
  uint64_t seed = 0;
  std::vector<CaseResult> cases;
  std::vector<RequirementResult> requirements;  // those that were judged
  size_t catalogued = 0;  // requirements in the catalogue; 0 when that is not known
  std::vector<MissingScenario> without_scenario;  // in the catalogue's order

  // Of the mandatory and conditional requirements that were judged, and of the platform.
  Verdict verdict() const;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_RESULTS_RESULTS_H_
