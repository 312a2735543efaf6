#include "conformance/results/results.h"

#include <algorithm>

namespace sfa::conformance {

const char* ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "pass";
    case Verdict::kFail:
      return "fail";
    case Verdict::kInconclusive:
      return "inconclusive";
    case Verdict::kUnsupported:
      return "unsupported";
  }
  return "inconclusive";
}

std::optional<Verdict> ParseVerdict(const std::string& word) {
  for (const Verdict verdict :
       {Verdict::kPass, Verdict::kFail, Verdict::kInconclusive, Verdict::kUnsupported}) {
    if (word == ToString(verdict)) return verdict;
  }
  return std::nullopt;
}

Verdict Compose(const std::vector<Verdict>& verdicts) {
  const auto any = [&](Verdict verdict) {
    return std::find(verdicts.begin(), verdicts.end(), verdict) != verdicts.end();
  };
  for (const Verdict verdict : {Verdict::kFail, Verdict::kInconclusive, Verdict::kPass}) {
    if (any(verdict)) return verdict;
  }
  return verdicts.empty() ? Verdict::kInconclusive : Verdict::kUnsupported;
}

bool IsScored(const std::string& kind) { return kind == "mandatory" || kind == "conditional"; }

Verdict CaseResult::verdict() const {
  std::vector<Verdict> verdicts;
  for (const CheckResult& check : checks) verdicts.push_back(check.verdict);
  return Compose(verdicts);
}

Verdict SuiteResult::verdict() const {
  std::vector<Verdict> verdicts;
  for (const RequirementResult& requirement : requirements) {
    if (IsScored(requirement.kind)) verdicts.push_back(requirement.verdict);
  }
  for (const CaseResult& result : cases) {
    if (result.checks.empty()) verdicts.push_back(Verdict::kInconclusive);
    for (const CheckResult& check : result.checks) {
      if (check.requirement.empty()) verdicts.push_back(check.verdict);
    }
  }
  return Compose(verdicts);
}

}  // namespace sfa::conformance
