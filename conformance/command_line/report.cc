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

}  // namespace

ExitCode Report(const CommonOptions& common, const std::vector<std::string>& stores) {
  std::vector<SuiteResult> runs;
  for (const std::string& path : stores) {
    Result<SuiteResult> run = Open(path);
    if (!run.ok()) return TellError(run.error().message, kExitBadInput);
    runs.push_back(std::move(*run));
  }
  if (runs.size() == 2) {
    const std::vector<std::string> lines = reports::Differences(runs[0], runs[1]);
    if (common.json) {
      fmt::print("{}\n", Dump(nlohmann::ordered_json(lines)));
    } else {
      for (const std::string& line : lines) fmt::print("{}\n", line);
      if (lines.empty()) fmt::print("no difference\n");
    }
    return kExitPass;
  }
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
