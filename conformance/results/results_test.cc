#include "conformance/results/results.h"

#include <gtest/gtest.h>

#include "conformance/results/json.h"

namespace sfa::conformance {
namespace {

TEST(ResultsTest, FailOutweighsInconclusiveOutweighsPass) {
  using enum Verdict;
  EXPECT_EQ(Compose({kPass, kInconclusive, kFail}), kFail);
  EXPECT_EQ(Compose({kPass, kInconclusive}), kInconclusive);
  EXPECT_EQ(Compose({kPass, kUnsupported}), kPass);
  EXPECT_EQ(Compose({kUnsupported}), kUnsupported);
  EXPECT_EQ(Compose({}), kInconclusive);
}

TEST(ResultsTest, SurviveJson) {
  SuiteResult suite;
  suite.target = "sim";
  suite.seed = 18446744073709551615u;
  CaseResult result;
  result.name = "a";
  result.checks = {{"SFA-1-01", "looked \xFF", Verdict::kFail, "seen", Duration(5)}};
  result.lanes = {"x", "asterisk"};
  result.ladder = {{Duration(7), "x", "asterisk", "call"}};
  suite.cases = {result};
  suite.requirements = {{"SFA-1-01", "mandatory", "s", Verdict::kFail, {"a"}}};
  const std::string text = Dump(ToJson(suite));
  const Result<SuiteResult> back = SuiteResultFromJson(text);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(Dump(ToJson(*back)), text);
  EXPECT_EQ(back->verdict(), Verdict::kFail);
  EXPECT_FALSE(SuiteResultFromJson("{}").ok());
  EXPECT_FALSE(CaseResultFromJson("no").ok());
}

}  // namespace
}  // namespace sfa::conformance
