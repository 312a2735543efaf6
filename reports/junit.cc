#include "reports/junit.h"

#include <fmt/format.h>

#include <vector>

#include "reports/escape.h"

namespace sfa::reports {
namespace {

using conformance::CaseResult;
using conformance::CheckResult;
using conformance::Verdict;

struct Counts {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
};

Counts Count(const CaseResult& result) {
  Counts counts;
  for (const CheckResult& check : result.checks) {
    ++counts.tests;
    counts.failures += check.verdict == Verdict::kFail;
    counts.errors += check.verdict == Verdict::kInconclusive;
    counts.skipped += check.verdict == Verdict::kUnsupported;
  }
  return counts;
}

std::string Attributes(const Counts& counts) {
  return fmt::format("tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"", counts.tests,
                     counts.failures, counts.errors, counts.skipped);
}

std::string Outcome(const CaseResult& result, const CheckResult& check) {
  const char* element = check.verdict == Verdict::kFail           ? "failure"
                        : check.verdict == Verdict::kInconclusive ? "error"
                        : check.verdict == Verdict::kUnsupported  ? "skipped"
                                                                  : nullptr;
  if (element == nullptr) return "";
  return fmt::format("<{0} message=\"{1}\">{2}</{0}>", element, Escape(check.reason),
                     Escape(result.reproduce));
}

}  // namespace

std::string RenderJunit(const conformance::SuiteResult& suite) {
  Counts total;
  std::string suites;
  for (const CaseResult& result : suite.cases) {
    const Counts counts = Count(result);
    total.tests += counts.tests;
    total.failures += counts.failures;
    total.errors += counts.errors;
    total.skipped += counts.skipped;
    suites += fmt::format("  <testsuite name=\"{}\" {} time=\"{:.3f}\">\n", Escape(result.name),
                          Attributes(counts), result.cpu_seconds);
    for (const CheckResult& check : result.checks) {
      suites += fmt::format("    <testcase classname=\"{}\" name=\"{}: {}\">{}</testcase>\n",
                            Escape(suite.target + "." + result.name),
                            Escape(check.requirement.empty() ? "platform" : check.requirement),
                            Escape(check.check), Outcome(result, check));
    }
    suites += "  </testsuite>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sfalab conform\" {}>\n{}"
      "</testsuites>\n",
      Attributes(total), suites);
}

}  // namespace sfa::reports
