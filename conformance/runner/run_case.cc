#include "conformance/runner/run_case.h"

#include <map>
#include <utility>

#include "conformance/catalogue/catalogue.h"
#include "conformance/checks/clear_speech.h"
#include "conformance/checks/judge.h"
#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/runner/conduct.h"
#include "conformance/runner/ladder.h"
#include "conformance/runner/wave.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

// The folder of a case that did not pass needs nothing else to be understood or run again.
Status WriteFolder(const std::string& folder, const std::string& captures, const Scenario& scenario,
                   const WorldRun& run, const CaseResult& result) {
  std::vector<std::pair<std::string, std::string>> files = {
      {"scenario.yaml", scenario.text},
      {"seed", std::to_string(result.seed) + "\n"},
      {"trace.jsonl", run.trace.ToJsonLines()},
      {"world.log", run.log},
      {"reproduce", result.reproduce + "\n"}};
  int number = 0;
  for (const Recording& recording : run.trace.recordings()) {
    const std::string name = "audio-" + std::to_string(++number) + "-" + recording.actor;
    files.emplace_back(name + "-sent.wav", WaveFile(recording.sent));
    files.emplace_back(name + "-heard.wav", WaveFile(recording.heard));
  }
  if (const auto names = ListFiles(captures, ".pcap"); names.ok()) {
    for (const std::string& name : *names) {
      const Result<std::string> bytes = ReadFile(captures + "/" + name);
      if (!bytes.ok()) return bytes.error();
      files.emplace_back(name, *bytes);
    }
  }
  for (const auto& [name, text] : files) {
    Status written = WriteFile(folder + "/" + name, text);
    if (!written.ok()) return written;
  }
  return {};
}

// In single quotes where a shell would otherwise read more than a word.
std::string ShellWord(const std::string& text) {
  if (!text.empty() &&
      text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_-./") == std::string::npos) {
    return text;
  }
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

// What left or reached the sites, and not what stayed in their networks and machines.
std::vector<std::pair<std::string, std::string>> CapturesOfSites(const std::string& directory,
                                                                 const Scenario& scenario) {
  std::vector<std::pair<std::string, std::string>> captures;
  if (directory.empty()) return captures;
  for (const sim::SiteSettings& site : scenario.sites) {
    const std::string name = site.name + ".pcap";
    Result<std::string> bytes = ReadFile(directory + "/" + name);
    if (bytes.ok()) captures.emplace_back(name, std::move(*bytes));
  }
  return captures;
}

}  // namespace

Result<CaseResult> RunCase(const Scenario& scenario, const PbxFactory& factory,
                           const CaseSettings& settings, WorldRun* kept) {
  CaseResult result;
  result.name = scenario.name;
  result.file = scenario.file;
  result.summary = scenario.summary;
  result.target = factory.target();
  result.seed = settings.seed;
  result.reproduce = "./sfalab run " + ShellWord(scenario.file) + " --on " + factory.target() +
                     " --seed " + std::to_string(settings.seed);
  std::string captures;
  if (!settings.out.empty()) {
    captures = settings.out + "/captures/" + scenario.name;
    if (const Status removed = RemoveDirectoryTree(captures); !removed.ok()) return removed.error();
    if (const Status made = MakeDirectory(captures); !made.ok()) return made.error();
  }
  const double start = CpuSeconds();
  WorldRun run = RunWorld(scenario, factory, {settings.seed, captures});
  result.checks = Judge(scenario, run.trace);
  for (CheckResult& check : CheckClearSpeech(run.trace, CapturesOfSites(captures, scenario))) {
    result.checks.push_back(std::move(check));
  }
  result.cpu_seconds = CpuSeconds() - start;
  result.conduct = ConductOf(run.trace);
  result.trace_hash = run.trace.Hash();
  FillLadder(scenario, run.trace, result);
  if (settings.out.empty()) {
    if (kept != nullptr) *kept = std::move(run);
    return result;
  }
  if (const auto names = ListFiles(captures, ".pcap"); names.ok()) {
    for (const std::string& name : *names) {
      result.captures.push_back("captures/" + scenario.name + "/" + name);
    }
  }
  const std::string folder = "failures/" + scenario.name;
  if (const Status removed = RemoveDirectoryTree(settings.out + "/" + folder); !removed.ok()) {
    return removed.error();
  }
  if (result.verdict() != Verdict::kPass && result.verdict() != Verdict::kUnsupported) {
    result.folder = folder;
    const Status written =
        WriteFolder(settings.out + "/" + folder, captures, scenario, run, result);
    if (!written.ok()) return written.error();
  }
  if (kept != nullptr) *kept = std::move(run);
  return result;
}

SuiteResult Summarise(std::vector<CaseResult> cases, const Catalogue& catalogue,
                      const std::string& target, uint64_t seed) {
  SuiteResult suite;
  suite.target = target;
  suite.seed = seed;
  suite.cases = std::move(cases);
  suite.catalogued = catalogue.requirements().size();
  for (const Requirement& requirement : catalogue.requirements()) {
    std::vector<Verdict> verdicts;
    RequirementResult result{
        requirement.id, requirement.kind, requirement.statement, Verdict::kInconclusive, {}};
    for (const CaseResult& each : suite.cases) {
      bool judged = false;
      for (const CheckResult& check : each.checks) {
        if (check.requirement != requirement.id) continue;
        verdicts.push_back(check.verdict);
        judged = true;
      }
      if (judged) result.cases.push_back(each.name);
    }
    if (verdicts.empty()) continue;
    result.verdict = Compose(verdicts);
    suite.requirements.push_back(std::move(result));
  }
  return suite;
}

}  // namespace sfa::conformance
