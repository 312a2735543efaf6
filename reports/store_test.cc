#include "reports/store.h"

#include <gtest/gtest.h>

#include "conformance/results/json.h"
#include "reports/difference.h"

namespace sfa::reports {
namespace {

using conformance::SuiteResult;
using conformance::Verdict;

SuiteResult Suite(Verdict verdict) {
  conformance::CaseResult result;
  result.name = "busy";
  result.checks = {{"SFA-1-14", "x", verdict, "seen", Duration(5)}};
  SuiteResult suite;
  suite.target = "sim";
  suite.seed = 7;
  suite.cases = {result};
  suite.requirements = {{"SFA-1-14", "mandatory", "s", verdict, {"busy"}}};
  return suite;
}

TEST(StoreTest, GivesBackWhatItTook) {
  const SuiteResult suite = Suite(Verdict::kFail);
  const Result<std::string> bytes = StoreRun(suite);
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(bytes->substr(0, 15), "SQLite format 3");
  const Result<SuiteResult> back = LoadRun(*bytes);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(conformance::Dump(ToJson(*back)), conformance::Dump(ToJson(suite)));
}

TEST(StoreTest, RefusesOtherFiles) {
  EXPECT_FALSE(LoadRun("").ok());
  EXPECT_FALSE(LoadRun("not a database").ok());
  std::string damaged = *StoreRun(Suite(Verdict::kPass));
  for (size_t i = 100; i < damaged.size(); i += 7) damaged[i] = static_cast<char>(i);
  EXPECT_FALSE(LoadRun(damaged).ok());
}

TEST(DifferenceTest, NamesWhatHasChanged) {
  EXPECT_TRUE(Differences(Suite(Verdict::kPass), Suite(Verdict::kPass)).empty());
  EXPECT_EQ(Differences(Suite(Verdict::kPass), Suite(Verdict::kFail)),
            (std::vector<std::string>{"SFA-1-14: pass -> fail", "scenario busy: pass -> fail"}));
  EXPECT_EQ(
      Differences({}, Suite(Verdict::kPass)),
      (std::vector<std::string>{"SFA-1-14: not run -> pass", "scenario busy: not run -> pass"}));
}

SuiteResult SuiteWithConduct(std::vector<std::string> lines) {
  SuiteResult suite = Suite(Verdict::kPass);
  suite.cases[0].conduct = {{"channel Skype/james_bond-* #1", std::move(lines)}};
  return suite;
}

TEST(DifferenceTest, NamesTheFirstPlaceWhereAChannelBehavesDifferently) {
  const SuiteResult before = SuiteWithConduct({"Newchannel Ring", "Newstate Up", "Hangup 16"});
  EXPECT_TRUE(Differences(before, before).empty());
  EXPECT_EQ(
      Differences(before, SuiteWithConduct({"Newchannel Ring", "Hangup 21"})),
      (std::vector<std::string>{"scenario busy: channel Skype/james_bond-* #1, 2: Newstate Up "
                                "-> Hangup 21"}));
  EXPECT_EQ(Differences(before, SuiteWithConduct({"Newchannel Ring", "Newstate Up"})),
            (std::vector<std::string>{"scenario busy: channel Skype/james_bond-* #1, 3: Hangup 16 "
                                      "-> (nothing)"}));
}

TEST(DifferenceTest, SaysOnlyTheVerdictOfWhatOneSideCannotRun) {
  EXPECT_EQ(Differences(Suite(Verdict::kUnsupported), SuiteWithConduct({"Newchannel Ring"})),
            (std::vector<std::string>{"SFA-1-14: unsupported -> pass",
                                      "scenario busy: unsupported -> pass"}));
}

TEST(DifferenceTest, TakesAwayWhatHasBeenReviewed) {
  ReviewedDifferences reviewed(
      "# both are right\nscenario busy: * -> Hangup *\nscenario gone: *\n");
  EXPECT_EQ(reviewed.Without({"scenario busy: x, 2: Newstate Up -> Hangup 21", "SFA-1-14: a -> b"}),
            (std::vector<std::string>{"SFA-1-14: a -> b"}));
  EXPECT_EQ(reviewed.Stale(), (std::vector<std::string>{"scenario gone: *"}));
}

}  // namespace
}  // namespace sfa::reports
