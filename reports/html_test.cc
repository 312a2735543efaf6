#include "reports/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
  result.checks = {{"SFA-1-14", "<script>", Verdict::kFail, "it's \x01", Duration(1500000000)},
                   {"", "the platform works", Verdict::kInconclusive, "late", {}}};
  result.lanes = {"austin", "asterisk"};
  result.ladder = {{Duration(1000000), "austin", "asterisk", "call <james>"},
                   {Duration(2000000), "asterisk", "asterisk", "NoOp"},
                   {Duration(3000000), "nobody", "asterisk", "lost"}};
  result.captures = {"captures/busy/office.pcap"};
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
  EXPECT_THAT(html, HasSubstr("1.500 s"));
  EXPECT_THAT(html, Not(HasSubstr("<script>")));
  EXPECT_THAT(html, Not(HasSubstr("http://"))) << "nothing comes from outside";
}

TEST(LadderTest, LongOnesAreCutAndSaySo) {
  CaseResult result = Suite().cases[0];
  for (int i = 0; i < 1000; ++i) result.ladder.push_back(result.ladder[0]);
  const std::string svg = LadderSvg(result);
  EXPECT_THAT(svg, HasSubstr("and 603 more"));
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
