#include "conformance/command_line/print.h"

#include <fmt/format.h>

#include "conformance/host/children.h"

namespace sfa::conformance {
namespace {

// SGR parameters of ECMA-48, 8.3.117.
const char* Colour(Verdict verdict) {
  switch (verdict) {
    case Verdict::kPass:
      return "32";
    case Verdict::kFail:
      return "1;31";
    case Verdict::kInconclusive:
      return "33";
    case Verdict::kUnsupported:
      return "36";
  }
  return "0";
}

// What was looked for, without the requirement, which stands before it.
std::string LookedFor(const CheckResult& check) {
  const std::string prefix = "{requirement: " + check.requirement + ", ";
  return check.check.starts_with(prefix) ? "{" + check.check.substr(prefix.size()) : check.check;
}

}  // namespace

std::string Word(Verdict verdict, int width) {
  std::string word = fmt::format("{:<{}}", ToString(verdict), width);
  if (!OutputIsTerminal()) return word;
  return fmt::format("\x1b[{}m{}\x1b[0m", Colour(verdict), word);
}

void PrintChecks(const CaseResult& result, Which which) {
  for (const CheckResult& check : result.checks) {
    if (which == Which::kNotPassed && check.verdict == Verdict::kPass) continue;
    fmt::print("  {} {:<13} {}\n", Word(check.verdict, 12),
               check.requirement.empty() ? "platform" : check.requirement, LookedFor(check));
    if (!check.reason.empty()) fmt::print("  {:<12} {:<13} {}\n", "", "", check.reason);
  }
}

}  // namespace sfa::conformance
