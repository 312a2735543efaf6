#include "conformance/runner/run_case.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/catalogue/catalogue.h"
#include "conformance/host/files.h"
#include "conformance/runner/library.h"
#include "conformance/runner/wave.h"
#include "conformance/world/simulated_site.h"

namespace sfa::conformance {
namespace {

using testing::Contains;

class UnavailableFactory final : public PbxFactory {
 public:
  std::string target() const override { return "asterisk-22"; }
  sim::ClockKind clock() const override { return sim::ClockKind::kReal; }

  Result<std::unique_ptr<PbxSite>> Make(const AsteriskSpec&, sim::Simulation&, sim::Network&,
                                        PbxSiteObserver&) const override {
    return Error{ErrorCode::kPermissionDenied, "no root"};
  }
};

class RunCaseTest : public testing::Test {
 protected:
  RunCaseTest() : library_(Library::Open(SFA_SOURCE_ROOT, errors_)) {}

  Scenario Load(const std::string& name) {
    return *library_->LoadFile(SFA_SOURCE_ROOT "/scenarios/" + name, errors_);
  }

  std::vector<InputError> errors_;
  std::optional<Library> library_;
  TemporaryDirectory out_;
};

TEST_F(RunCaseTest, LeavesCapturesAndNoFolderWhenItPasses) {
  const Result<CaseResult> result =
      RunCase(Load("incoming-call-public.yaml"), *NewSimulatedPbxFactory(), {1, out_.path()});
  ASSERT_TRUE(result.ok());
  for (const CheckResult& check : result->checks) {
    EXPECT_EQ(check.verdict, Verdict::kPass) << check.check << ": " << check.reason;
  }
  EXPECT_FALSE(result->captures.empty());
  EXPECT_EQ(result->folder, "");
  EXPECT_FALSE(result->ladder.empty());
  EXPECT_EQ(result->reproduce, "./sfalab run " SFA_SOURCE_ROOT
                               "/scenarios/incoming-call-public.yaml --on sim --seed 1");
}

TEST_F(RunCaseTest, AFailureLeavesAFolderThatNeedsNothingElse) {
  Scenario scenario = Load("incoming-call-public.yaml");
  scenario.expectations[0].never = true;
  const Result<CaseResult> result = RunCase(scenario, *NewSimulatedPbxFactory(), {1, out_.path()});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->verdict(), Verdict::kFail);
  const std::string folder = out_.path() + "/" + result->folder;
  const std::vector<std::string> names = *ListFiles(folder, "");
  for (const char* name : {"scenario.yaml", "seed", "trace.jsonl", "world.log", "reproduce"}) {
    EXPECT_THAT(names, Contains(name));
  }
  EXPECT_THAT(*ListFiles(folder, ".pcap"), Not(testing::IsEmpty()));
  EXPECT_THAT(*ListFiles(folder, "-heard.wav"), Not(testing::IsEmpty()));
  EXPECT_EQ(*ReadFile(folder + "/scenario.yaml"), scenario.text);
}

TEST_F(RunCaseTest, ATargetThatCannotRunIsUnsupportedWithItsReason) {
  const Result<CaseResult> result =
      RunCase(Load("incoming-call-public.yaml"), UnavailableFactory(), {1, ""});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->verdict(), Verdict::kUnsupported);
  EXPECT_EQ(result->checks.at(0).reason, "no root");
}

TEST_F(RunCaseTest, WhatAScenarioSaysThatATargetCannotRunIsNotTriedThere) {
  Scenario scenario = Load("incoming-call-public.yaml");
  scenario.unsupported_on = {{"asterisk-22", "it takes a month"}};
  Result<CaseResult> result = RunCase(scenario, UnavailableFactory(), {1, ""});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->verdict(), Verdict::kUnsupported);
  EXPECT_EQ(result->checks.at(0).reason, "it takes a month");
  result = RunCase(scenario, *NewSimulatedPbxFactory(), {1, ""});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->verdict(), Verdict::kPass);
}

TEST_F(RunCaseTest, ASuiteSumsUpByRequirement) {
  CaseResult first, second;
  first.name = "a";
  first.checks = {{"SFA-1-03", "x", Verdict::kPass, "", {}}};
  second.name = "b";
  second.checks = {{"SFA-1-03", "x", Verdict::kFail, "", {}},
                   {"SFA-1-01", "x", Verdict::kPass, "", {}}};
  const SuiteResult suite = Summarise({first, second}, library_->catalogue(), "sim", 1);
  ASSERT_EQ(suite.requirements.size(), 2u);
  EXPECT_EQ(suite.requirements[0].id, "SFA-1-01");
  EXPECT_EQ(suite.requirements[1].verdict, Verdict::kFail);
  EXPECT_EQ(suite.requirements[1].cases, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(suite.verdict(), Verdict::kFail);
}

TEST(WaveTest, HasItsHeader) {
  const std::string wave = WaveFile({1, -1});
  EXPECT_EQ(wave.size(), 48u);
  EXPECT_EQ(wave.substr(0, 4), "RIFF");
  EXPECT_EQ(wave.substr(44), std::string("\x01\x00\xFF\xFF", 4));
}

}  // namespace
}  // namespace sfa::conformance
