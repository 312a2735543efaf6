// A stranger does to a whole world what can be done without a key, while people call: judged from
// outside, nothing comes of it.
#include <gtest/gtest.h>

#include <set>
#include <string_view>

#include "conformance/checks/audio.h"
#include "conformance/checks/judge.h"
#include "conformance/host/files.h"
#include "conformance/judges/hostile/packets.h"
#include "conformance/judges/hostile/stranger.h"
#include "conformance/scenario/loader.h"
#include "conformance/world/simulated_site.h"
#include "conformance/world/world.h"

namespace sfa::conformance {
namespace {

using std::chrono::seconds;

// The attack lasts from 14 s, in the first call, to 44 s, in the second one.
constexpr MonotonicTime kFrom{seconds(14)}, kUntil{seconds(44)};

constexpr char kRest[] = R"(
accounts:
  james_bond:    {kind: business, password: shaken}
  austin_powers: {kind: regular, at: home}
  moneypenny:    {kind: regular, at: home, online: no}
asterisk:
  at: office
  licensed_channels: 2
  chan_skype.conf: |
    [james_bond]
    secret=shaken
    context=demo
    exten=007
  extensions.conf: |
    [demo]
    exten => 007,1,Answer()
    exten => 007,n,Echo()
steps:
  - {at: 10s, austin_powers: {call: james_bond}}
  - {at: 18s, austin_powers: {dtmf: "4400715"}}
  - {at: 20s, moneypenny: {login: true}}
  - {at: 28s, austin_powers: {hangup: true}}
  - {at: 30s, austin_powers: {call: james_bond}}
  - {at: 38s, austin_powers: {dtmf: "99"}}
  - {at: 50s, austin_powers: {hangup: true}}
expect:
  - {after: 10s, within: 5s, austin_powers: {call: answered}}
  - {after: 18s, within: 10s, austin_powers: {digits: "4400715"}}
  - {after: 20s, within: 9s, moneypenny: {login: in}}
  - {after: 30s, within: 5s, austin_powers: {call: answered}}
  - {after: 38s, within: 5s, austin_powers: {digits: "99"}}
  - {after: 15s, within: 12s, audio: {from: austin_powers, heard_by: austin_powers, correlation: ">= 0.95", mos: ">= 3.9"}}
  - {after: 32s, within: 17s, audio: {from: austin_powers, heard_by: austin_powers, correlation: ">= 0.95", mos: ">= 3.9"}}
  - {after: 12s, within: 100s, never: true, austin_powers: {login: out}}
  - {after: 12s, within: 37s, austin_powers: {call: ended, times: 1}}
  - {at_end: {channels_in_use: 0, licensed_channels_in_use: 0, calls: 0, relays: 0}}
)";

// Of memory: some lists that have grown to their bounds.
constexpr int64_t kLittle = 2 << 20;

struct Outcome {
  WorldRun run;
  Damage damage;
  std::vector<CheckResult> checks;
  uint64_t to_stranger = 0, from_stranger = 0, to_victim = 0;  // bytes on their lines
  std::vector<Heard> heard;                                    // in the first call, in the second
};

// As it says when it ends; 0 when it says nothing.
uint64_t EngineDrops(const Outcome& outcome) {
  constexpr std::string_view kWords = "engine: dropped ";
  const size_t at = outcome.run.log.find(kWords);
  return at == std::string::npos ? 0 : std::stoull(outcome.run.log.substr(at + kWords.size()));
}

class HostileWorldTest : public testing::Test {
 protected:
  Outcome Run(const std::string& network, Attack attack) {
    attack.from = kFrom;
    attack.until = kUntil;
    Outcome outcome;
    const std::string text =
        "scenario: hostile-world\nsummary: x\nrequirements: [SFA-1-03]\nlasts: 170s\n" + network +
        kRest;
    const auto schema = Schema::Parse(*ReadFile(SFA_SOURCE_ROOT "/scenarios/schema.json"));
    const LoadedScenario loaded = LoadScenario("s.yaml", text, *schema, {"SFA-1-03"});
    for (const InputError& error : loaded.errors) ADD_FAILURE() << ToString(error);
    if (!loaded.scenario) return outcome;
    const std::string captures = temporary_.path() + "/" + std::to_string(runs_++);
    EXPECT_TRUE(MakeDirectory(captures).ok());
    outcome.run = RunWorld(*loaded.scenario, *NewSimulatedPbxFactory(),
                           {1, captures, NewStranger(attack, captures, outcome.damage)});
    outcome.checks = Judge(*loaded.scenario, outcome.run.trace);
    Count(captures, outcome);
    for (const MonotonicTime from : {MonotonicTime(seconds(15)), MonotonicTime(seconds(32))}) {
      const auto heard =
          Hear("austin_powers", "austin_powers", {from, from + seconds(12)}, outcome.run.trace);
      EXPECT_TRUE(heard);
      outcome.heard.push_back(heard.value_or(Heard()));
    }
    EXPECT_TRUE(RemoveDirectoryTree(captures).ok());
    return outcome;
  }

  // What every attacked world is held to, beside the one that was left alone.
  static void ExpectUnharmed(const Outcome& attacked, const Outcome& quiet) {
    for (const CheckResult& check : attacked.checks) {
      EXPECT_EQ(check.verdict, Verdict::kPass) << check.check << ": " << check.reason;
    }
    for (size_t call = 0; call < quiet.heard.size(); ++call) {
      EXPECT_NEAR(attacked.heard[call].mos, quiet.heard[call].mos, 0.05);
      EXPECT_NEAR(attacked.heard[call].correlation, quiet.heard[call].correlation, 0.01);
    }
    EXPECT_EQ(LoginsLost(attacked.run.trace), 0u);
    EXPECT_GE(attacked.damage.least_users, 2u);
    EXPECT_LE(attacked.damage.most_users, 3u);
    EXPECT_LE(attacked.damage.most_relays, quiet.damage.most_relays);
  }

  // Anybody's state after the first "Logged In" that is none, before the end.
  static size_t LoginsLost(const Trace& trace) {
    size_t lost = 0;
    std::set<std::string> in;
    for (const Observation& seen : trace.observations()) {
      if (seen.at > MonotonicTime(seconds(165))) break;
      if (seen.observer != Observer::kClient || seen.kind != "login") continue;
      if (seen.Get("state") == "Logged In") {
        in.insert(seen.subject);
      } else if (in.count(seen.subject) != 0) {
        ++lost;
      }
    }
    return lost;
  }

 private:
  static void Count(const std::string& captures, Outcome& outcome) {
    for (const char* const host : {kStrangerHost, kVictimHost}) {
      const auto packets = ReadCapture(captures + "/" + host + ".pcap", 0);
      ASSERT_TRUE(packets.ok());
      for (const PacketBytes& packet : *packets) {
        const bool victim = host == kVictimHost;
        // Destination addresses of RFC 791, against the host's own.
        const bool to_host = packet.size() > 19 && packet[16] == 198 && packet[17] == 51 &&
                             packet[18] == 100 && packet[19] == (victim ? 201 : 200);
        if (to_host) {
          (victim ? outcome.to_victim : outcome.to_stranger) += packet.size();
        } else if (!victim) {
          outcome.from_stranger += packet.size();
        }
      }
    }
  }

  TemporaryDirectory temporary_;
  int runs_ = 0;
};

constexpr char kPublic[] = "network: {office: {nat: none}, home: {nat: none}}\n";
constexpr char kNats[] =
    "network: {office: {nat: linux-masquerade}, home: {nat: port-restricted}}\n";
constexpr char kRelayed[] = "network: {office: {nat: symmetric}, home: {nat: symmetric}}\n";

// By which calls go at last.
std::string PathOf(const Trace& trace) {
  std::string path;
  for (const Observation& seen : trace.observations()) {
    if (seen.kind == "path") path = seen.Get("path");
  }
  return path;
}

// Each part of the party counts what it drops.
void ExpectCounted(const Outcome& attacked, const Outcome& quiet) {
  EXPECT_GT(attacked.damage.client_drops, quiet.damage.client_drops + 500);
  EXPECT_GT(attacked.damage.relay_drops, quiet.damage.relay_drops + 500);
  EXPECT_GT(attacked.damage.relay_refusals, quiet.damage.relay_refusals + 100);
  EXPECT_GT(EngineDrops(attacked), EngineDrops(quiet) + 500);
}

TEST_F(HostileWorldTest, PacketsOfAllKindsHarmNobody) {
  const Outcome quiet = Run(kPublic, {});
  ExpectUnharmed(quiet, quiet);
  const Outcome attacked = Run(kPublic, {.packets_per_second = 1000});
  EXPECT_GE(attacked.damage.packets_sent, 29000u);
  ExpectUnharmed(attacked, quiet);
  ExpectCounted(attacked, quiet);
  // Ten times the attack costs hardly more memory, neither while it lasts nor later.
  const Outcome ten_times = Run(kPublic, {.packets_per_second = 10000});
  ExpectUnharmed(ten_times, quiet);
  EXPECT_LT(ten_times.damage.heap_after_attack, attacked.damage.heap_after_attack + kLittle);
  EXPECT_LT(ten_times.damage.heap_at_end, quiet.damage.heap_at_end + 2 * kLittle);
}

TEST_F(HostileWorldTest, NatsDoNotHideBehindTheirPeers) {
  const Outcome quiet = Run(kNats, {});
  const Outcome attacked = Run(kNats, {.packets_per_second = 2000});
  ExpectUnharmed(attacked, quiet);
  ExpectCounted(attacked, quiet);
}

TEST_F(HostileWorldTest, ARelayedCallIsNotHarmed) {
  const Outcome quiet = Run(kRelayed, {});
  EXPECT_EQ(PathOf(quiet.run.trace), "relay");
  const Outcome attacked = Run(kRelayed, {.packets_per_second = 2000});
  ExpectUnharmed(attacked, quiet);
}

TEST_F(HostileWorldTest, WhoseAddressIsBorrowedGetsLittle) {
  const Outcome attacked = Run(kPublic, {.packets_per_second = 1000, .only_questions = true});
  // RFC 8489 section 15.1 knows that a question of 20 bytes has a longer answer.
  EXPECT_GT(attacked.to_victim, attacked.from_stranger / 2);
  EXPECT_LT(attacked.to_victim, attacked.from_stranger * 5 / 2);
}

TEST_F(HostileWorldTest, ConnectionsOfAllKindsHarmNobody) {
  const Outcome quiet = Run(kPublic, {});
  const Outcome attacked = Run(kPublic, {.connections = 6, .flood = 2500});
  ExpectUnharmed(attacked, quiet);
  EXPECT_GE(attacked.damage.tcp_most, 2500u);
  EXPECT_GT(attacked.damage.tcp_secured, 100u) << "strangers who were heard in a proper stream";
  EXPECT_LT(attacked.damage.heap_at_end, quiet.damage.heap_at_end + 2 * kLittle);
}

// Who holds all the connections that nodes allow to those who say nothing keeps nobody out.
TEST_F(HostileWorldTest, SilentConnectionsKeepNobodyOut) {
  const Outcome quiet = Run(kPublic, {});
  const Outcome attacked = Run(kPublic, {.hoard = 550});
  EXPECT_GE(attacked.damage.tcp_most, 4000u);
  ExpectUnharmed(attacked, quiet);
}

TEST_F(HostileWorldTest, TheSameAttackHasTheSameEffect) {
  const Attack attack{.packets_per_second = 500, .connections = 2};
  const Outcome once = Run(kNats, attack);
  const Outcome again = Run(kNats, attack);
  EXPECT_EQ(once.run.trace.Hash(), again.run.trace.Hash());
  EXPECT_EQ(once.damage.client_drops, again.damage.client_drops);
  EXPECT_EQ(once.from_stranger, again.from_stranger);
}

}  // namespace
}  // namespace sfa::conformance
