#include "conformance/runner/ladder.h"

#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

// One rung as "from>to label"; a note as "lane label".
std::vector<std::string> Rungs(const std::vector<Observation>& observations) {
  Scenario scenario;
  for (const char* name : {"james_bond", "austin", "moneypenny"}) {
    AccountSpec account;
    account.name = name;
    if (account.name != "james_bond") account.site = "home";
    scenario.accounts.push_back(account);
  }
  Trace trace;
  for (const Observation& each : observations) trace.Add(each);
  CaseResult result;
  FillLadder(scenario, trace, result);
  EXPECT_EQ(result.lanes, (std::vector<std::string>{"austin", "asterisk", "moneypenny"}));
  std::vector<std::string> rungs;
  for (const LadderRung& rung : result.ladder) {
    rungs.push_back((rung.from == rung.to ? rung.from : rung.from + ">" + rung.to) + " " +
                    rung.label);
  }
  return rungs;
}

Observation Step(const std::string& who, const std::string& verb, const std::string& argument) {
  return {{}, Observer::kStep, who, verb, {{"argument", argument}}};
}
Observation Sight(const std::string& who, const std::string& kind, const std::string& name,
                  const std::string& value) {
  return {{}, Observer::kClient, who, kind, {{name, value}}};
}

TEST(LadderTest, StepsPointWhereTheyGo) {
  EXPECT_EQ(
      Rungs({Step("austin", "call", "james_bond"),
             Step("austin", "dtmf", "42#"),
             Step("austin", "logout", "true"),
             {{}, Observer::kStep, "asterisk", "cli", {{"argument", "skype show users"}}}}),
      (std::vector<std::string>{"austin>asterisk calls james_bond", "austin>asterisk dials 42#",
                                "austin logs out", "asterisk console: skype show users"}));
}

TEST(LadderTest, WhoAnswersByItselfIsNotToldSo) {
  EXPECT_EQ(Rungs({Sight("moneypenny", "incoming", "from", "james_bond"),
                   Sight("moneypenny", "answered", "codec", "PCMU"),
                   Sight("austin", "answered", "codec", "PCMU")}),
            (std::vector<std::string>{"asterisk>moneypenny call from james_bond",
                                      "moneypenny>asterisk answers, PCMU",
                                      "asterisk>austin answered, PCMU"}));
}

TEST(LadderTest, WhoHangsUpEndsTheCallAndTheOtherLearnsOfIt) {
  EXPECT_EQ(
      Rungs({Step("austin", "call", "james_bond"), Step("austin", "hangup", "true"),
             Sight("austin", "ended", "reason", "normal"),
             Sight("moneypenny", "ended", "reason", "normal"), Step("austin", "hangup", "true")}),
      (std::vector<std::string>{"austin>asterisk calls james_bond", "austin>asterisk hangs up",
                                "austin ended (normal)", "asterisk>moneypenny ended (normal)",
                                "austin hangs up"}));
}

TEST(LadderTest, AStepThatDidNotHappenIsANote) {
  EXPECT_EQ(Rungs({{{}, Observer::kStep, "austin", "did not happen", {{"step", "answer"}}}}),
            (std::vector<std::string>{"austin answer did not happen"}));
}

}  // namespace
}  // namespace sfa::conformance
