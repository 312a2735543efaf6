#include "conformance/results/results.h"

#include <gtest/gtest.h>

#include "conformance/results/json.h"
#include "conformance/results/pattern.h"

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

TEST(ResultsTest, OnlyMandatoryAndConditionalOnesCount) {
  SuiteResult suite;
  suite.requirements = {{"SFA-1-01", "mandatory", "s", Verdict::kPass, {}},
                        {"SFA-1-11", "informative", "s", Verdict::kFail, {}},
                        {"SFA-X-01", "extension", "s", Verdict::kFail, {}}};
  EXPECT_EQ(suite.verdict(), Verdict::kPass);
  suite.requirements.push_back({"SFA-1-13", "conditional", "s", Verdict::kFail, {}});
  EXPECT_EQ(suite.verdict(), Verdict::kFail);
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
  suite.without_scenario = {{"SFA-X-02", "extension", "t"}};
  const std::string text = Dump(ToJson(suite));
  const Result<SuiteResult> back = SuiteResultFromJson(text);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(Dump(ToJson(*back)), text);
  EXPECT_EQ(back->verdict(), Verdict::kFail);
  ASSERT_EQ(back->without_scenario.size(), 1u);
  EXPECT_EQ(back->without_scenario[0].statement, "t");
  EXPECT_FALSE(SuiteResultFromJson("{}").ok());
  EXPECT_FALSE(CaseResultFromJson("no").ok());
}

TEST(Pattern, StarIsAnythingAndQuestionMarkOneCharacter) {
  EXPECT_TRUE(Matches("*", ""));
  EXPECT_FALSE(Matches("?*", ""));
  EXPECT_TRUE(Matches("?*", "x"));
  EXPECT_TRUE(Matches("a?c*", "abcd"));
  EXPECT_FALSE(Matches("a?c", "ac"));
  EXPECT_FALSE(Matches("a?c", "abbc"));
  EXPECT_TRUE(Matches("*-?", "Skype/x-1"));
}

}  // namespace
}  // namespace sfa::conformance
