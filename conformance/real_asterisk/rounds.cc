#include "conformance/real_asterisk/rounds.h"

#include <algorithm>
#include <utility>

namespace sfa::conformance {
namespace {

using std::chrono::seconds;

constexpr const char* kModules[] = {"chan_skype.so", "res_skypeforasterisk.so"};
constexpr char kEngine[] = "skypeforasterisk";
constexpr Duration kLongestLogin = seconds(30);
// People log in, and Asterisk does what it does after its start.
constexpr Duration kSettling = seconds(5);

std::string Load(Laboratory& laboratory) {
  laboratory.Forget();
  laboratory.Console("module load res_skypeforasterisk.so");
  laboratory.Console("module load chan_skype.so");
  if (laboratory.WaitFor({{"Event", "SkypeAccountStatus"}, {"Status", "Logged In"}}, 1,
                         kLongestLogin)) {
    return "";
  }
  return "the account was not logged in 30 s after loading the modules";
}

void Unload(Laboratory& laboratory, Round& round) {
  const auto uses = ParseModuleUses(laboratory.Console("module show like chan_skype.so"));
  const auto found = uses.find(kModules[0]);
  round.uses = found == uses.end() ? -1 : found->second;
  for (const char* module : kModules) {
    const std::string answer = laboratory.Console(std::string("module unload ") + module);
    if (answer.find("Unloaded ") == std::string::npos) {
      round.left.push_back(std::string(module) + ", which answered: " + answer);
    } else if (laboratory.IsMapped(module)) {
      round.left.push_back(std::string(module) + " in memory");
    }
  }
  for (const harness::RunningProcess& process : laboratory.asterisk().Processes()) {
    if (process.name == kEngine) round.left.push_back("the engine");
  }
}

std::string DoRound(const RoundsSettings& settings, Laboratory& laboratory, Round& round) {
  std::string problem = settings.with_modules ? Load(laboratory) : "";
  RoundCalls calls(laboratory);
  while (problem.empty() && calls.counts().all() < static_cast<size_t>(settings.calls)) {
    problem = settings.with_modules ? calls.Call() : calls.CallWithoutSkype();
  }
  round.calls = calls.counts();
  if (settings.with_modules && problem.empty()) Unload(laboratory, round);
  return problem;
}

int64_t Most(const RoundsRun& run, int64_t Footprint::*what) {
  int64_t most = run.before.*what;
  for (const Round& round : run.rounds) most = std::max(most, round.after.*what);
  return most;
}

CheckResult Passed(const std::string& check) { return {"", check, Verdict::kPass, "", {}}; }

void Fail(CheckResult& check, const Round& round, const std::string& reason) {
  check.verdict = Verdict::kFail;
  if (!check.reason.empty()) check.reason += "; ";
  check.reason += "round " + std::to_string(round.number) + ": " + reason;
}

// Whether both runs have come to their end; what follows from a shorter one proves nothing.
CheckResult JudgeRun(const RoundsRun& run, const std::string& name, int rounds) {
  CheckResult check = Passed(name + ": all rounds");
  if (!run.unsupported.empty()) {
    check.verdict = Verdict::kUnsupported;
    check.reason = run.unsupported;
  } else if (!run.problem.empty() || run.rounds.size() != static_cast<size_t>(rounds)) {
    check.verdict = Verdict::kInconclusive;
    check.reason = "after " + std::to_string(run.rounds.size()) + " rounds: " + run.problem;
  }
  return check;
}

CheckResult JudgeCalls(const RoundsRun& run, size_t calls) {
  CheckResult check = Passed("a quarter of the calls each incoming, outgoing, refused, cancelled");
  for (const Round& round : run.rounds) {
    const CallCounts& was = round.calls;
    if (std::min({was.incoming, was.outgoing, was.refused, was.cancelled}) == calls / 4 &&
        was.all() == calls) {
      continue;
    }
    Fail(check, round,
         std::to_string(was.incoming) + " incoming, " + std::to_string(was.outgoing) +
             " outgoing, " + std::to_string(was.refused) + " refused, " +
             std::to_string(was.cancelled) + " cancelled");
    check.verdict = Verdict::kInconclusive;
  }
  return check;
}

CheckResult JudgeUnloading(const RoundsRun& run) {
  CheckResult check = Passed("unloading leaves neither modules nor engine");
  for (const Round& round : run.rounds) {
    for (const std::string& left : round.left) Fail(check, round, left);
  }
  return check;
}

int64_t UsesOf(const Footprint& footprint, const std::string& module) {
  const auto found = footprint.uses.find(module);
  return found == footprint.uses.end() ? 0 : found->second;
}

int64_t MostUses(const RoundsRun& run, const std::string& module) {
  int64_t most = UsesOf(run.before, module);
  for (const Round& round : run.rounds) most = std::max(most, UsesOf(round.after, module));
  return most;
}

// Asterisk's own channel for texts, once there is one, holds its timer's module.
CheckResult JudgeReferences(const RoundsRun& run, const RoundsRun& control) {
  CheckResult check = Passed("no more references to any module than without the modules");
  for (const Round& round : run.rounds) {
    if (round.uses != 0) {
      Fail(check, round, "chan_skype.so before unloading: " + std::to_string(round.uses));
    }
    for (const auto& [module, uses] : round.after.uses) {
      const int64_t most = std::max(UsesOf(run.before, module), MostUses(control, module));
      if (uses > most) {
        Fail(check, round,
             module + ": " + std::to_string(uses) + ", without " + std::to_string(most));
      }
    }
  }
  return check;
}

// Both Asterisks keep threads and files in reserve, now more, now less.
CheckResult JudgeCount(const RoundsRun& run, const RoundsRun& control, const std::string& name,
                       int64_t Footprint::*what) {
  const int64_t most = std::max(Most(control, what), run.before.*what);
  CheckResult check =
      Passed("no more " + name + " than without the modules, " + std::to_string(most));
  for (const Round& round : run.rounds) {
    if (round.after.*what > most) Fail(check, round, std::to_string(round.after.*what));
  }
  return check;
}

// Since the first settled round.
int64_t GrowthKib(const RoundsRun& run) {
  return run.rounds.back().after.private_dirty_kib -
         run.rounds[kFirstSettledRound - 1].after.private_dirty_kib;
}

CheckResult JudgeMemory(const RoundsRun& run, const RoundsRun& control) {
  const std::string last = std::to_string(run.rounds.size());
  CheckResult check =
      Passed("Private_Dirty in round " + last + " at most " + std::to_string(kMostGrowthKib) +
             " KiB above round " + std::to_string(kFirstSettledRound));
  if (run.rounds.size() <= kFirstSettledRound) {
    check.verdict = Verdict::kInconclusive;
    check.reason = "there were not so many rounds";
    return check;
  }
  const int64_t growth = GrowthKib(run);
  if (growth > kMostGrowthKib) check.verdict = Verdict::kFail;
  check.reason = std::to_string(growth) + " KiB";
  if (control.rounds.size() == run.rounds.size()) {
    check.reason += ", without the modules " + std::to_string(GrowthKib(control)) + " KiB";
  }
  return check;
}

}  // namespace

RoundsRun RunRounds(const RoundsSettings& settings,
                    const std::function<void(const Footprint& before)>& begun,
                    const std::function<void(const Round&)>& done) {
  RoundsRun run;
  Laboratory laboratory(settings.version, settings.source_root,
                        RoundCalls::Asterisk(settings.source_root), RoundCalls::Accounts());
  run.unsupported = laboratory.unsupported();
  run.problem = laboratory.problem();
  if (!run.unsupported.empty() || !run.problem.empty()) return run;
  laboratory.RunFor(kSettling);
  run.before = MeasureAtRest(laboratory, Footprint(), settings.rests);
  Footprint rest = run.before;
  begun(run.before);
  for (int number = 1; number <= settings.rounds; ++number) {
    Round round;
    round.number = number;
    run.problem = DoRound(settings, laboratory, round);
    if (!run.problem.empty()) {
      run.story = laboratory.Story();
      return run;
    }
    round.after = MeasureAtRest(laboratory, rest, settings.rests);
    // What the first calls have made Asterisk keep for good does not go away.
    if (number == 1) {
      rest.threads = std::max(rest.threads, round.after.threads);
      rest.descriptors = std::max(rest.descriptors, round.after.descriptors);
    }
    done(round);
    run.rounds.push_back(std::move(round));
  }
  return run;
}

std::vector<CheckResult> JudgeRounds(const RoundsRun& run, const RoundsRun& control, int rounds,
                                     size_t calls) {
  std::vector<CheckResult> checks = {JudgeRun(run, "with the modules", rounds),
                                     JudgeRun(control, "without the modules", rounds)};
  if (run.rounds.empty()) return checks;
  checks.insert(checks.end(), {JudgeCalls(run, calls), JudgeUnloading(run),
                               JudgeCount(run, control, "channels", &Footprint::channels),
                               JudgeReferences(run, control),
                               JudgeCount(run, control, "threads", &Footprint::threads),
                               JudgeCount(run, control, "descriptors", &Footprint::descriptors),
                               JudgeMemory(run, control)});
  return checks;
}

}  // namespace sfa::conformance
