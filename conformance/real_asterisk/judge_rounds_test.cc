#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "conformance/real_asterisk/rounds_json.h"
#include "conformance/results/json.h"

namespace sfa::conformance {
namespace {

constexpr int kRounds = 10;
constexpr size_t kCalls = 200;

RoundsRun LeaklessRun() {
  RoundsRun run;
  run.before = {20, 40, 0, 30'000, {{"app_dial.so", 0}, {"res_rtp_asterisk.so", 1}}};
  for (int number = 1; number <= kRounds; ++number) {
    Round round;
    round.number = number;
    round.calls = {kCalls / 4, kCalls / 4, kCalls / 4, kCalls / 4, 0};
    round.after = run.before;
    round.after.private_dirty_kib += 100 * number;
    run.rounds.push_back(round);
  }
  return run;
}

// What is not a pass, and the verdict.
std::string Judged(const RoundsRun& run, const RoundsRun& control) {
  std::string text;
  for (const CheckResult& check : JudgeRounds(run, control, kRounds, kCalls)) {
    if (check.verdict == Verdict::kPass) continue;
    text += std::string(ToString(check.verdict)) + ": " + check.check + ": " + check.reason + '\n';
  }
  return text;
}

std::string WithA(const std::function<void(RoundsRun&)>& change) {
  RoundsRun run = LeaklessRun();
  change(run);
  return Judged(run, LeaklessRun());
}

TEST(JudgeRoundsTest, RoundsThatLeaveNothingPass) {
  EXPECT_EQ(Judged(LeaklessRun(), LeaklessRun()), "");
}

TEST(JudgeRoundsTest, EachLeakIsAFailureByItsName) {
  EXPECT_EQ(WithA([](RoundsRun& run) { run.rounds[4].after.threads += 1; }),
            "fail: no more threads than without the modules, 20: round 5: 21\n");
  EXPECT_EQ(WithA([](RoundsRun& run) { run.rounds[9].after.descriptors += 1; }),
            "fail: no more descriptors than without the modules, 40: round 10: 41\n");
  EXPECT_EQ(WithA([](RoundsRun& run) { run.rounds[0].after.channels += 1; }),
            "fail: no more channels than without the modules, 0: round 1: 1\n");
  EXPECT_EQ(WithA([](RoundsRun& run) { run.rounds[1].uses = 3; }),
            "fail: no more references to any module than without the modules: "
            "round 2: chan_skype.so before unloading: 3\n");
  EXPECT_EQ(WithA([](RoundsRun& run) { run.rounds[1].after.uses["app_dial.so"] += 1; }),
            "fail: no more references to any module than without the modules: "
            "round 2: app_dial.so: 1, without 0\n");
  EXPECT_EQ(WithA([](RoundsRun& run) { run.rounds[2].left = {"the engine"}; }),
            "fail: unloading leaves neither modules nor engine: round 3: the engine\n");
}

TEST(JudgeRoundsTest, MemoryMayGrowByOneMiBSinceTheThirdRound) {
  const auto grown_by = [](int64_t kib) {
    return WithA([kib](RoundsRun& run) {
      run.rounds[9].after.private_dirty_kib = run.rounds[2].after.private_dirty_kib + kib;
    });
  };
  EXPECT_EQ(grown_by(1024), "");
  EXPECT_EQ(grown_by(-5000), "");
  EXPECT_EQ(grown_by(1025),
            "fail: Private_Dirty in round 10 at most 1024 KiB above round 3: 1025 KiB, "
            "without the modules 700 KiB\n");
}

TEST(JudgeRoundsTest, WhatTheControlRunNeedsTooIsNoLeak) {
  RoundsRun run = LeaklessRun(), control = LeaklessRun();
  run.rounds[4].after.threads += 1;
  control.rounds[7].after.threads += 1;
  run.rounds[4].after.uses["app_dial.so"] += 1;
  control.rounds[1].after.uses["app_dial.so"] += 1;
  EXPECT_EQ(Judged(run, control), "");
}

TEST(JudgeRoundsTest, RoundsThatDidNotHappenProveNothing) {
  EXPECT_EQ(WithA([](RoundsRun& run) { run.rounds[4].calls.refused -= 1; }),
            "inconclusive: a quarter of the calls each incoming, outgoing, refused, cancelled: "
            "round 5: 50 incoming, 50 outgoing, 49 refused, 50 cancelled\n");
  EXPECT_EQ(WithA([](RoundsRun& run) {
              run.rounds.resize(4);
              run.problem = "power cut";
            }),
            "inconclusive: with the modules: all rounds: after 4 rounds: power cut\n");
  RoundsRun nothing;
  nothing.unsupported = "no root";
  EXPECT_EQ(Judged(nothing, nothing),
            "unsupported: with the modules: all rounds: no root\n"
            "unsupported: without the modules: all rounds: no root\n");
}

TEST(JudgeRoundsTest, ARunIsTheSameAfterItsWayThroughJson) {
  RoundsRun run = LeaklessRun();
  run.rounds[3].left = {"the engine"};
  run.rounds[3].uses = 2;
  run.problem = "power cut";
  const auto again = RoundsRunFromJson(Dump(ToJson(run)));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(Dump(ToJson(*again)), Dump(ToJson(run)));
  EXPECT_EQ(Judged(*again, LeaklessRun()), Judged(run, LeaklessRun()));
  EXPECT_FALSE(RoundsRunFromJson("{}").ok());
  EXPECT_FALSE(RoundsRunFromJson("").ok());
}

}  // namespace
}  // namespace sfa::conformance
