#include "asterisk_harness/simulated/regex.h"

#include <gtest/gtest.h>

#include <string>

namespace sfa::harness {
namespace {

int Compile(const std::string& pattern) {
  regex_t compiled;
  const int error = CompileRegex(pattern, 0, &compiled);
  if (error == 0) regfree(&compiled);
  return error;
}

TEST(Regex, TakesWhatDialplansHave) {
  for (const char* pattern :
       {"Skype/([a-z_]*)", "^[0-9]{10,15}$", "(a|b)+c?", "[]x]+", "[^]]*", "\\+44", "a{2,}", ""}) {
    EXPECT_EQ(Compile(pattern), 0) << pattern;
  }
  EXPECT_EQ(Compile(std::string(512, 'a')), 0);
}

TEST(Regex, SaysWhatIsWrongAsTheLibraryDoes) {
  EXPECT_EQ(Compile("("), REG_EPAREN);
  EXPECT_NE(Compile("["), 0);
}

// Each would take gigabytes.
TEST(Regex, RefusesWhatWouldFillTheMemory) {
  for (const std::string& pattern :
       {"C" + std::string(100, '+') + "(()", std::string("(((((a{20}){20}){20}){20}){20})"),
        std::string("(((((((((((((((a+)+)+)+)+)+)+)+)+)+)+)+)+)+)+)"), std::string("a{255}{255}"),
        std::string("(a{99999999999999999999})"),
        "(" + std::string(30, 'a') + "|" + std::string(30, '+') + ")" + std::string(40, '+')}) {
    EXPECT_GT(RegexNodes(pattern), kMostRegexNodes) << pattern;
    EXPECT_EQ(Compile(pattern), REG_ESPACE) << pattern;
  }
}

TEST(Regex, RepetitionsAreOfWhatStandsBeforeThem) {
  EXPECT_EQ(RegexNodes("abc"), 3U);
  EXPECT_EQ(RegexNodes("abc+"), 4U);
  EXPECT_EQ(RegexNodes("(abc)+"), 8U);
  EXPECT_EQ(RegexNodes("ab{3}"), 5U);
  EXPECT_EQ(RegexNodes("a\\+b"), 3U);
  EXPECT_EQ(RegexNodes("[+*{]"), 1U);
}

}  // namespace
}  // namespace sfa::harness
