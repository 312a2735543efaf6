#include "asterisk_harness/simulated/expression.h"

#include <gtest/gtest.h>

namespace sfa::harness {
namespace {

struct Case {
  const char* expression;
  const char* value;
  const char* warning;  // the first one contains it; "" for none at all
};

class ExpressionTable : public ::testing::TestWithParam<Case> {};

TEST_P(ExpressionTable, GivesAsterisksValue) {
  const ExpressionResult result = EvaluateExpression(GetParam().expression);
  EXPECT_EQ(result.value, GetParam().value) << GetParam().expression;
  if (*GetParam().warning == '\0') {
    EXPECT_TRUE(result.warnings.empty()) << result.warnings[0];
  } else {
    ASSERT_FALSE(result.warnings.empty()) << GetParam().expression;
    EXPECT_NE(result.warnings[0].find(GetParam().warning), std::string::npos) << result.warnings[0];
  }
}

INSTANTIATE_TEST_SUITE_P(
    Values, ExpressionTable,
    ::testing::Values(
        Case{"", "", ""}, Case{"1 + 2", "3", ""}, Case{"1+2*3", "7", ""}, Case{"(1+2)*3", "9", ""},
        Case{"7 / 2", "3.5", ""}, Case{"7 % 4", "3", ""}, Case{"10 - 2 - 3", "5", ""},
        Case{"-3 + 5", "2", ""}, Case{"007 + 1", "8", ""}, Case{"007", "007", ""},
        Case{"1 / 3", "0.333333333333333333", ""}, Case{"1 = 1.0", "1", ""},
        Case{"\"1\" = \"1.0\"", "0", ""}, Case{"abc = abc", "1", ""},
        Case{"\"abc\" = abc", "0", ""}, Case{"\"\" = \"\"", "1", ""},
        Case{"\"a\" != \"\"", "1", ""}, Case{"2 > 10", "0", ""}, Case{"b > a", "1", ""},
        Case{"3 >= 3", "1", ""}, Case{"2 <= 1", "0", ""}, Case{"1 | 0", "1", ""},
        Case{"0 | 5", "5", ""}, Case{"abc | 0", "abc", ""}, Case{"1 & 0", "0", ""},
        Case{"3 & 4", "3", ""}, Case{"0 & 1 | 1", "1", ""}, Case{"1 || 0 && 0", "1", ""},
        Case{"!0", "1", ""}, Case{"!5", "0", ""}, Case{"!abc", "1", ""}, Case{"!1 = 0", "1", ""},
        Case{"1 ? yes :: no", "yes", ""}, Case{"0 ? yes :: no", "no", ""},
        Case{"\"\" ? yes :: no", "no", ""}, Case{"\"austin\" : \"au(.*)\"", "stin", ""},
        Case{"james : j..", "3", ""}, Case{"james : ames", "0", ""}, Case{"james =~ ames", "4", ""},
        Case{"james : \"(x)\"", "", ""}, Case{"james : (x)", "0", ""},
        Case{"\"a\" ~~ \"b\"", "ab", ""}, Case{"FLOOR(3.7)", "3", ""},
        Case{"ROUND(3.5) + 1", "5", ""}, Case{"echo123", "echo123", ""},
        Case{"james_bond", "james_bond", ""}, Case{"555.5555", "555.5555", ""}));

INSTANTIATE_TEST_SUITE_P(
    Mistakes, ExpressionTable,
    ::testing::Values(
        // A buddy's name in While($[${buddy}]): the minus sign is an operator.
        Case{"test-test", "0", "non-numeric argument"},
        Case{"austin powers", "austin", "unexpected '<token>', expecting $end"},
        Case{"= 1", "", "unexpected '=', expecting $end"},
        Case{"1 =", "0", "unexpected $end, expecting '-' or '!' or '(' or '<token>'"},
        Case{"(1 + 2", "0", "unexpected $end"}, Case{"1 + * 2", "0", "unexpected '*'"},
        Case{"abc + 1", "1", "non-numeric argument"}, Case{"1 + abc", "1", ""},
        Case{"2 * abc", "0", "non-numeric argument"},
        Case{"5 / 0", "2147483647", "division by zero"}, Case{"5 % 0", "0", "div by zero"},
        Case{"a : (", "0", "unexpected $end"}, Case{"a : \"(\"", "", "regcomp() error"},
        Case{"NOSUCH(1)", "0", "available function"}));

TEST(Expression, WarningShowsWhereItStumbled) {
  const ExpressionResult result = EvaluateExpression("one two");
  ASSERT_EQ(result.warnings.size(), 2u);
  EXPECT_EQ(result.warnings[0],
            "ast_yyerror():  syntax error: syntax error, unexpected '<token>', expecting $end; "
            "Input:\none two\n    ^");
}

TEST(Expression, NestingIsBounded) {
  const ExpressionResult result = EvaluateExpression(std::string(100000, '('));
  EXPECT_EQ(result.value, "0");
  EXPECT_FALSE(result.warnings.empty());
}

TEST(Expression, CallsDialplanFunctions) {
  const ExpressionResult result = EvaluateExpression(
      "LEN(abc) + 1",
      [](const std::string& name, const std::string& arguments, std::string* value) {
        *value = std::to_string(arguments.size());
        return name == "LEN";
      });
  EXPECT_EQ(result.value, "4");
}

TEST(Condition, IsTrueAsWhileReadsIt) {
  EXPECT_FALSE(IsTrueCondition(""));
  EXPECT_FALSE(IsTrueCondition("0"));
  EXPECT_TRUE(IsTrueCondition("12"));
  EXPECT_TRUE(IsTrueCondition("james_bond"));
  EXPECT_FALSE(IsTrueCondition("0abc"));
}

}  // namespace
}  // namespace sfa::harness
