// What people type is read by the code that reads a scenario's steps, so it knows the same verbs
// and refuses the same mistakes.
#include "conformance/lab/verb_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/runner/library.h"

namespace sfa::conformance {
namespace {

using testing::HasSubstr;

TEST(SplitVerbLineTest, TheFirstWordIsTheVerb) {
  const auto call = SplitVerbLine("  call   james_bond \r\n");
  ASSERT_TRUE(call);
  EXPECT_EQ(call->verb, "call");
  EXPECT_EQ(call->argument, "james_bond");
  const auto answer = SplitVerbLine("answer");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->verb, "answer");
  EXPECT_EQ(answer->argument, "");
  EXPECT_EQ(SplitVerbLine("cli core show channels")->argument, "core show channels");
}

TEST(SplitVerbLineTest, EmptyLinesAndCommentsSayNothing) {
  for (const char* line : {"", "  ", "\t\r\n", "# call james_bond", "  #"}) {
    EXPECT_FALSE(SplitVerbLine(line)) << line;
  }
  EXPECT_EQ(SplitVerbLine("dtmf 42#")->argument, "42#");
}

class VerbTest : public testing::Test {
 protected:
  VerbTest() {
    std::vector<InputError> errors;
    library_ = Library::Open(SFA_SOURCE_ROOT, errors);
    if (library_) {
      scenario_ =
          library_->LoadFile(SFA_SOURCE_ROOT "/scenarios/incoming-call-two-nats.yaml", errors);
    }
    for (const InputError& error : errors) ADD_FAILURE() << ToString(error);
  }

  LoadedStep Read(const std::string& as, const std::string& line) {
    const auto said = SplitVerbLine(line);
    return LoadStep(as, said->verb, said->argument, *scenario_, library_->schema());
  }
  std::string ReasonOf(const std::string& as, const std::string& line) {
    const LoadedStep loaded = Read(as, line);
    EXPECT_FALSE(loaded.step) << line;
    return Reason(loaded);
  }

  std::optional<Library> library_;
  std::optional<Scenario> scenario_;
};

TEST_F(VerbTest, AVerbBecomesTheStepThatStandsInAFile) {
  const LoadedStep call = Read("austin_powers", "call james_bond");
  ASSERT_TRUE(call.step) << Reason(call);
  EXPECT_EQ(call.step->actor, "austin_powers");
  EXPECT_EQ(call.step->verb, "call");
  EXPECT_EQ(call.step->argument, "james_bond");
  EXPECT_EQ(Read("austin_powers", "dtmf 42#").step->argument, "42#");
  EXPECT_EQ(Read("austin_powers", "dtmf 007").step->argument, "007");
  EXPECT_EQ(Read("austin_powers", "hangup").step->verb, "hangup");
}

TEST_F(VerbTest, StructuredArgumentsAreYaml) {
  const LoadedStep originate =
      Read("asterisk", "originate {Channel: Skype/austin_powers, Context: demo, Exten: '007'}");
  ASSERT_TRUE(originate.step) << Reason(originate);
  EXPECT_EQ(originate.step->headers,
            (Fields{{"Channel", "Skype/austin_powers"}, {"Context", "demo"}, {"Exten", "007"}}));
  const LoadedStep wall = Read("network", "firewall {home: udp-blocked}");
  ASSERT_TRUE(wall.step) << Reason(wall);
  EXPECT_EQ(wall.step->argument, "home");
  ASSERT_TRUE(wall.step->firewall);
}

// A line is changed where it is told, and stays as the scenario has it otherwise.
TEST_F(VerbTest, ALineKeepsWhatIsNotSaid) {
  const LoadedStep link = Read("network", "link {home: {loss: 10%}}");
  ASSERT_TRUE(link.step && link.step->line) << Reason(link);
  EXPECT_DOUBLE_EQ(link.step->line->up.loss, 0.1);
  EXPECT_EQ(link.step->line->up.delay, std::chrono::milliseconds(20));
}

TEST_F(VerbTest, MistakesAreToldAsInAScenario) {
  EXPECT_THAT(ReasonOf("austin_powers", "cal james_bond"), HasSubstr("did you mean 'call'?"));
  EXPECT_THAT(ReasonOf("austin_powers", "call james_bonn"),
              HasSubstr("did you mean 'james_bond'?"));
  EXPECT_THAT(ReasonOf("austin_powers", "dtmf hello"), HasSubstr("0-9 * # A-D"));
  EXPECT_THAT(ReasonOf("austin_powers", "dtmf"), HasSubstr("0-9 * # A-D"));
  EXPECT_THAT(ReasonOf("james_bond", "call austin_powers"), HasSubstr("desktop client"));
  EXPECT_THAT(ReasonOf("network", "cut ofice"), HasSubstr("did you mean 'office'?"));
  EXPECT_THAT(ReasonOf("asterisk", "originate {Channel: ["), HasSubstr("this is not YAML"));
  EXPECT_THAT(ReasonOf("austin_powers", "at 5s"), HasSubstr("unknown key 'at'"));
}

}  // namespace
}  // namespace sfa::conformance
