#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <numeric>
#include <set>
#include <utility>

#include "conformance/catalogue/coverage.h"
#include "conformance/checks/standing.h"
#include "conformance/command_line/options.h"
#include "conformance/command_line/print.h"
#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/results/json.h"
#include "conformance/results/pattern.h"
#include "conformance/runner/run_case.h"

namespace sfa::conformance {
namespace {

// Tells a person how far things are; a log gets one line for each case.
class Progress {
 public:
  explicit Progress(size_t total) : total_(total), terminal_(IsTerminal()) {}

  void Done(const CaseResult& result) {
    ++done_;
    const std::string total = std::to_string(total_);
    const std::string line = fmt::format("[{:>{}}/{}] {:<12} {}", done_, total.size(), total,
                                         ToString(result.verdict()), result.name);
    if (terminal_ && result.verdict() == Verdict::kPass) {
      fmt::print(stderr, "\r\x1b[K{}", line);
    } else {
      fmt::print(stderr, "{}{}\n", terminal_ ? "\r\x1b[K" : "", line);
    }
    std::fflush(stderr);
  }

  ~Progress() {
    if (terminal_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  const size_t total_;
  const bool terminal_;
  size_t done_ = 0;
};

// A name, or a pattern with stars, or an identifier of a requirement that the scenario touches.
bool IsNamedBy(const Scenario& scenario, const std::string& filter) {
  if (filter.empty() || Matches(filter, scenario.name)) return true;
  return std::any_of(scenario.requirements.begin(), scenario.requirements.end(),
                     [&](const std::string& requirement) { return Matches(filter, requirement); });
}

bool Selected(const Scenario& scenario, const ConformOptions& options) {
  return IsNamedBy(scenario, options.filter) &&
         (!options.longest || scenario.lasts <= *options.longest);
}

// A case whose worker ended without an answer.
CaseResult Crashed(const Scenario& scenario, const CommonOptions& common, int exit_code) {
  CaseResult result;
  result.name = scenario.name;
  result.file = scenario.file;
  result.summary = scenario.summary;
  result.target = common.target;
  result.seed = common.seed;
  result.reproduce =
      fmt::format("./sfalab run {} --on {} --seed {}", scenario.file, common.target, common.seed);
  result.checks.push_back(
      {"", "the platform works", Verdict::kInconclusive,
       exit_code < 0 ? std::string("the process that ran it was killed or could not be started")
                     : fmt::format("the process that ran it ended with status {}", exit_code),
       std::nullopt});
  return result;
}

// Under the real clock the one that lasts longest must not begin last.
std::vector<size_t> LongestFirst(const std::vector<Scenario>& scenarios) {
  std::vector<size_t> order(scenarios.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return scenarios[a].lasts > scenarios[b].lasts; });
  return order;
}

std::vector<CaseResult> RunInWorkers(const std::vector<Scenario>& scenarios,
                                     const CommonOptions& common, int jobs) {
  const std::vector<size_t> order = LongestFirst(scenarios);
  std::vector<std::vector<std::string>> commands;
  for (const size_t index : order) {
    const Scenario& scenario = scenarios[index];
    std::vector<std::string> command = {
        OwnPath(),     "--source-root", common.source_root,         "worker", scenario.file, "--on",
        common.target, "--seed",        std::to_string(common.seed)};
    if (!common.out.empty()) command.insert(command.end(), {"--out", common.out});
    commands.push_back(std::move(command));
  }
  Progress progress(scenarios.size());
  std::vector<CaseResult> results(scenarios.size());
  RunChildren(commands, jobs, [&](size_t job, const ChildResult& child) {
    Result<CaseResult> result = CaseResultFromJson(child.output);
    const size_t index = order[job];
    results[index] = child.exit_code == 0 && result.ok()
                         ? std::move(*result)
                         : Crashed(scenarios[index], common, child.exit_code);
    progress.Done(results[index]);
  });
  return results;
}

Result<std::vector<CaseResult>> RunHere(const std::vector<Scenario>& scenarios,
                                        const CommonOptions& common) {
  const std::unique_ptr<PbxFactory> factory = NewPbxFactory(common.target, common.source_root);
  Progress progress(scenarios.size());
  std::vector<CaseResult> results;
  for (const Scenario& scenario : scenarios) {
    Result<CaseResult> result = RunCase(scenario, *factory, {common.seed, common.out});
    if (!result.ok()) return result.error();
    progress.Done(*result);
    results.push_back(std::move(*result));
  }
  return results;
}

// What the library lacks, chapter by chapter after a run of all of it; a selection's reader has
// asked for something else.
void PrintWithoutScenario(const SuiteResult& suite, const Catalogue& catalogue, bool all_of_it) {
  if (suite.without_scenario.empty()) return;
  const auto scored =
      std::count_if(suite.without_scenario.begin(), suite.without_scenario.end(),
                    [](const MissingScenario& each) { return IsScored(each.kind); });
  fmt::print("without a scenario: {} of {}, {} of them mandatory or conditional\n",
             suite.without_scenario.size(), suite.catalogued, scored);
  if (!all_of_it) return;
  for (const std::string& line : MissingByChapter(suite.without_scenario, catalogue)) {
    fmt::print("{}\n", line);
  }
}

// What a target cannot run is no failure of anybody's: a line for each reason.
void PrintUnsupported(const SuiteResult& suite) {
  std::map<std::string, std::string> names;  // by reason
  for (const CaseResult& each : suite.cases) {
    if (each.verdict() != Verdict::kUnsupported || each.checks.empty()) continue;
    std::string& of_reason = names[each.checks.front().reason];
    of_reason += (of_reason.empty() ? "" : ", ") + each.name;
  }
  for (const auto& [reason, of_reason] : names) {
    fmt::print("{}: {}\n  {}\n", Word(Verdict::kUnsupported), reason, of_reason);
  }
}

void PrintSummary(const SuiteResult& suite, const Catalogue& catalogue, bool all_of_it,
                  const std::string& out) {
  size_t passed = 0, cases = 0;
  for (const auto& each : suite.requirements) passed += each.verdict == Verdict::kPass;
  for (const CaseResult& each : suite.cases) {
    if (each.verdict() == Verdict::kPass) {
      ++cases;
      continue;
    }
    if (each.verdict() == Verdict::kUnsupported) continue;
    fmt::print("{}: {}\n", each.name, Word(each.verdict()));
    PrintChecks(each, Which::kNotPassed);
    if (!each.folder.empty()) fmt::print("  all of it: {}\n", out + "/" + each.folder);
    fmt::print("  again:     {}\n\n", each.reproduce);
  }
  PrintUnsupported(suite);
  fmt::print("{}: {} of {} scenarios and {} of {} requirements pass (target {}, seed {})\n",
             Word(suite.verdict()), cases, suite.cases.size(), passed, suite.requirements.size(),
             suite.target, suite.seed);
  fmt::print("not judged by them: {} of the catalogue's {} requirements\n",
             suite.catalogued - suite.requirements.size(), suite.catalogued);
  PrintWithoutScenario(suite, catalogue, all_of_it);
  if (!out.empty()) fmt::print("report: {}\n", AbsolutePath(out + "/report.html"));
}

}  // namespace

ExitCode Conform(const CommonOptions& common, const ConformOptions& options) {
  const std::optional<Library> library = OpenLibrary(common.source_root);
  if (!library) return kExitBadInput;
  std::vector<InputError> errors;
  std::vector<Scenario> scenarios;
  const std::vector<std::string> standing = StandingRequirements();
  std::set<std::string> judged(standing.begin(), standing.end());
  for (const std::string& file : library->ScenarioFiles()) {
    std::optional<Scenario> scenario = library->LoadFile(file, errors);
    if (scenario) judged.insert(scenario->requirements.begin(), scenario->requirements.end());
    if (scenario && Selected(*scenario, options)) scenarios.push_back(std::move(*scenario));
  }
  if (!errors.empty()) return TellInputErrors(errors);
  if (scenarios.empty()) {
    std::vector<std::string> names;
    for (const std::string& file : library->ScenarioFiles()) {
      const size_t start = file.rfind('/') + 1;
      names.push_back(file.substr(start, file.rfind('.') - start));
    }
    return TellError("--filter '" + options.filter + "'" +
                         (options.longest ? " with --longest" : "") +
                         " selects nothing; there is " + AllowedWords(options.filter, names),
                     kExitBadInput);
  }
  std::vector<CaseResult> cases;
  if (options.jobs > 1) {
    cases = RunInWorkers(scenarios, common, options.jobs);
  } else {
    Result<std::vector<CaseResult>> run = RunHere(scenarios, common);
    if (!run.ok()) return TellError(run.error().message, kExitCannotTell);
    cases = std::move(*run);
  }
  SuiteResult suite = Summarise(std::move(cases), library->catalogue(), common.target, common.seed);
  suite.without_scenario = WithoutScenario(library->catalogue(), judged);
  if (!common.out.empty()) {
    const Status written = WriteReports(suite, common.out);
    if (!written.ok()) return TellError(written.error().message, kExitCannotTell);
  }
  if (common.json) {
    fmt::print("{}\n", Dump(ToJson(suite)));
  } else {
    PrintSummary(suite, library->catalogue(), options.filter.empty() && !options.longest,
                 common.out);
  }
  return ExitCodeOf(suite.verdict());
}

}  // namespace sfa::conformance
