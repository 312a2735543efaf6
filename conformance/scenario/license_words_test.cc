// Licence files of a scenario's Asterisk.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/host/files.h"
#include "conformance/scenario/loader.h"

namespace sfa::conformance {
namespace {

using testing::HasSubstr;

constexpr char kGood[] = R"(scenario: example
summary: Two licences, and a third one later.
requirements: [SFA-1-03]
network: {office: {}}
accounts: {james_bond: {kind: business}}
asterisk:
  at: office
  licenses: [{channels: 2, key: S4A-0000AAAA, expires: 2010-06-01}, {channels: 5, fault: other-host}]
  chan_skype.conf: ""
steps:
  - {at: 1s, asterisk: {license: {channels: 3, fault: truncated}}}
  - {at: 2s, asterisk: {cli: skype show licenses}}
expect:
  - {asterisk: {cli: skype show licenses}}
)";

LoadedScenario Load(const std::string& text) {
  const auto schema = Schema::Parse(*ReadFile(SFA_SOURCE_ROOT "/scenarios/schema.json"));
  return LoadScenario("s.yaml", text, *schema, {"SFA-1-03"});
}

std::string MistakeWith(const std::string& from, const std::string& to) {
  std::string text = kGood;
  const size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  const LoadedScenario loaded = Load(text);
  return loaded.errors.empty() ? "" : ToString(loaded.errors.front());
}

TEST(LicenseWordsTest, AreRead) {
  const LoadedScenario loaded = Load(kGood);
  for (const InputError& error : loaded.errors) ADD_FAILURE() << ToString(error);
  ASSERT_TRUE(loaded.scenario);
  const AsteriskSpec& asterisk = loaded.scenario->asterisk;
  EXPECT_EQ(asterisk.licensed_channels, 0) << "no licence besides those that are named";
  ASSERT_EQ(asterisk.licenses.size(), 2u);
  EXPECT_EQ(asterisk.licenses[0].channels, 2);
  EXPECT_EQ(asterisk.licenses[0].key, "S4A-0000AAAA");
  EXPECT_EQ(asterisk.licenses[0].expires, "2010-06-01");
  EXPECT_EQ(asterisk.licenses[0].fault, LicenseFault::kNone);
  EXPECT_EQ(asterisk.licenses[1].fault, LicenseFault::kOtherHost);
  const Step& step = loaded.scenario->steps[0];
  EXPECT_EQ(step.verb, "license");
  ASSERT_TRUE(step.license);
  EXPECT_EQ(step.license->channels, 3);
  EXPECT_EQ(step.license->fault, LicenseFault::kTruncated);
}

TEST(LicenseWordsTest, MistakesAreNamed) {
  EXPECT_THAT(MistakeWith("  at: office\n", "  at: office\n  licensed_channels: 2\n"),
              HasSubstr("exclude each other"));
  EXPECT_THAT(MistakeWith("other-host", "another-host"), HasSubstr("other-host"));
  EXPECT_THAT(MistakeWith("S4A-0000AAAA", "G729-1"), HasSubstr("S4A-"));
  EXPECT_THAT(MistakeWith("channels: 3, ", ""), HasSubstr("channels"));
  EXPECT_THAT(MistakeWith("channels: 5", "channels: 0"), HasSubstr("1"));
}

}  // namespace
}  // namespace sfa::conformance
