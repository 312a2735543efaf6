#include "conformance/scenario/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/scenario/test_text.h"

namespace sfa::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kGood[] = R"(scenario: example
summary: A desktop client at home calls james_bond.
requirements: [SFA-1-03]
date: 2010-06-01
network:
  office: {nat: linux-masquerade}
  home:   {nat: {mapping: endpoint-independent, filtering: address-and-port-dependent, hairpin: no},
           link: {delay: 20ms, jitter: 3ms, loss: 0.5%, up: 1Mbps}}
accounts:
  james_bond:    {kind: business, password: shaken}
  austin_powers: {kind: regular, at: home, profile: {fullname: Austin Powers}}
asterisk:
  at: office
  licensed_channels: 2
  chan_skype.conf: |
    [james_bond]
    secret=shaken
steps:
  - {at: 10s, austin_powers: {call: james_bond}}
  - {at: 20s, austin_powers: {dtmf: "42#"}}
  - {at: 21s, asterisk: {cli: "skype show users"}}
  - {at: 30s, austin_powers: {hangup: true}}
expect:
  - {within: 5s, austin_powers: {call: answered}}
  - {audio: {from: austin_powers, heard_by: austin_powers, correlation: ">= 0.9", mos: ">= 3.9"}}
  - {asterisk: {event: {Event: SkypeAccountStatus, Status: Logged In}, times: 1}}
  - {at_end: {channels_in_use: 0, licensed_channels_in_use: 0}}
)";

LoadedScenario Load(const std::string& text) { return LoadTestText(text); }

std::vector<std::string> MistakesWith(const std::string& from, const std::string& to) {
  return MistakesIn(kGood, from, to);
}

TEST(LoaderTest, ReadsTheExample) {
  const LoadedScenario loaded = Load(kGood);
  for (const InputError& error : loaded.errors) ADD_FAILURE() << ToString(error);
  ASSERT_TRUE(loaded.scenario);
  const Scenario& scenario = *loaded.scenario;
  EXPECT_EQ(scenario.name, "example");
  ASSERT_EQ(scenario.sites.size(), 2u);
  EXPECT_TRUE(scenario.sites[0].nat->linux_masquerade);
  EXPECT_FALSE(scenario.sites[1].nat->linux_masquerade);
  EXPECT_EQ(scenario.sites[1].up.bits_per_second, 1'000'000u);
  EXPECT_EQ(scenario.sites[1].down.bits_per_second, 0u);
  EXPECT_DOUBLE_EQ(scenario.sites[1].down.loss, 0.005);
  EXPECT_EQ(scenario.accounts[1].fullname, "Austin Powers");
  EXPECT_EQ(scenario.asterisk.licensed_channels, 2);
  EXPECT_EQ(scenario.asterisk.files.size(), 1u);
  EXPECT_EQ(scenario.asterisk.files[0].second, "[james_bond]\nsecret=shaken\n");
  ASSERT_EQ(scenario.steps.size(), 4u);
  EXPECT_EQ(scenario.steps[1].verb, "dtmf");
  EXPECT_EQ(scenario.steps[1].argument, "42#");
  ASSERT_EQ(scenario.expectations.size(), 4u);
  EXPECT_EQ(std::get<AudioExpectation>(scenario.expectations[1].subject).mos, 3.9);
  EXPECT_EQ(std::get<Sighting>(scenario.expectations[2].subject).times, 1);
  EXPECT_EQ(std::get<AtEnd>(scenario.expectations[3].subject).channels_in_use, 0);
  EXPECT_EQ(scenario.lasts, Duration(std::chrono::seconds(35)));
}

TEST(LoaderTest, NamesWhatNobodyIsCalled) {
  EXPECT_THAT(
      MistakesWith("at: office", "at: ofice"),
      ElementsAre("s.yaml:13:7: no site 'ofice' under network; there is office or home; did "
                  "you mean 'office'?"));
  EXPECT_THAT(MistakesWith("call: james_bond", "call: james_bnd"),
              ElementsAre(HasSubstr("s.yaml:19:37: no account 'james_bnd'; there is james_bond or "
                                    "austin_powers; did you mean 'james_bond'?")));
  EXPECT_THAT(MistakesWith("20s, austin_powers", "20s, james_bond"),
              ElementsAre(HasSubstr("no account 'james_bond' with a desktop client")));
  EXPECT_THAT(MistakesWith("[SFA-1-03]", "[SFA-1-05]"),
              ElementsAre(HasSubstr("s.yaml:3:16: no requirement 'SFA-1-05'")));
}

TEST(LoaderTest, RefusesTimesThatRunBackwards) {
  EXPECT_THAT(MistakesWith("at: 20s", "at: 9s"),
              ElementsAre(HasSubstr("s.yaml:20:10: this step is before the one above it")));
  EXPECT_THAT(MistakesWith("2010-06-01", "2010-06-31"),
              ElementsAre(HasSubstr("there is no day '2010-06-31'")));
}

TEST(LoaderTest, RefusesWrongShapes) {
  EXPECT_THAT(MistakesWith("delay: 20ms", "delay: 20"),
              ElementsAre("s.yaml:8:26: delay is '20'; expected a duration with its unit, such as "
                          "20ms or 5s"));
  EXPECT_THAT(MistakesWith("licensed_channels: 2", "licensed_chanels: 2"),
              ElementsAre(HasSubstr("did you mean 'licensed_channels'?")));
  EXPECT_THAT(MistakesWith("within: 5s, austin_powers: {call: answered}", "within: 5s"),
              ElementsAre(HasSubstr("an expectation has 0 subjects")));
  EXPECT_THAT(MistakesWith("[james_bond]", "[james_bond]\n  x"),
              ElementsAre(HasSubstr("this is not YAML")));
  EXPECT_THAT(MistakesWith("{cli: \"skype show users\"}", "{cli: a, ami: {Action: Ping}}"),
              ElementsAre(HasSubstr("expected one thing to do, and beside 'ami' only 'as'")));
}

TEST(LoaderTest, ATargetThatCannotRunItIsNamedWithTheReason) {
  const std::string summary = "requirements: [SFA-1-03]\n";
  std::string text = kGood;
  text.insert(text.find(summary), "unsupported_on: {asterisk-16: it takes a month}\n");
  const LoadedScenario loaded = Load(text);
  ASSERT_TRUE(loaded.scenario.has_value());
  EXPECT_THAT(loaded.scenario->unsupported_on,
              ElementsAre(std::pair<std::string, std::string>("asterisk-16", "it takes a month")));
  EXPECT_THAT(MistakesWith(summary, summary + "unsupported_on: {asterisk-61: it takes a month}\n"),
              ElementsAre(HasSubstr("did you mean 'asterisk-16'?")));
  EXPECT_THAT(MistakesWith(summary, summary + "unsupported_on: {asterisk-16: \"\"}\n"),
              ElementsAre(HasSubstr("why not, for reports")));
}

TEST(LoaderTest, EveryListedRequirementIsJudged) {
  std::string text = kGood;
  const auto replace = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  replace("[SFA-1-03]", "[SFA-1-03, SFA-1-04]");
  EXPECT_TRUE(Load(text).errors.empty()) << "expectations without a name judge all of them";
  const size_t list = text.find("expect:");
  text.erase(list);
  text += "expect:\n  - {requirement: SFA-1-03, within: 5s, austin_powers: {call: answered}}\n";
  const LoadedScenario loaded = Load(text);
  ASSERT_EQ(loaded.errors.size(), 1u);
  EXPECT_EQ(loaded.errors[0].message, "no expectation judges requirement 'SFA-1-04'");
}

TEST(LoaderTest, SurvivesHostileFiles) {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string(5000, '['), std::string("&a [*a]"),
        std::string("a: &x [1]\nb: *y"), std::string("\xFF\xFE\x00", 3), std::string(3 << 20, 'a'),
        std::string("---\na: 1\n---\nb: 2\n"), std::string("? [a]\n: b")}) {
    const LoadedScenario loaded = Load(text);
    EXPECT_FALSE(loaded.scenario);
    EXPECT_FALSE(loaded.errors.empty());
  }
}

}  // namespace
}  // namespace sfa::conformance
