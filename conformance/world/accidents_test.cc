// Accidents in whole worlds: that they happen, to whom the scenario means, and are written down.
#include "conformance/world/accidents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/host/files.h"
#include "conformance/scenario/loader.h"
#include "conformance/world/simulated_site.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::StartsWith;

Trace TraceOf(const std::string& steps, const std::string& community = "") {
  const std::string text =
      "scenario: example\nsummary: x\nrequirements: [SFA-1-03]\nlasts: 60s\n" + community +
      "network:\n"
      "  office: {}\n"
      "  home: {nat: symmetric}\n"
      "accounts:\n"
      "  bond: {kind: business}\n"
      "  austin: {kind: regular, at: home}\n"
      "  penny: {kind: regular, at: office, answers_after: 1s}\n"
      "asterisk: {at: office, chan_skype.conf: \"[bond]\\nsecret=bond-password\\n\"}\n"
      "steps:\n" +
      steps + "expect:\n  - {at_end: {calls: 0}}\n";
  const auto schema = Schema::Parse(*ReadFile(SFA_SOURCE_ROOT "/scenarios/schema.json"));
  const LoadedScenario loaded = LoadScenario("s.yaml", text, *schema, {"SFA-1-03"});
  for (const InputError& error : loaded.errors) ADD_FAILURE() << ToString(error);
  if (!loaded.scenario) return {};
  return RunWorld(*loaded.scenario, *NewSimulatedPbxFactory(), {}).trace;
}

// The first observation like this at or after `from`; one of kind "" when there is none.
Observation Seen(const Trace& trace, const std::string& subject, const std::string& kind,
                 Duration from = {}) {
  for (const Observation& seen : trace.observations()) {
    if (seen.subject == subject && seen.kind == kind && seen.at.time_since_epoch() >= from) {
      return seen;
    }
  }
  return {};
}
std::string Problem(const Trace& trace, const std::string& actor, Duration from = {}) {
  return Seen(trace, actor, "did not happen", from).Get("reason");
}

bool LoggedIn(const Trace& trace, const std::string& name, Duration from = {}) {
  for (const Observation& seen : trace.observations()) {
    if (seen.observer == Observer::kClient && seen.subject == name &&
        seen.Get("state") == "Logged In" && seen.at.time_since_epoch() >= from) {
      return true;
    }
  }
  return false;
}

TEST(AccidentsInWorldsTest, AKilledHomeIsNoticedAndFoundAgainByItsName) {
  const Trace trace = TraceOf(
      "  - {at: 10s, community: {kill: home of austin}}\n"
      "  - {at: 40s, community: {revive: home of austin}}\n");
  const std::string home = Seen(trace, "community", "kill").Get("found");
  EXPECT_THAT(home, StartsWith("supernode-"));
  EXPECT_EQ(Problem(trace, "community"), "");
  EXPECT_EQ(Seen(trace, "community", "revive").Get("found"), home);
  EXPECT_TRUE(LoggedIn(trace, "austin", seconds(10))) << "at another home";
}

TEST(AccidentsInWorldsTest, ADeadMachineDiesOnceAndLivesOnce) {
  const Trace trace = TraceOf(
      "  - {at: 10s, community: {kill: supernode-2}}\n"
      "  - {at: 11s, community: {kill: supernode-2}}\n"
      "  - {at: 20s, community: {revive: supernode-2}}\n"
      "  - {at: 21s, community: {revive: supernode-2}}\n"
      "  - {at: 30s, community: {kill: login-server}}\n"
      "  - {at: 31s, community: {kill: login-server}}\n");
  EXPECT_EQ(Problem(trace, "community"), "supernode-2 is dead already");
  EXPECT_EQ(Seen(trace, "community", "did not happen").at, MonotonicTime(seconds(11)));
  EXPECT_EQ(Problem(trace, "community", seconds(20)), "supernode-2 is alive");
  EXPECT_EQ(Problem(trace, "community", seconds(30)), "the login server is dead already");
}

TEST(AccidentsInWorldsTest, NobodyLogsInWhileTheLoginServerIsDead) {
  const Trace trace = TraceOf(
      "  - {at: 10s, austin: {logout: true}}\n"
      "  - {at: 11s, community: {kill: login-server}}\n"
      "  - {at: 12s, austin: {login: true}}\n"
      "  - {at: 38s, austin: {logout: true}}\n"
      "  - {at: 40s, community: {revive: login-server}}\n"
      "  - {at: 42s, austin: {login: true}}\n");
  const Trace dead = TraceOf(
      "  - {at: 10s, austin: {logout: true}}\n"
      "  - {at: 11s, community: {kill: login-server}}\n"
      "  - {at: 12s, austin: {login: true}}\n");
  EXPECT_FALSE(LoggedIn(dead, "austin", seconds(12)));
  EXPECT_TRUE(LoggedIn(trace, "austin", seconds(40))) << "accounts have outlived the server";
}

TEST(AccidentsInWorldsTest, ACutMachineIsSilent) {
  const Trace trace = TraceOf(
      "  - {at: 10s, austin: {logout: true}}\n"
      "  - {at: 11s, community: {cut: login-server}}\n"
      "  - {at: 12s, austin: {login: true}}\n");
  EXPECT_EQ(Problem(trace, "community"), "");
  EXPECT_FALSE(LoggedIn(trace, "austin", seconds(12)));
}

TEST(AccidentsInWorldsTest, WithoutARelayThereIsNoneToKill) {
  const Trace trace = TraceOf("  - {at: 10s, community: {kill: relay of austin}}\n");
  EXPECT_EQ(Problem(trace, "community"), "there is no relay of austin");
}

TEST(AccidentsInWorldsTest, WhoVanishesDoesNothingUntilTheComputerIsOnAgain) {
  const Trace trace = TraceOf(
      "  - {at: 10s, austin: {call: penny}}\n"
      "  - {at: 20s, austin: {vanish: true}}\n"
      "  - {at: 21s, austin: {hangup: true}}\n"
      "  - {at: 30s, austin: {login: true}}\n");
  EXPECT_EQ(Seen(trace, "austin", "answered").kind, "answered");
  EXPECT_EQ(Problem(trace, "austin"), "the client has vanished");
  EXPECT_EQ(Seen(trace, "austin", "ended").kind, "") << "its own screen is dark";
  EXPECT_TRUE(LoggedIn(trace, "austin", seconds(30)));
  ASSERT_FALSE(trace.recordings().empty());
  const Recording& austin = trace.recordings()[0];
  EXPECT_EQ(austin.actor, "austin");
  EXPECT_GT(austin.sent.size(), 7u * 8000) << "what it said until then is kept";
}

TEST(AccidentsInWorldsTest, OnlyAnUnansweredCallIsCancelled) {
  const Trace trace = TraceOf(
      "  - {at: 10s, austin: {cancel: true}}\n"
      "  - {at: 11s, penny: {call: austin}}\n"
      "  - {at: 13s, penny: {cancel: true}}\n"
      "  - {at: 20s, austin: {call: penny}}\n"
      "  - {at: 25s, austin: {cancel: true}}\n"
      "  - {at: 30s, austin: {hangup: true}}\n");
  EXPECT_EQ(Problem(trace, "austin"), "there is no call to cancel");
  EXPECT_EQ(Seen(trace, "austin", "ended").Get("reason"), "cancelled");
  EXPECT_EQ(Problem(trace, "austin", seconds(20)), "the call to cancel has been answered");
}

TEST(AccidentsInWorldsTest, AccidentsOfTheNetworkHappen) {
  const Trace trace = TraceOf(
      "  - {at: 10s, network: {reboot-nat: home}}\n"
      "  - {at: 11s, network: {change-address: home}}\n"
      "  - {at: 12s, network: {link: {office: {delay: 30ms}}}}\n"
      "  - {at: 13s, network: {firewall: {office: stateful}}}\n"
      "  - {at: 14s, network: {cut: home}}\n"
      "  - {at: 15s, network: {restore: home}}\n");
  EXPECT_EQ(Problem(trace, "network"), "");
  EXPECT_THAT(Seen(trace, "network", "change-address").Get("found"), StartsWith("203.0.113."));
}

TEST(AccidentsInWorldsTest, ACommunityMayBeLarge) {
  const Trace trace = TraceOf("  - {at: 10s, community: {kill: supernode-24}}\n",
                              "community: {supernodes: 24, link: {delay: 15ms}}\n");
  EXPECT_EQ(Problem(trace, "community"), "");
  EXPECT_TRUE(LoggedIn(trace, "austin"));
}

}  // namespace
}  // namespace sfa::conformance
