#include "reports/difference.h"

#include <map>
#include <utility>

namespace sfa::reports {
namespace {

using Verdicts = std::map<std::string, std::string>;

void Compare(const Verdicts& before, const Verdicts& after, std::vector<std::string>& lines) {
  std::map<std::string, std::pair<std::string, std::string>> both;
  for (const auto& [name, verdict] : before) both[name] = {verdict, "not run"};
  for (const auto& [name, verdict] : after) {
    auto [entry, added] = both.try_emplace(name, "not run", verdict);
    if (!added) entry->second.second = verdict;
  }
  for (const auto& [name, verdicts] : both) {
    if (verdicts.first != verdicts.second) {
      lines.push_back(name + ": " + verdicts.first + " -> " + verdicts.second);
    }
  }
}

Verdicts OfRequirements(const conformance::SuiteResult& suite) {
  Verdicts verdicts;
  for (const auto& each : suite.requirements) verdicts[each.id] = ToString(each.verdict);
  return verdicts;
}

Verdicts OfScenarios(const conformance::SuiteResult& suite) {
  Verdicts verdicts;
  for (const auto& each : suite.cases) {
    verdicts["scenario " + each.name] = ToString(each.verdict());
  }
  return verdicts;
}

}  // namespace

std::vector<std::string> Differences(const conformance::SuiteResult& before,
                                     const conformance::SuiteResult& after) {
  std::vector<std::string> lines;
  Compare(OfRequirements(before), OfRequirements(after), lines);
  Compare(OfScenarios(before), OfScenarios(after), lines);
  return lines;
}

}  // namespace sfa::reports
