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

TEST(ProgramTest, EveryWrongUseEndsWithTwoAndSaysWhatIsAllowed) {
  const TemporaryDirectory directory;
  const std::string& at = directory.path();
  ASSERT_TRUE(WriteFile(at + "/empty.sqlite", "").ok());
  const std::string run = "run " SFA_SOURCE_ROOT "/scenarios/outgoing-busy.yaml ";
  const struct {
    std::string arguments, found, allowed;
  } cases[] = {
      {"", "no command", "conform, run, matrix, report, lab, client or bench"},
      {"--json", "unknown command '--json'", "conform, run, matrix, report, lab, client or bench"},
      {"rnu x", "unknown command 'rnu'", "did you mean 'run'?"},
      {"conform --frobnicate", "--frobnicate", "'conform' takes "},
      {"conform extra", "extra", "'conform' takes "},
      {"run", "FILE is required", "'run' takes FILE"},
      {"run a b", "not expected: b", "'run' takes FILE"},
      {"run x --jsn", "--jsn", "did you mean '--json'?"},
      {"run ''", "No such file", ""},
      {"run " + at, "it is a directory", ""},
      {"run /dev/zero", "/dev/zero", "more than"},
      {"run /dev/null", "0 YAML documents", "exactly one"},
      {run + "--on", "--on", "'run' takes "},
      {run + "--on ''", "found ''", "sim, asterisk-22 or asterisk-16"},
      {run + "--on asterisk-23", "found 'asterisk-23'", "sim, asterisk-22 or asterisk-16"},
      {run + "--seed -1", "found '-1'", "a whole number from 0 to 18446744073709551615"},
      {run + "--seed abc", "found 'abc'", "a whole number"},
      {run + "--seed 0x10", "found '0x10'", "a whole number"},
      {run + "--seed ''", "found ''", "a whole number"},
      {run + "--seed 18446744073709551616", "found '18446744073709551616'", "a whole number"},
      {run + "--seed 1 --seed 2", "--seed", "At Most 1"},
      {run + "--out /proc/sfalab", "/proc/sfalab", "a directory in which files can be made"},
      {run + "--out /dev/null/x", "/dev/null/x", "a directory in which files can be made"},
      {run + "--out " + at + "/empty.sqlite", "empty.sqlite", "a directory in which files"},
      {"conform --jobs 0", "0", "1 to 256"},
      {"conform --jobs -1", "-1", "1 to 256"},
      {"conform --jobs 1000000", "1000000", "1 to 256"},
      {"conform --jobs many", "many", "1 to 256"},
      {"conform --longest 45", "45", "a duration such as 45s"},
      {"conform --longest 1ms --out " + at + "/o", "--longest", ", asterisk-hangs-up, "},
      {"conform --long --out " + at + "/o", "needs a real Asterisk", "--on asterisk-22"},
      {"conform --long --jobs 2", "excludes", "'conform' takes "},
      {"conform --filter none-such --out " + at + "/o", "none-such", ", asterisk-hangs-up, "},
      {"report", "RUN is required", "'report' takes RUN"},
      {"report a b c", "received 3", "'report' takes RUN"},
      {"report " + at + "/none", "No such file", ""},
      {"report " + at, "results.sqlite", ""},
      {"report " + at + "/empty.sqlite", "not a result store", "results.sqlite"},
      {"bench extra", "extra", "'bench' takes "},
  };
  for (const auto& each : cases) {
    const ChildResult result = Program(each.arguments);
    EXPECT_EQ(result.exit_code, 2) << each.arguments;
    EXPECT_THAT(result.output, HasSubstr(each.found)) << each.arguments;
    EXPECT_THAT(result.output, HasSubstr(each.allowed)) << each.arguments;
  }
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
