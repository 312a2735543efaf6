// Rounds of loading the modules, calls and unloading in one real Asterisk, measured after each; and
// what they say when compared with an Asterisk that never had the modules.
#ifndef CONFORMANCE_REAL_ASTERISK_ROUNDS_H_
#define CONFORMANCE_REAL_ASTERISK_ROUNDS_H_

#include <functional>
#include <string>
#include <vector>

#include "conformance/real_asterisk/footprint.h"
#include "conformance/real_asterisk/round_calls.h"
#include "conformance/results/results.h"

namespace sfa::conformance {

struct RoundsSettings {
  std::string version;  // "22" or "16"
  std::string source_root;
  bool with_modules = true;  // otherwise the control run
  int rounds = 0;
  int calls = 0;  // in each round, a multiple of RoundCalls::kAtOnce
  // How long Asterisk may take, before it is measured, to give up threads that it keeps in reserve.
  Duration rests{};
};

struct Round {
  int number = 0;
  CallCounts calls;
  int64_t uses = 0;               // of chan_skype.so, when all calls have ended
  std::vector<std::string> left;  // after unloading: modules in memory, engines
  Footprint after;
};

struct RoundsRun {
  std::string unsupported;  // why this machine cannot run it
  std::string problem;      // why there are no more rounds
  std::string story;        // what was seen before the problem
  Footprint before;         // the first round
  std::vector<Round> rounds;
};

// `done` is told each round.
RoundsRun RunRounds(const RoundsSettings& settings,
                    const std::function<void(const Footprint& before)>& begun,
                    const std::function<void(const Round&)>& done);

// Between the first round in which everything has been allocated that is allocated once, and the
// last one, not more than 1 MiB: Asterisk's own drift stays below that.
constexpr int kFirstSettledRound = 3;
constexpr int64_t kMostGrowthKib = 1024;

// Of the run with the modules. `calls` and `rounds` are those that were asked for.
std::vector<CheckResult> JudgeRounds(const RoundsRun& run, const RoundsRun& control, int rounds,
                                     size_t calls);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_REAL_ASTERISK_ROUNDS_H_
