#include <fmt/format.h>

#include "conformance/command_line/options.h"
#include "conformance/host/files.h"
#include "conformance/results/json.h"
#include "reports/difference.h"
#include "reports/store.h"

namespace sfa::conformance {
namespace {

// A result store, or the directory that holds one.
Result<SuiteResult> Open(const std::string& path) {
  Result<std::string> bytes = ReadFile(path);
  if (!bytes.ok() && bytes.error().code == ErrorCode::kInvalid) {  // a directory
    bytes = ReadFile(path + "/results.sqlite");
  }
  if (!bytes.ok()) return bytes.error();
  Result<SuiteResult> suite = reports::LoadRun(*bytes);
  if (!suite.ok()) return Error{suite.error().code, path + ": " + suite.error().message};
  return suite;
}

// Two runs: 0 when nothing differs but what has been reviewed, else 1.
ExitCode TellDifferences(const CommonOptions& common, const SuiteResult& before,
                         const SuiteResult& after, const std::string& reviewed_file) {
  std::string text;
  if (!reviewed_file.empty()) {
    const Result<std::string> file = ReadFile(reviewed_file);
    if (!file.ok()) return TellError(reviewed_file + ": " + file.error().message, kExitBadInput);
    text = *file;
  }
  reports::ReviewedDifferences reviewed(text);
  const std::vector<std::string> all = reports::Differences(before, after);
  const std::vector<std::string> lines = reviewed.Without(all);
  if (common.json) {
    fmt::print("{}\n", Dump(nlohmann::ordered_json(lines)));
  } else {
    for (const std::string& line : lines) fmt::print("{}\n", line);
    if (lines.empty()) fmt::print("no difference\n");
    if (lines.size() < all.size()) {
      fmt::print("{} more are in {}\n", all.size() - lines.size(), reviewed_file);
    }
    for (const std::string& line : reviewed.Stale()) {
      fmt::print("{}: nothing differs so: {}\n", reviewed_file, line);
    }
  }
  return lines.empty() ? kExitPass : kExitFail;
}

}  // namespace

ExitCode Report(const CommonOptions& common, const std::vector<std::string>& stores,
                const std::string& reviewed_file) {
  std::vector<SuiteResult> runs;
  for (const std::string& path : stores) {
    Result<SuiteResult> run = Open(path);
    if (!run.ok()) return TellError(run.error().message, kExitBadInput);
    runs.push_back(std::move(*run));
  }
  if (runs.size() == 2) return TellDifferences(common, runs[0], runs[1], reviewed_file);
  if (common.json) fmt::print("{}\n", Dump(ToJson(runs[0])));
  if (!common.out.empty()) {
    const Status written = WriteReports(runs[0], common.out);
    if (!written.ok()) return TellError(written.error().message, kExitCannotTell);
    if (!common.json) fmt::print("report: {}\n", AbsolutePath(common.out + "/report.html"));
  } else if (!common.json) {
    for (const RequirementResult& each : runs[0].requirements) {
      fmt::print("{:<12} {:<14} {}\n", ToString(each.verdict), each.id, each.statement);
    }
  }
  return kExitPass;
}

}  // namespace sfa::conformance
