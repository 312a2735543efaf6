#include <fmt/format.h>

#include <cstdio>
#include <utility>

#include "conformance/command_line/options.h"
#include "conformance/command_line/print.h"
#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/results/json.h"
#include "conformance/runner/run_case.h"

namespace sfa::conformance {
namespace {

void PrintCase(const CaseResult& result) {
  fmt::print("{}: {}\n", result.name, result.summary);
  PrintChecks(result, Which::kAll);
  fmt::print("{}: {} (target {}, seed {}, trace {})\n", result.name, Word(result.verdict()),
             result.target, result.seed, result.trace_hash.substr(0, 16));
}

std::optional<Result<CaseResult>> LoadAndRun(const CommonOptions& common, const std::string& file,
                                             const Library& library) {
  std::vector<InputError> errors;
  const std::optional<Scenario> scenario = library.LoadFile(file, errors);
  if (!scenario) {
    TellInputErrors(errors);
    return std::nullopt;
  }
  const std::unique_ptr<PbxFactory> factory = NewPbxFactory(common.target, common.source_root);
  return RunCase(*scenario, *factory, {common.seed, common.out});
}

}  // namespace

ExitCode Run(const CommonOptions& common, const std::string& file) {
  const std::optional<Library> library = OpenLibrary(common.source_root);
  if (!library) return kExitBadInput;
  const auto result = LoadAndRun(common, file, *library);
  if (!result) return kExitBadInput;
  if (!result->ok()) return TellError(result->error().message, kExitCannotTell);
  if (common.json) {
    fmt::print("{}\n", Dump(ToJson(**result)));
  } else {
    PrintCase(**result);
  }
  const Verdict verdict = (*result)->verdict();
  if (!common.out.empty()) {
    const SuiteResult suite =
        Summarise({**result}, library->catalogue(), common.target, common.seed);
    const Status written = WriteReports(suite, common.out);
    if (!written.ok()) return TellError(written.error().message, kExitCannotTell);
    if (!common.json) fmt::print("report: {}\n", AbsolutePath(common.out + "/report.html"));
  } else if (!common.json && verdict != Verdict::kPass) {
    fmt::print("to look closer: {} --out DIR\n", (*result)->reproduce);
  }
  return ExitCodeOf(verdict);
}

ExitCode RunWorker(const CommonOptions& common, const std::string& file) {
  EndWithParent();
  const std::optional<Library> library = OpenLibrary(common.source_root);
  if (!library) return kExitBadInput;
  const auto result = LoadAndRun(common, file, *library);
  if (!result) return kExitBadInput;
  if (!result->ok()) return TellError(result->error().message, kExitCannotTell);
  fmt::print("{}\n", Dump(ToJson(**result)));
  return kExitPass;
}

}  // namespace sfa::conformance
