#include "conformance/scenario/input_error.h"

#include <gtest/gtest.h>

namespace sfa::conformance {
namespace {

TEST(InputErrorTest, NamesThePlaceAsCompilersDo) {
  EXPECT_EQ(ToString({{"a.yaml", 3, 7}, "wrong"}), "a.yaml:3:7: wrong");
  EXPECT_EQ(ToString({{"a.yaml"}, "wrong"}), "a.yaml: wrong");
}

TEST(InputErrorTest, FindsTheNearestWord) {
  const std::vector<std::string> words = {"answer", "reject", "hangup"};
  EXPECT_EQ(NearestWord("hagnup", words), "hangup");
  EXPECT_EQ(NearestWord("hang_up", words), "hangup");
  EXPECT_EQ(NearestWord("Answer", words), "answer");
  EXPECT_EQ(NearestWord("telephone", words), "");
  EXPECT_EQ(NearestWord("", words), "");
  EXPECT_EQ(NearestWord(std::string(100000, 'x'), words), "");
}

TEST(InputErrorTest, ListsWhatIsAllowed) {
  EXPECT_EQ(AllowedWords("bussy", {"busy", "no-answer"}),
            "busy or no-answer; did you mean 'busy'?");
  EXPECT_EQ(AllowedWords("x-ray", {"a"}), "a");
}

}  // namespace
}  // namespace sfa::conformance
