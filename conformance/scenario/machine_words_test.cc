// An Asterisk that is stopped, killed and started again, and files of its machine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/scenario/test_text.h"

namespace sfa::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr char kGood[] = R"(scenario: example
summary: Asterisk ends and is started again.
requirements: [SFA-1-03]
network: {office: {}}
accounts: {james_bond: {kind: business}}
asterisk:
  at: office
  chan_skype.conf: ""
  engine_version: "1.0.10"
steps:
  - {at: 1s, asterisk: {stop: now}}
  - {at: 2s, asterisk: {start: true}}
  - {at: 3s, asterisk: {restart: gracefully}}
  - {at: 4s, asterisk: {read: "/var/spool/*.xml"}}
expect:
  - {asterisk: {file: "/var/spool/*.xml", contains: james, is: xml, times: 1}}
  - {asterisk: {process: skypeforasterisk, is: running, times: 1}}
)";

TEST(MachineWordsTest, AreRead) {
  const LoadedScenario loaded = LoadTestText(kGood);
  for (const InputError& error : loaded.errors) ADD_FAILURE() << ToString(error);
  ASSERT_TRUE(loaded.scenario);
  const std::vector<Step>& steps = loaded.scenario->steps;
  ASSERT_EQ(steps.size(), 4u);
  EXPECT_EQ(steps[0].verb + " " + steps[0].argument, "stop now");
  EXPECT_EQ(steps[1].verb, "start");
  EXPECT_EQ(steps[2].verb + " " + steps[2].argument, "restart gracefully");
  EXPECT_EQ(steps[3].verb + " " + steps[3].argument, "read /var/spool/*.xml");
  EXPECT_EQ(loaded.scenario->asterisk.engine_version, "1.0.10");
  const auto& file = std::get<Sighting>(loaded.scenario->expectations[0].subject);
  EXPECT_EQ(file.kind, "file");
  EXPECT_THAT(file.fields, ElementsAre(Pair("file", "/var/spool/*.xml"), Pair("contains", "james"),
                                       Pair("is", "xml")));
}

TEST(MachineWordsTest, MistakesAreTold) {
  EXPECT_THAT(MistakesIn(kGood, "stop: now", "stop: soon"), ElementsAre(HasSubstr("gracefully")));
  EXPECT_THAT(MistakesIn(kGood, "read: \"/var/spool/*.xml\"", "read: \"var\""),
              testing::Contains(HasSubstr("'var'")));
  EXPECT_THAT(MistakesIn(kGood, "file: \"/var/spool/*.xml\"", "file: /var/spool/other"),
              ElementsAre(HasSubstr("no step reads '/var/spool/other'")));
  EXPECT_THAT(MistakesIn(kGood, "is: xml", "is: running"),
              ElementsAre(HasSubstr("'running' does not go with 'file'")));
  EXPECT_THAT(MistakesIn(kGood, "is: running", "is: xml"),
              ElementsAre(HasSubstr("'xml' does not go with 'process'")));
}

}  // namespace
}  // namespace sfa::conformance
