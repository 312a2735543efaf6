#include "reports/difference.h"

#include <algorithm>
#include <map>
#include <utility>

#include "conformance/results/pattern.h"

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

const std::string kEnd = "(nothing)";

const std::string& LineAt(const std::vector<std::string>& lines, size_t index) {
  return index < lines.size() ? lines[index] : kEnd;
}

bool Ran(const conformance::CaseResult& result) {
  return result.verdict() != conformance::Verdict::kUnsupported;
}

void CompareConduct(const conformance::CaseResult& before, const conformance::CaseResult& after,
                    std::vector<std::string>& lines) {
  // Who did not run did nothing, and the verdicts have said so.
  if (!Ran(before) || !Ran(after)) return;
  using Lines = std::vector<std::string>;
  std::map<std::string, std::pair<Lines, Lines>> both;
  for (const conformance::Conduct& each : before.conduct) both[each.subject].first = each.lines;
  for (const conformance::Conduct& each : after.conduct) both[each.subject].second = each.lines;
  for (const auto& [subject, sides] : both) {
    const auto& [first, second] = sides;
    if (first == second) continue;
    size_t index = 0;
    while (LineAt(first, index) == LineAt(second, index)) ++index;
    lines.push_back("scenario " + before.name + ": " + subject + ", " + std::to_string(index + 1) +
                    ": " + LineAt(first, index) + " -> " + LineAt(second, index));
  }
}

}  // namespace

std::vector<std::string> Differences(const conformance::SuiteResult& before,
                                     const conformance::SuiteResult& after) {
  std::vector<std::string> lines;
  Compare(OfRequirements(before), OfRequirements(after), lines);
  Compare(OfScenarios(before), OfScenarios(after), lines);
  std::map<std::string, const conformance::CaseResult*> cases;
  for (const auto& each : after.cases) cases[each.name] = &each;
  for (const auto& each : before.cases) {
    const auto other = cases.find(each.name);
    if (other != cases.end()) CompareConduct(each, *other->second, lines);
  }
  return lines;
}

ReviewedDifferences::ReviewedDifferences(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    if (!line.empty() && line[0] != '#') entries_.push_back({std::move(line), false});
  }
}

std::vector<std::string> ReviewedDifferences::Without(const std::vector<std::string>& lines) {
  std::vector<std::string> left;
  for (const std::string& line : lines) {
    bool reviewed = false;
    for (Entry& entry : entries_) {
      if (!conformance::Matches(entry.pattern, line)) continue;
      entry.used = true;
      reviewed = true;
    }
    if (!reviewed) left.push_back(line);
  }
  return left;
}

std::vector<std::string> ReviewedDifferences::Stale() const {
  std::vector<std::string> stale;
  for (const Entry& entry : entries_) {
    if (!entry.used) stale.push_back(entry.pattern);
  }
  return stale;
}

}  // namespace sfa::reports
