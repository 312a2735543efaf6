// The words of accounts, telephones, buddies and money: what they mean, and what is said to who
// gets them wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/scenario/loader.h"
#include "conformance/scenario/test_text.h"
#include "conformance/scenario/values.h"
#include "protocol/peer/service_names.h"

namespace sfa::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr char kGood[] = R"(scenario: example
summary: Everything that can be said of people and telephones.
requirements: [SFA-1-03]
network:
  office: {}
  home:   {}
community:
  rates: {"+1": {connection: 0.039, minute: 0.021}, "+44": {minute: 0.02}}
  gateway: {codecs: [g729]}
accounts:
  james_bond:
    kind: business
    credit: {balance: "45.00", currency: GBP}
    numbers: ["+442079460000"]
    forward: {to: [moneypenny, "+12564286000"], after: 20s}
    voicemail: true
    buddies: [austin_powers, "+12564286000"]
    blocked: [dr_evil]
  austin_powers:
    kind: regular
    at: home
    profile: {fullname: Austin Powers, birthday: "19450328", languages: en fr, mood_text: groovy}
    visibility: {phone_home: nobody, about: buddies}
    answers_requests: deny
  austin_at_work: {kind: login, of: austin_powers, at: office}
  moneypenny: {kind: invited}
  q: {kind: administrator}
  dr_evil: {kind: regular}
  "+12564286000": {kind: telephone, answers_after: 2s, announcement: true}
asterisk:
  at: office
  chan_skype.conf: ""
far_asterisk:
  at: home
  licensed_channels: 3
  chan_skype.conf: ""
steps:
  - {at: 1s, austin_powers: {call: {to: james_bond, topic: "teeth", token: abc}}}
  - {at: 2s, austin_powers: {status: Do Not Disturb}}
  - {at: 3s, austin_powers: {set: {city: London}}}
  - {at: 4s, austin_powers: {add-buddy: {name: q, text: hello}}}
  - {at: 5s, austin_at_work: {chat: {to: james_bond, text: "yeah, baby"}}}
  - {at: 6s, "+12564286000": {call: "+442079460000"}}
  - {at: 7s, austin_powers: {transfer: "+12564286000"}}
  - {at: 8s, austin_powers: {block: dr_evil}}
  - {at: 9s, far_asterisk: {cli: skype show users}}
expect:
  - {austin_powers: {buddy: {buddy: james_bond, status: Online}, times: 2}}
  - {austin_powers: {call: incoming, topic: teeth, forwarded_by: q}}
  - {austin_powers: {held: true}}
  - {"+12564286000": {call: ended, reason: no credit}}
  - {far_asterisk: {cli: skype show users, contains: Logged In}}
  - {at_end: {credit: {james_bond: "44.30"}}}
)";

LoadedScenario Load(const std::string& text) { return LoadTestText(text); }

std::vector<std::string> MistakesWith(const std::string& from, const std::string& to) {
  return MistakesIn(kGood, from, to);
}

TEST(CommunityWordsTest, AccountsAreReadWithAllThatTheyHave) {
  const LoadedScenario loaded = Load(kGood);
  for (const InputError& error : loaded.errors) ADD_FAILURE() << ToString(error);
  ASSERT_TRUE(loaded.scenario);
  const auto& accounts = loaded.scenario->accounts;
  ASSERT_EQ(accounts.size(), 7u);
  const AccountSpec& bond = accounts[0];
  EXPECT_EQ(bond.credit_micros, 45'000'000);
  EXPECT_EQ(bond.currency, "GBP");
  EXPECT_THAT(bond.numbers, ElementsAre("+442079460000"));
  EXPECT_THAT(bond.forward_to, ElementsAre("moneypenny", "+12564286000"));
  EXPECT_EQ(bond.forward_after, Duration(std::chrono::seconds(20)));
  EXPECT_TRUE(bond.voicemail);
  EXPECT_THAT(bond.buddies, ElementsAre("austin_powers", "+12564286000"));
  EXPECT_THAT(bond.blocked, ElementsAre("dr_evil"));
  EXPECT_FALSE(bond.acts());
  const AccountSpec& austin = accounts[1];
  EXPECT_EQ(austin.fullname, "Austin Powers");
  EXPECT_THAT(austin.profile, ElementsAre(Pair("birthday", "19450328"), Pair("languages", "en fr"),
                                          Pair("mood_text", "groovy")));
  EXPECT_THAT(austin.visibility,
              ElementsAre(Pair("phone_home", "nobody"), Pair("about", "buddies")));
  EXPECT_EQ(austin.answers_requests, "deny");
  EXPECT_EQ(accounts[2].user(), "austin_powers");
  EXPECT_EQ(accounts[2].password, austin.password);
  EXPECT_EQ(accounts[3].kind, AccountKind::kInvited);
  EXPECT_EQ(accounts[4].kind, AccountKind::kAdministrator);
  EXPECT_EQ(accounts[6].kind, AccountKind::kTelephone);
  EXPECT_TRUE(accounts[6].announcement && accounts[6].acts());
}

TEST(CommunityWordsTest, RatesGatewayAndTheFarAsteriskAreRead) {
  const LoadedScenario loaded = Load(kGood);
  ASSERT_TRUE(loaded.scenario);
  const CommunitySpec& community = loaded.scenario->community;
  ASSERT_EQ(community.rates.size(), 2u);
  EXPECT_EQ(community.rates[0].prefix, "+1");
  EXPECT_EQ(community.rates[0].connection_micros, 39'000);
  EXPECT_EQ(community.rates[1].minute_micros, 20'000);
  EXPECT_TRUE(community.gateway);
  EXPECT_THAT(community.gateway_codecs, ElementsAre("g729"));
  ASSERT_TRUE(loaded.scenario->far_asterisk);
  EXPECT_EQ(loaded.scenario->far_asterisk->licensed_channels, 3);
  EXPECT_EQ(CommunitySpec().rates[0].prefix, "+") << "without any, every number has a price";
}

TEST(CommunityWordsTest, WhatAStepIsAboutIsItsArgumentAndTheRestItsDetails) {
  const LoadedScenario loaded = Load(kGood);
  ASSERT_TRUE(loaded.scenario);
  const auto& steps = loaded.scenario->steps;
  EXPECT_EQ(steps[0].argument, "james_bond");
  EXPECT_THAT(steps[0].headers, ElementsAre(Pair("topic", "teeth"), Pair("token", "abc")));
  EXPECT_EQ(steps[1].argument, "Do Not Disturb");
  EXPECT_THAT(steps[2].headers, ElementsAre(Pair("city", "London")));
  EXPECT_EQ(steps[3].argument, "q");
  EXPECT_THAT(steps[4].headers, ElementsAre(Pair("text", "yeah, baby")));
  EXPECT_EQ(steps[8].actor, "far_asterisk");
}

TEST(CommunityWordsTest, ExpectationsOfPeopleAndCredit) {
  const LoadedScenario loaded = Load(kGood);
  ASSERT_TRUE(loaded.scenario);
  const auto& expectations = loaded.scenario->expectations;
  const auto& buddy = std::get<Sighting>(expectations[0].subject);
  EXPECT_EQ(buddy.kind, "buddy");
  EXPECT_THAT(buddy.fields, ElementsAre(Pair("buddy", "james_bond"), Pair("status", "Online")));
  EXPECT_EQ(buddy.times, 2);
  EXPECT_THAT(std::get<AtEnd>(expectations[5].subject).credit,
              ElementsAre(Pair("james_bond", 44'300'000)));
}

TEST(CommunityWordsTest, NamesThatNobodyHasAreToldWithTheNearestOne) {
  EXPECT_THAT(MistakesWith("buddies: [austin_powers", "buddies: [austin_power"),
              ElementsAre(HasSubstr("s.yaml:17:15: no account 'austin_power'; there is")));
  EXPECT_THAT(MistakesWith("of: austin_powers", "of: austin_at_work"),
              ElementsAre(HasSubstr("'austin_at_work' is no account of the network but a login")));
  EXPECT_THAT(MistakesWith("{block: dr_evil}", "{blok: dr_evil}"),
              ElementsAre(HasSubstr("did you mean 'block'?")));
  EXPECT_THAT(MistakesWith("credit: {james_bond:", "credit: {dr_evil:"),
              ElementsAre(HasSubstr("account 'dr_evil' has no credit")));
  EXPECT_THAT(MistakesWith("set: {city:", "set: {citi:"),
              ElementsAre(HasSubstr("did you mean 'city'?")));
  EXPECT_THAT(MistakesWith("forwarded_by: q", "forwardedby: q"),
              ElementsAre(HasSubstr("did you mean 'forwarded_by'?")));
}

TEST(CommunityWordsTest, ValuesThatCannotBeAreRefused) {
  EXPECT_THAT(MistakesWith("\"19450328\"", "\"19450231\""),
              ElementsAre("s.yaml:22:50: birthday is '19450231'; expected a day as YYYYMMDD"));
  EXPECT_THAT(MistakesWith("\"45.00\"", "\"45,00\""),
              ElementsAre(HasSubstr("expected an amount of money, such as 45.00")));
  EXPECT_THAT(MistakesWith("after: 20s", "after: 20.5s"),
              ElementsAre(HasSubstr("expected whole seconds")));
  EXPECT_THAT(MistakesWith("\"+44\":", "\"44\":"),
              ElementsAre(HasSubstr("expected the beginning of telephone numbers, such as +44")));
  EXPECT_THAT(MistakesWith("numbers: [\"+442079460000\"]", "numbers: [\"+12564286000\"]"),
              ElementsAre(HasSubstr("'+12564286000' is james_bond's already")));
  EXPECT_THAT(MistakesWith("  \"+12564286000\": {kind", "  \"911\": {kind").front(),
              HasSubstr("its name is its number"));
  EXPECT_THAT(MistakesWith("status: Do Not Disturb", "status: Busy"),
              ElementsAre(HasSubstr("allowed: Online, Away")));
}

TEST(CommunityWordsTest, EachKindHasItsOwnKeysAndVerbs) {
  EXPECT_THAT(MistakesWith("announcement: true", "voicemail: true"),
              ElementsAre(HasSubstr("'voicemail' does not go with kind 'telephone'")));
  EXPECT_THAT(MistakesWith("kind: invited}", "kind: invited, announcement: true}"),
              ElementsAre(HasSubstr("'announcement' does not go with kind 'invited'")));
  EXPECT_THAT(MistakesWith("of: austin_powers, at: office", "of: austin_powers").front(),
              HasSubstr("a login lacks the key 'at'"));
  EXPECT_THAT(MistakesWith("\"+12564286000\": {call: \"+442079460000\"}",
                           "\"+12564286000\": {mood: groovy}"),
              ElementsAre(HasSubstr("a telephone cannot 'mood'")));
  EXPECT_THAT(MistakesWith("{call: \"+442079460000\"}", "{call: james_bond}"),
              ElementsAre(HasSubstr("a telephone dials numbers")));
}

TEST(CommunityWordsTest, AStepByItselfTakesAPlainText) {
  const LoadedScenario loaded = Load(kGood);
  ASSERT_TRUE(loaded.scenario);
  const auto read = [&](const char* verb, const char* text) {
    LoadedStep step = LoadStep("austin_powers", verb, text, *loaded.scenario, TestSchema());
    for (const InputError& error : step.errors) ADD_FAILURE() << ToString(error);
    return step.step.value_or(Step{});
  };
  EXPECT_EQ(read("chat", "james_bond good  morning").argument, "james_bond");
  EXPECT_THAT(read("chat", "james_bond good  morning").headers,
              ElementsAre(Pair("text", "good  morning")));
  EXPECT_THAT(read("set", "city New York").headers, ElementsAre(Pair("city", "New York")));
  EXPECT_EQ(read("add-buddy", "dr_evil").argument, "dr_evil");
  EXPECT_THAT(read("add-buddy", "dr_evil it is me").headers, ElementsAre(Pair("text", "it is me")));
  EXPECT_EQ(read("status", "Not Available").argument, "Not Available");
  EXPECT_THAT(read("call", "{to: q, topic: x}").headers, ElementsAre(Pair("topic", "x")));
  EXPECT_FALSE(
      LoadStep("austin_powers", "chat", "james_bond", *loaded.scenario, TestSchema()).step);
}

// The schema's words are the network's.
TEST(CommunityWordsTest, EveryPropertyIsAWordOfTheSchema) {
  for (const peer::PropertyName& property : peer::kProperties) {
    const std::string name(property.name);
    const auto errors = MistakesWith("set: {city: London}", "set: {" + name + ": \"\"}");
    EXPECT_EQ(errors.empty(), property.writable) << name;
    EXPECT_THAT(MistakesWith("{held: true}", "{account: {" + name + ": x}}"), ElementsAre())
        << name;
  }
}

TEST(CommunityWordsTest, MoneyIsExact) {
  EXPECT_EQ(ParseMoney("45.00"), 45'000'000);
  EXPECT_EQ(ParseMoney("0.039"), 39'000);
  EXPECT_EQ(ParseMoney("7"), 7'000'000);
  for (const char* wrong : {"", ".5", "1.", "-1", "1.0000001", "1e3", "12345678901"}) {
    EXPECT_EQ(ParseMoney(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(FormatMoney(44'300'000), "44.30");
  EXPECT_EQ(FormatMoney(39'001), "0.039001");
  EXPECT_EQ(FormatMoney(-1'500'000), "-1.50");
}

}  // namespace
}  // namespace sfa::conformance
