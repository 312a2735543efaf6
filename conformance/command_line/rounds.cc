#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <utility>

#include "conformance/command_line/options.h"
#include "conformance/command_line/print.h"
#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/real_asterisk/rounds_json.h"
#include "conformance/results/json.h"

namespace sfa::conformance {
namespace {

constexpr int kRounds = 10;
constexpr int kCalls = 200;
// Asterisk's pools of threads give up those that have had no work for so long, and more.
constexpr Duration kRests = std::chrono::seconds(45);

const char* NameOf(bool with_modules) {
  return with_modules ? "with the modules" : "without the modules";
}

void PrintRow(std::FILE* file, const std::string& name, const CallCounts& calls,
              const std::string& uses, const Footprint& footprint) {
  fmt::print(file, "  {:<8} {:>5} {:>9} {:>9} {:>9} {:>11} {:>13}  {:>8} {:>10}\n", name,
             calls.all(), uses, footprint.channels, footprint.threads, footprint.descriptors,
             fmt::format("{} KiB", footprint.private_dirty_kib), footprint.uses.size(),
             footprint.all_uses());
}

void PrintTable(const RoundsRun& run, bool with_modules) {
  fmt::print("{}\n  {:<8} {:>5} {:>9} {:>9} {:>9} {:>11} {:>13}  {:>8} {:>10}\n",
             NameOf(with_modules), "round", "calls", "use count", "channels", "threads",
             "descriptors", "Private_Dirty", "modules", "references");
  PrintRow(stdout, "before", {}, "", run.before);
  for (const Round& round : run.rounds) {
    PrintRow(stdout, std::to_string(round.number), round.calls,
             with_modules ? std::to_string(round.uses) : "", round.after);
  }
  if (run.rounds.size() > kFirstSettledRound) {
    const Footprint& settled = run.rounds[kFirstSettledRound - 1].after;
    const Footprint& last = run.rounds.back().after;
    fmt::print("  {} - {}:  threads {:+}, descriptors {:+}, Private_Dirty {:+} KiB\n",
               run.rounds.size(), kFirstSettledRound, last.threads - settled.threads,
               last.descriptors - settled.descriptors,
               last.private_dirty_kib - settled.private_dirty_kib);
  }
}

// Of a worker that ended without an answer.
RoundsRun Crashed(int exit_code) {
  RoundsRun run;
  run.problem = fmt::format("the process that ran them ended with status {}", exit_code);
  return run;
}

}  // namespace

ExitCode ConformLong(const CommonOptions& common) {
  if (common.target == "sim") {
    return TellError("--long needs a real Asterisk; allowed: --on asterisk-22, --on asterisk-16",
                     kExitBadInput);
  }
  std::vector<std::vector<std::string>> commands;
  for (const bool with_modules : {true, false}) {
    commands.push_back({OwnPath(), "--source-root", common.source_root, "rounds-worker", "--on",
                        common.target, "--rounds", std::to_string(kRounds), "--calls",
                        std::to_string(kCalls)});
    if (!with_modules) commands.back().push_back("--without-modules");
  }
  std::array<RoundsRun, 2> runs;
  RunChildren(commands, 2, [&](size_t job, const ChildResult& child) {
    Result<RoundsRun> run = RoundsRunFromJson(child.output);
    runs[job] = child.exit_code == 0 && run.ok() ? std::move(*run) : Crashed(child.exit_code);
  });
  CaseResult result;
  result.name = "rounds";
  result.target = common.target;
  result.checks = JudgeRounds(runs[0], runs[1], kRounds, kCalls);
  if (!common.out.empty()) {
    for (const size_t job : {0, 1}) {
      if (runs[job].story.empty()) continue;
      const std::string file = common.out + (job == 0 ? "/rounds.log" : "/control.log");
      const Status written = WriteFile(file, runs[job].story);
      if (!written.ok()) return TellError(written.error().message, kExitCannotTell);
      fmt::print(stderr, "{}: what was seen is in {}\n", NameOf(job == 0), file);
    }
  }
  if (common.json) {
    nlohmann::ordered_json json = ToJson(result);
    json["with_modules"] = ToJson(runs[0]);
    json["without_modules"] = ToJson(runs[1]);
    fmt::print("{}\n", Dump(json));
  } else {
    PrintTable(runs[0], true);
    PrintTable(runs[1], false);
    PrintChecks(result, Which::kAll);
    fmt::print("{}: {} rounds of {} calls (target {})\n", Word(result.verdict()), kRounds, kCalls,
               common.target);
  }
  return ExitCodeOf(result.verdict());
}

ExitCode RoundsWorker(const CommonOptions& common, const RoundsWorkerOptions& options) {
  EndWithParent();
  RoundsSettings settings;
  settings.version = common.target.substr(common.target.find('-') + 1);
  settings.source_root = common.source_root;
  settings.with_modules = !options.without_modules;
  settings.rounds = options.rounds;
  settings.calls = options.calls;
  settings.rests = kRests;
  const auto tell = [&](const std::string& name, const Footprint& footprint) {
    fmt::print(stderr,
               "{:<20} {:<9} {} threads, {} descriptors, {} KiB, {} channels, {} references\n",
               NameOf(settings.with_modules), name, footprint.threads, footprint.descriptors,
               footprint.private_dirty_kib, footprint.channels, footprint.all_uses());
  };
  const RoundsRun run = RunRounds(
      settings, [&](const Footprint& before) { tell("before", before); },
      [&](const Round& round) { tell(fmt::format("round {}", round.number), round.after); });
  fmt::print("{}\n", Dump(ToJson(run)));
  return kExitPass;
}

}  // namespace sfa::conformance
