#include "conformance/checks/judge.h"

#include <gtest/gtest.h>

#include <stdexcept>

namespace sfa::conformance {
namespace {

using std::chrono::seconds;

MonotonicTime At(int second) { return MonotonicTime(seconds(second)); }

Scenario CallScenario() {
  Scenario scenario;
  scenario.requirements = {"SFA-1-01"};
  scenario.lasts = seconds(60);
  Step step;
  step.at = seconds(10);
  scenario.steps.push_back(step);
  Expectation expectation;
  expectation.within = seconds(5);
  expectation.subject = Sighting{"austin", "call", {{"call", "answered"}}, {}};
  scenario.expectations.push_back(expectation);
  return scenario;
}

Trace Ended(std::vector<Observation> observations) {
  Trace trace;
  for (Observation& each : observations) trace.Add(std::move(each));
  trace.Add({At(60), Observer::kWorld, "world", "stopped", {}});
  return trace;
}

Verdict VerdictOf(const Trace& trace) {
  CaseResult result;
  result.checks = Judge(CallScenario(), trace);
  return result.verdict();
}

TEST(JudgeTest, PassesAndFails) {
  EXPECT_EQ(VerdictOf(Ended({{At(15), Observer::kClient, "austin", "answered", {}}})),
            Verdict::kPass);
  EXPECT_EQ(VerdictOf(Ended({{At(16), Observer::kClient, "austin", "answered", {}}})),
            Verdict::kFail);
  EXPECT_EQ(VerdictOf(Ended({})), Verdict::kFail);
}

TEST(JudgeTest, IsInconclusiveWithoutItsStimulus) {
  const Observation missing{At(10),
                            Observer::kStep,
                            "austin",
                            "did not happen",
                            {{"step", "call"}, {"reason", "not logged in"}}};
  EXPECT_EQ(VerdictOf(Ended({missing})), Verdict::kInconclusive);
  Observation later = missing;
  later.at = At(30);
  EXPECT_EQ(VerdictOf(Ended({later})), Verdict::kFail) << "it came after the window";
}

TEST(JudgeTest, IsInconclusiveWhenThePlatformBroke) {
  const Observation answered{At(11), Observer::kClient, "austin", "answered", {}};
  EXPECT_EQ(VerdictOf(Ended({answered, {At(20), Observer::kWorld, "world", "broken", {}}})),
            Verdict::kInconclusive);
  EXPECT_EQ(VerdictOf(Ended({{At(0), Observer::kWorld, "world", "unsupported", {}}})),
            Verdict::kUnsupported);
  Trace without_end;
  without_end.Add(answered);
  EXPECT_EQ(VerdictOf(without_end), Verdict::kInconclusive);
}

Observation Late(const std::string& milliseconds) {
  return {At(20),
          Observer::kWorld,
          "world",
          "late",
          {{"milliseconds", milliseconds}, {"reason", "by 0.3 s at 12.000 s"}}};
}

TEST(JudgeTest, ALateClockExcusesWhatFails) {
  const Observation answered{At(11), Observer::kClient, "austin", "answered", {}};
  EXPECT_EQ(VerdictOf(Ended({Late("250")})), Verdict::kFail) << "a jitter buffer bears it";
  EXPECT_EQ(VerdictOf(Ended({answered, Late("251")})), Verdict::kPass);
  EXPECT_EQ(VerdictOf(Ended({Late("251")})), Verdict::kInconclusive);
  const auto results = Judge(CallScenario(), Ended({Late("251")}));
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].reason.find("the clock was late (by 0.3 s at 12.000 s); seen: "), 0u)
      << results[0].reason;
}

TEST(JudgeTest, ALateClockExcusesWhatHoldsForEveryTrace) {
  const Observation started{
      At(1), Observer::kProcess, "asterisk", "skypeforasterisk", {{"event", "started"}}};
  for (const CheckResult& result : Judge(CallScenario(), Ended({started, Late("400")}))) {
    EXPECT_NE(result.verdict, Verdict::kFail) << result.check;
  }
}

TEST(JudgeTest, AVeryLateClockSpoilsEverything) {
  const Observation answered{At(11), Observer::kClient, "austin", "answered", {}};
  EXPECT_EQ(VerdictOf(Ended({answered, Late("1000")})), Verdict::kPass);
  EXPECT_EQ(VerdictOf(Ended({answered, Late("1001")})), Verdict::kInconclusive);
  for (const char* unreadable : {"", "x", "1s", "-1", "99999999999999999999"}) {
    EXPECT_EQ(VerdictOf(Ended({answered, Late(unreadable)})), Verdict::kInconclusive);
  }
}

TEST(JudgeTest, ThatSomethingNeverHappenedStandsUpToASecond) {
  Scenario scenario = CallScenario();
  scenario.expectations[0].never = true;
  const auto verdict = [&](const char* milliseconds) {
    CaseResult result;
    result.checks = Judge(scenario, Ended({Late(milliseconds)}));
    return result.verdict();
  };
  EXPECT_EQ(verdict("1000"), Verdict::kPass);
  EXPECT_EQ(verdict("1001"), Verdict::kInconclusive);
}

TEST(JudgeTest, WhatIsNeverHeardIsTheOppositeOfWhatIsHeard) {
  Scenario scenario = CallScenario();
  scenario.expectations[0].subject = AudioExpectation{"austin", "vanessa"};
  const auto verdict = [&] {
    CaseResult result;
    result.checks = Judge(scenario, Ended({}));
    return result.verdict();
  };
  EXPECT_EQ(verdict(), Verdict::kFail);
  scenario.expectations[0].never = true;
  EXPECT_EQ(verdict(), Verdict::kPass);
}

TEST(JudgeTest, ACheckThatThrowsNeverPasses) {
  const auto results =
      RunCheck({"SFA-1-01"}, "x", []() -> Finding { throw std::runtime_error("no"); });
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].verdict, Verdict::kInconclusive);
  EXPECT_EQ(results[0].reason, "the check itself failed: no");
}

Observation Status(int second, const char* status) {
  return {At(second),
          Observer::kAmi,
          "asterisk",
          "SkypeAccountStatus",
          {{"Privilege", "system,all"}, {"Username", "james_bond"}, {"Status", status}}};
}

Verdict OfRequirement(const Trace& trace, const std::string& requirement) {
  for (const CheckResult& result : Judge(CallScenario(), trace)) {
    if (result.requirement == requirement) return result.verdict;
  }
  return Verdict::kUnsupported;
}

TEST(JudgeTest, StatusEventsAlternate) {
  EXPECT_EQ(OfRequirement(Ended({Status(1, "Logged In"), Status(2, "Logged Out")}), "SFA-4.1.1-01"),
            Verdict::kPass);
  EXPECT_EQ(OfRequirement(Ended({Status(1, "Logged In"), Status(2, "Logged In")}), "SFA-4.1.1-01"),
            Verdict::kFail);
  EXPECT_EQ(OfRequirement(Ended({Status(1, "Logged Out")}), "SFA-4.1.1-01"), Verdict::kFail);
  EXPECT_EQ(OfRequirement(Ended({Status(1, "Online")}), "SFA-4.1.1-02"), Verdict::kFail);
  EXPECT_EQ(OfRequirement(Ended({}), "SFA-4.1.1-01"), Verdict::kUnsupported) << "no occasion";
}

TEST(JudgeTest, EnginesEnd) {
  const Observation started{
      At(1), Observer::kProcess, "asterisk", "skypeforasterisk", {{"event", "started"}}};
  Observation ended = started;
  ended.fields = {{"event", "exited with status 0"}};
  EXPECT_EQ(OfRequirement(Ended({started, ended}), "SFA-2.4-07"), Verdict::kPass);
  EXPECT_EQ(OfRequirement(Ended({started}), "SFA-2.4-07"), Verdict::kFail);
}

}  // namespace
}  // namespace sfa::conformance
