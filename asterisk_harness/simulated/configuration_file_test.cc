#include "asterisk_harness/simulated/configuration_file.h"

#include <gtest/gtest.h>

#include <map>

namespace sfa::harness {
namespace {

Result<Configuration> Read(const std::map<std::string, std::string>& files) {
  return ReadConfiguration("a.conf", [&](const std::string& name) -> std::optional<std::string> {
    const auto found = files.find(name);
    if (found == files.end()) return std::nullopt;
    return found->second;
  });
}

std::string ErrorOf(const std::string& text) {
  const Result<Configuration> result = Read({{"a.conf", text}});
  return result.ok() ? "" : result.error().message;
}

TEST(ConfigurationFile, KeepsOrderAndLineNumbers) {
  const Result<Configuration> result =
      Read({{"a.conf",
             "; first\n[general]\nx = 1 ; one\n\n[james_bond]\nexten => 007,1,NoOp(a\\;b)\n"}});
  ASSERT_TRUE(result.ok());
  const auto& lines = result->lines;
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].section, "general");
  EXPECT_EQ(lines[0].name, "");
  EXPECT_EQ(lines[1].name, "x");
  EXPECT_EQ(lines[1].value, "1");
  EXPECT_EQ(lines[1].line, 3);
  EXPECT_EQ(lines[3].value, "007,1,NoOp(a;b)");
  EXPECT_EQ(lines[3].line, 6);
  EXPECT_EQ(result->Get("GENERAL", "X"), "1");
  EXPECT_EQ(result->Get("general", "y"), std::nullopt);
}

TEST(ConfigurationFile, BlockCommentsSpanLines) {
  const Result<Configuration> result =
      Read({{"a.conf", "[a]\nx=1;-- hidden\ny=2\n--;z=3\n;--- not a block\nw=4\n"}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->Get("a", "x"), "1");
  EXPECT_EQ(result->Get("a", "y"), std::nullopt);
  EXPECT_EQ(result->Get("a", "z"), "3");
  EXPECT_EQ(result->Get("a", "w"), "4");
}

TEST(ConfigurationFile, FollowsIncludes) {
  const Result<Configuration> result =
      Read({{"a.conf", "[a]\n#include \"b.conf\"\nx=1\n"}, {"b.conf", "y=2\n[b]\nz=3\n"}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->Get("a", "y"), "2");
  EXPECT_EQ(result->Get("b", "z"), "3");
  EXPECT_EQ(result->Get("b", "x"), "1");
  EXPECT_EQ(result->lines[1].file, "b.conf");
}

TEST(ConfigurationFile, TemplatesAreInheritedAndNotListed) {
  const Result<Configuration> result = Read(
      {{"a.conf", "[user](!)\nallow=ulaw\n[bond](user)\nsecret=x\n[bond](+)\nallow+=,alaw\n"}});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->Get("user", "allow"), std::nullopt);
  EXPECT_EQ(result->Get("bond", "allow"), "ulaw,alaw");
  EXPECT_EQ(result->Get("bond", "secret"), "x");
}

TEST(ConfigurationFile, MistakesNameFileAndLine) {
  EXPECT_EQ(ErrorOf("\nx=1\n").substr(0, 9), "a.conf:2:");
  EXPECT_EQ(ErrorOf("[general\n"), "a.conf:1: parse error: no closing ']'");
  EXPECT_EQ(ErrorOf("[a](b\n"), "a.conf:1: parse error: no closing ')'");
  EXPECT_EQ(ErrorOf("[a](nobody)\n"),
            "a.conf:1: Inheritance requested, but category 'nobody' does not exist");
  EXPECT_EQ(ErrorOf("[a]\n#include missing.conf\n"),
            "a.conf:2: The file 'missing.conf' was listed as a #include but it does not exist.");
  EXPECT_EQ(ErrorOf("#include a.conf\n"), "a.conf:1: Maximum Include level exceeded");
  EXPECT_NE(ErrorOf("[a]\n#exec /bin/true\n"), "");
}

TEST(ConfigurationFile, WhatGrowsHasABound) {
  std::string appended = "[a]\n";
  for (int i = 0; i < 100'000; ++i) appended += "x+=yyyyyyyy\n";
  EXPECT_NE(ErrorOf(appended).find("more than 32 MiB"), std::string::npos);
  std::string inherited = "[t](!)\nx=" + std::string(500'000, 'y') + "\n";
  for (int i = 0; i < 10'000; ++i) inherited += "[s" + std::to_string(i) + "](t)\n";
  EXPECT_NE(ErrorOf(inherited).find("more than 32 MiB"), std::string::npos);
}

TEST(ConfigurationFile, WarnsAndGoesOn) {
  const Result<Configuration> result = Read({{"a.conf", "[a]\nnonsense\n#frob x\ny=1\n"}});
  ASSERT_TRUE(result.ok());
  ASSERT_EQ(result->warnings.size(), 2u);
  EXPECT_EQ(result->warnings[0], "No '=' (equal sign) in line 2 of a.conf");
  EXPECT_EQ(result->warnings[1], "Unknown directive '#frob' at line 3 of a.conf");
  EXPECT_EQ(result->Get("a", "y"), "1");
}

TEST(ConfigurationFile, MissingFileIsNotFound) {
  const Result<Configuration> result = Read({});
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace sfa::harness
