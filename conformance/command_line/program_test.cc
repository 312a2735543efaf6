// The program as its users meet it: what it prints, what it writes, with which exit code it ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/host/children.h"
#include "conformance/host/files.h"
#include "conformance/results/json.h"

namespace sfa::conformance {
namespace {

using testing::HasSubstr;

// Standard output and error together.
ChildResult Program(const std::string& arguments) {
  return RunChild({"sh", "-c", "\"$0\" --source-root \"$1\" " + arguments + " 2>&1", SFA_PROGRAM,
                   SFA_SOURCE_ROOT});
}

TEST(ProgramTest, WrongUseIsAnsweredWithTheNearestWord) {
  ChildResult result = Program("confrm");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("did you mean 'conform'?"));
  result = Program("conform --filtr x");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("did you mean '--filter'?"));
  result = Program("run x --on asterisk-21");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("did you mean 'asterisk-22'?"));
  result = Program("conform --filter incoming-cal-public");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("did you mean 'incoming-call-public'?"));
}

TEST(ProgramTest, ABrokenScenarioIsAnsweredWithItsPlace) {
  const TemporaryDirectory directory;
  const std::string file = directory.path() + "/broken.yaml";
  ASSERT_TRUE(WriteFile(file, "scenario: broken\nsummry: x\n").ok());
  ChildResult result = Program("run " + file);
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr(file + ":2:1: unknown key 'summry'"));
  EXPECT_THAT(result.output, HasSubstr("did you mean 'summary'?"));
  result = Program("run " + directory.path() + "/none.yaml");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("No such file or directory"));
}

TEST(ProgramTest, RunsOneScenario) {
  const ChildResult result =
      Program("run --json " SFA_SOURCE_ROOT "/scenarios/incoming-call-two-nats.yaml");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  const Result<CaseResult> parsed = CaseResultFromJson(result.output);
  ASSERT_TRUE(parsed.ok()) << result.output;
  EXPECT_EQ(parsed->verdict(), Verdict::kPass);
}

TEST(ProgramTest, WorkersGiveTheSameResultAsOneProcess) {
  const TemporaryDirectory one, two;
  const std::string filter = " --filter 'incoming-call-*'";
  EXPECT_EQ(Program("conform --out " + one.path() + filter).exit_code, 0);
  EXPECT_EQ(Program("conform --jobs 2 --out " + two.path() + filter).exit_code, 0);
  for (const char* name : {"report.html", "junit.xml", "results.sqlite"}) {
    EXPECT_TRUE(ReadFile(one.path() + "/" + name).ok()) << name;
  }
  EXPECT_EQ(*ReadFile(one.path() + "/report.html"), *ReadFile(two.path() + "/report.html"));
  const ChildResult difference = Program("report " + one.path() + " " + two.path());
  EXPECT_EQ(difference.exit_code, 0);
  EXPECT_EQ(difference.output, "no difference\n");
}

TEST(ProgramTest, ReportRefusesWhatIsNoStore) {
  const ChildResult result = Program("report " SFA_SOURCE_ROOT "/scenarios/schema.json");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.output, HasSubstr("is not a result store"));
}

}  // namespace
}  // namespace sfa::conformance
