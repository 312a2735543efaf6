#include "reports/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "reports/escape.h"
#include "reports/junit.h"
#include "reports/ladder.h"

namespace sfa::reports {
namespace {

using conformance::CaseResult;
using conformance::SuiteResult;
using conformance::Verdict;
using testing::HasSubstr;
using testing::Not;

SuiteResult Suite() {
  CaseResult result;
  result.name = "busy";
  result.checks = {{"SFA-1-14", "{requirement: SFA-1-14, <script>}", Verdict::kFail, "it's \x01",
                    Duration(3000000)},
                   {"", "the platform works", Verdict::kInconclusive, "late", {}}};
  result.lanes = {"austin", "asterisk"};
  result.ladder = {{Duration(1000000), "austin", "asterisk", "call <james>"},
                   {Duration(2000000), "asterisk", "asterisk", "NoOp"},
                   {Duration(3000000), "asterisk", "austin", "busy"},
                   {Duration(4000000), "nobody", "asterisk", "lost"},
                   {Duration(2004000000), "asterisk", "asterisk", "Hangup"}};
  result.captures = {"captures/busy/office.pcap", "captures/busy/supernode-1.pcap"};
  result.folder = "failures/busy";
  SuiteResult suite;
  suite.target = "sim";
  suite.cases = {result};
  suite.requirements = {{"SFA-1-14", "mandatory", "s & t", Verdict::kFail, {"busy"}}};
  return suite;
}

TEST(EscapeTest, MakesTextHarmless) {
  EXPECT_EQ(Escape("<a href='x'>&\""), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
  EXPECT_EQ(Escape("\xC3\xA4 \xC3 \x01"), "\xC3\xA4 \xEF\xBF\xBD \xEF\xBF\xBD");
  EXPECT_EQ(Escape("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(HtmlTest, ShowsVerdictsLadderAndLinks) {
  const std::string html = RenderHtml(Suite());
  EXPECT_THAT(html, HasSubstr("<span class=\"badge fail\">fail</span>"));
  EXPECT_THAT(html, HasSubstr("href=\"#busy\""));
  EXPECT_THAT(html, HasSubstr("href=\"captures/busy/office.pcap\""));
  EXPECT_THAT(html, HasSubstr("<svg class=\"ladder\""));
  EXPECT_THAT(html, HasSubstr("call &lt;james&gt;"));
  EXPECT_THAT(html, HasSubstr("href=\"failures/busy/trace.jsonl\""));
  EXPECT_THAT(html, HasSubstr("1 more captures"));
  EXPECT_THAT(html, HasSubstr("0.003\xC2\xA0s"));
  EXPECT_THAT(html, HasSubstr("<code>{&lt;script&gt;}</code>")) << "without the requirement";
  EXPECT_THAT(html, Not(HasSubstr("<script>}")));
  EXPECT_THAT(html, Not(HasSubstr("http://"))) << "nothing comes from outside";
}

// The positions of the needles in the text; -1 for what is not there.
std::vector<int> Positions(const std::string& text, const std::vector<std::string>& needles) {
  std::vector<int> positions;
  for (const std::string& needle : needles) {
    const size_t found = text.find(needle);
    positions.push_back(found == std::string::npos ? -1 : static_cast<int>(found));
  }
  return positions;
}

TEST(HtmlTest, WhatDidNotPassComesFirstWithItsReason) {
  SuiteResult suite = Suite();
  CaseResult good;
  good.name = "answered";
  good.checks = {{"SFA-2.4-01", "it runs", Verdict::kPass, "", {}}};
  suite.cases.insert(suite.cases.begin(), good);
  suite.requirements.push_back({"SFA-2.4-01", "mandatory", "t", Verdict::kPass, {"answered"}});
  suite.catalogued = 64;
  const std::string html = RenderHtml(suite);
  const std::vector<int> positions = Positions(
      html, {"2 of the catalogue&#39;s 64", "What did not pass", "it&#39;s", "Chapter 1 of",
             "Chapter 2 of", "id=\"busy\" data-verdict=\"fail\" open", "id=\"answered\""});
  EXPECT_THAT(positions, Not(testing::Contains(-1)));
  EXPECT_TRUE(std::is_sorted(positions.begin(), positions.end())) << html;
  suite = Suite();
  suite.cases = {good};
  EXPECT_THAT(RenderHtml(suite), Not(HasSubstr("What did not pass")));
}

TEST(HtmlTest, ListsWhatHasNoScenarioByChapter) {
  SuiteResult suite = Suite();
  EXPECT_THAT(RenderHtml(suite), Not(HasSubstr("without a scenario")));
  suite.catalogued = 64;
  suite.without_scenario = {{"SFA-3.1-02", "mandatory", "a <secret>"},
                            {"SFA-3.2-01", "conditional", "b"},
                            {"SFA-X-01", "extension", "c"}};
  const std::string html = RenderHtml(suite);
  const std::vector<int> positions = Positions(
      html, {"Requirements without a scenario", "3 of the catalogue&#39;s 64",
             "Chapter 3 of the manual", "<b>2</b> requirements", "id=\"SFA-3.1-02\"",
             "a &lt;secret&gt;", "(conditional)", "Beyond the manual", "id=\"SFA-X-01\""});
  EXPECT_THAT(positions, Not(testing::Contains(-1)));
  EXPECT_TRUE(std::is_sorted(positions.begin(), positions.end())) << html;
}

TEST(HtmlTest, ManyScenariosOfARequirementAreFolded) {
  SuiteResult suite = Suite();
  for (const char* name : {"a", "b", "c", "d"}) {
    suite.cases.push_back({});
    suite.cases.back().name = name;
    suite.cases.back().checks = {{"SFA-1-14", "x", Verdict::kPass, "", {}}};
    suite.requirements[0].cases.insert(suite.requirements[0].cases.begin(), name);
  }
  suite.requirements[0].cases.erase(suite.requirements[0].cases.begin());  // d
  EXPECT_THAT(RenderHtml(suite), Not(HasSubstr(" more</summary>")));
  suite.requirements[0].cases.push_back("d");
  const std::string html = RenderHtml(suite);
  EXPECT_THAT(html, HasSubstr("and 2 more</summary><a href=\"#c\">"));
  EXPECT_THAT(html, HasSubstr("\"by\"><a href=\"#busy\">")) << "first the one that failed";
}

TEST(LadderTest, MarksWhatFailedAndWhereTimePasses) {
  const std::string svg = LadderSvg(Suite().cases[0]);
  EXPECT_THAT(svg, HasSubstr("<g class=\"bad\"><title>busy</title>"));
  EXPECT_THAT(svg, HasSubstr("<g><title>NoOp</title>"));
  EXPECT_THAT(svg, testing::ContainsRegex("class=\"pause\".*\n.*2\\.004 s.*Hangup"));
  EXPECT_THAT(svg, Not(HasSubstr("lost"))) << "there is no such lane";
}

TEST(LadderTest, LongLabelsAreCutBetweenCharacters) {
  CaseResult result = Suite().cases[0];
  for (int i = 0; i < 60; ++i) result.ladder[0].label += "\xC3\xA4";
  const std::string svg = LadderSvg(result);
  EXPECT_THAT(svg, HasSubstr("\xC3\xA4\xE2\x80\xA6</text>"));
  EXPECT_THAT(svg, Not(HasSubstr("\xEF\xBF\xBD")));
}

TEST(LadderTest, LongOnesAreCutAndSaySo) {
  CaseResult result = Suite().cases[0];
  for (int i = 0; i < 1000; ++i) result.ladder.push_back(result.ladder[0]);
  const std::string svg = LadderSvg(result);
  EXPECT_THAT(svg, HasSubstr("and 605 more"));
  EXPECT_EQ(LadderSvg(CaseResult{}), "");
}

TEST(JunitTest, TellsFailuresFromErrors) {
  const std::string xml = RenderJunit(Suite());
  EXPECT_THAT(xml, HasSubstr("tests=\"2\" failures=\"1\" errors=\"1\" skipped=\"0\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"it&#39;s \xEF\xBF\xBD\">"));
  EXPECT_THAT(xml, HasSubstr("<error message=\"late\">"));
}

}  // namespace
}  // namespace sfa::reports
