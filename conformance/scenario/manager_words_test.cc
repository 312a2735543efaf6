// Manager users with sessions of their own, headers that come several times, and processes that are
// killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/host/files.h"
#include "conformance/scenario/loader.h"

namespace sfa::conformance {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

constexpr char kGood[] = R"(scenario: example
summary: A visitor and the engine's end.
requirements: [SFA-1-03]
network: {office: {}}
accounts: {james_bond: {kind: business}}
asterisk:
  at: office
  chan_skype.conf: ""
  managers: {visitor: {read: call, write: "call,user"}}
steps:
  - {at: 1s, asterisk: {ami: {Action: Ping, Variable: [a=b, "c=d, e"]}, as: visitor}}
  - {at: 2s, asterisk: {ami: {Action: Ping}}}
  - {at: 3s, asterisk: {kill: skypeforasterisk}}
expect:
  - {asterisk: {response: {Ping: Pong}, as: visitor, times: 1}}
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

TEST(ManagerWordsTest, AreRead) {
  const LoadedScenario loaded = Load(kGood);
  for (const InputError& error : loaded.errors) ADD_FAILURE() << ToString(error);
  ASSERT_TRUE(loaded.scenario);
  const Scenario& scenario = *loaded.scenario;
  ASSERT_EQ(scenario.asterisk.managers.size(), 1u);
  EXPECT_EQ(scenario.asterisk.managers[0].name, "visitor");
  EXPECT_EQ(scenario.asterisk.managers[0].write, "call,user");
  EXPECT_EQ(scenario.steps[0].verb, "ami");
  EXPECT_EQ(scenario.steps[0].as, "visitor");
  EXPECT_THAT(
      scenario.steps[0].headers,
      ElementsAre(Pair("Action", "Ping"), Pair("Variable", "a=b"), Pair("Variable", "c=d, e")));
  EXPECT_EQ(scenario.steps[1].as, "");
  EXPECT_EQ(scenario.steps[2].verb, "kill");
  EXPECT_EQ(scenario.steps[2].argument, "skypeforasterisk");
  const auto& sighting = std::get<Sighting>(scenario.expectations[0].subject);
  EXPECT_EQ(sighting.as, "visitor");
  EXPECT_EQ(sighting.kind, "response");
  EXPECT_THAT(sighting.fields, ElementsAre(Pair("Ping", "Pong")));
}

TEST(ManagerWordsTest, MistakesAreToldWithWhatIsAllowed) {
  EXPECT_THAT(MistakeWith("as: visitor}}", "as: visitors}}"), HasSubstr("there is visitor"));
  EXPECT_THAT(MistakeWith("as: visitor, times", "as: guest, times"), HasSubstr("'guest'"));
  EXPECT_THAT(MistakeWith("{kill: skypeforasterisk}", "{kill: skypeforasterisk, as: visitor}"),
              HasSubstr("beside 'ami' only 'as'"));
  EXPECT_THAT(MistakeWith("{kill: skypeforasterisk}", "{kill: skypeforasterisk, cli: x}"),
              HasSubstr("expected one thing to do"));
  EXPECT_THAT(MistakeWith("visitor: {read: call", "sfalab: {read: call"), HasSubstr("sfalab"));
  EXPECT_THAT(MistakeWith("{response: {Ping: Pong}, as", "{log: Pong, as"),
              HasSubstr("'as' does not go with 'log'"));
}

}  // namespace
}  // namespace sfa::conformance
