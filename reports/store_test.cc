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

}  // namespace
}  // namespace sfa::reports
