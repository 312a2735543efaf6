#include "conformance/scenario/network_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/host/files.h"
#include "conformance/scenario/loader.h"

namespace sfa::conformance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// A scenario with this network, these steps and these lines before the accounts.
std::string Text(const std::string& network, const std::string& steps = "",
                 const std::string& before = "") {
  return "scenario: example\nsummary: x\nrequirements: [SFA-1-03]\n" + before + "network:\n" +
         network +
         "accounts:\n"
         "  bond: {kind: business}\n"
         "  austin: {kind: regular, at: home}\n"
         "asterisk: {at: office, chan_skype.conf: x}\n"
         "steps:\n  - {at: 1s, austin: {call: bond}}\n" +
         steps + "expect:\n  - {austin: {path: relay, remote: \"198.51.100.*\"}}\n";
}

LoadedScenario Load(const std::string& text) {
  const Result<std::string> schema_text = ReadFile(SFA_SOURCE_ROOT "/scenarios/schema.json");
  const Result<Schema> schema = Schema::Parse(*schema_text);
  return LoadScenario("s.yaml", text, *schema, {"SFA-1-03"});
}

std::vector<std::string> Mistakes(const std::string& text) {
  std::vector<std::string> texts;
  for (const InputError& error : Load(text).errors) texts.push_back(ToString(error));
  return texts;
}

Scenario Good(const std::string& text) {
  EXPECT_THAT(Mistakes(text), IsEmpty()) << text;
  LoadedScenario loaded = Load(text);
  return loaded.scenario ? std::move(*loaded.scenario) : Scenario{};
}

constexpr char kPlain[] = "  office: {}\n  home: {}\n";

sim::SiteSettings Home(const std::string& settings) {
  const Scenario scenario = Good(Text("  office: {}\n  home: {" + settings + "}\n"));
  return scenario.sites.size() == 2 ? scenario.sites[1] : sim::SiteSettings{};
}

std::vector<std::string> HomeMistakes(const std::string& settings) {
  return Mistakes(Text("  office: {}\n  home: {" + settings + "}\n"));
}

TEST(NetworkReaderTest, NatsHaveNames) {
  EXPECT_FALSE(Home("nat: none").nat);
  EXPECT_EQ(Home("nat: full-cone").nat->filtering, sim::NatFiltering::kEndpointIndependent);
  EXPECT_EQ(Home("nat: address-restricted").nat->filtering, sim::NatFiltering::kAddressDependent);
  const sim::NatSettings symmetric = *Home("nat: symmetric").nat;
  EXPECT_EQ(symmetric.mapping, sim::NatMapping::kAddressAndPortDependent);
  EXPECT_EQ(symmetric.ports, sim::NatPortAssignment::kRandom);
  EXPECT_EQ(Home("nat: symmetric-sequential").nat->ports, sim::NatPortAssignment::kSequential);
  EXPECT_FALSE(Home("nat: linux-masquerade").nat->linux_random);
  EXPECT_TRUE(Home("nat: linux-masquerade-random").nat->linux_random);
  EXPECT_THAT(HomeMistakes("nat: symetric"), ElementsAre(HasSubstr("did you mean 'symmetric'?")));
}

TEST(NetworkReaderTest, ANatMayDifferFromItsKind) {
  const sim::NatSettings nat =
      *Home("nat: {kind: symmetric, ports: sequential, hairpin: yes, udp_timeout: 20s}").nat;
  EXPECT_EQ(nat.mapping, sim::NatMapping::kAddressAndPortDependent);
  EXPECT_EQ(nat.ports, sim::NatPortAssignment::kSequential);
  EXPECT_TRUE(nat.hairpin);
  EXPECT_EQ(nat.udp_timeout, seconds(20));
  EXPECT_EQ(Home("nat: {ports: random}").nat->filtering,
            sim::NatFiltering::kAddressAndPortDependent);
  EXPECT_TRUE(Home("nat: {kind: linux-masquerade, hairpin: yes}").nat->hairpin);
  EXPECT_THAT(HomeMistakes("nat: {kind: linux-masquerade, ports: random}"),
              ElementsAre(HasSubstr("'ports' does not go with 'linux-masquerade'")));
}

TEST(NetworkReaderTest, FirewallsHaveKinds) {
  EXPECT_EQ(Home("nat: none").firewall.kind, sim::FirewallKind::kNone);
  EXPECT_EQ(Home("firewall: stateful").firewall.kind, sim::FirewallKind::kStateful);
  EXPECT_EQ(Home("firewall: web-only").firewall.kind, sim::FirewallKind::kWebOnly);
  EXPECT_FALSE(Home("firewall: udp-blocked").firewall.reject);
  const sim::FirewallSettings loud = Home("firewall: {kind: all-blocked, reject: yes}").firewall;
  EXPECT_EQ(loud.kind, sim::FirewallKind::kAllBlocked);
  EXPECT_TRUE(loud.reject);
  EXPECT_THAT(HomeMistakes("firewall: udp_blocked"),
              ElementsAre(HasSubstr("s.yaml:6:20: firewall is 'udp_blocked'; allowed: none")));
}

TEST(NetworkReaderTest, SitesStandBehindOthers) {
  const Scenario scenario =
      Good(Text("  home: {nat: port-restricted, behind: isp}\n  office: {}\n"
                "  isp: {nat: {kind: full-cone, hairpin: yes}}\n  flat: {behind: home}\n"));
  ASSERT_EQ(scenario.sites.size(), 4u);
  EXPECT_EQ(scenario.sites[0].name, "office");
  EXPECT_EQ(scenario.sites[1].name, "isp");
  EXPECT_TRUE(scenario.sites[1].carrier);
  EXPECT_EQ(scenario.sites[2].name, "home");
  EXPECT_EQ(scenario.sites[2].behind, "isp");
  EXPECT_EQ(scenario.sites[3].name, "flat");
}

TEST(NetworkReaderTest, RefusesWhatCannotStandBehindAnother) {
  const auto with = [](const std::string& network) {
    return Mistakes(Text("  office: {}\n" + network));
  };
  EXPECT_THAT(with("  home: {nat: full-cone, behind: ips}\n  isp: {nat: full-cone}\n"),
              ElementsAre(HasSubstr("s.yaml:6:34: no site 'ips'")));
  EXPECT_THAT(with("  home: {behind: office}\n"), ElementsAre(HasSubstr("'office' has no NAT")));
  EXPECT_THAT(with("  home: {nat: full-cone, behind: home}\n"),
              ElementsAre(HasSubstr("site 'home' is behind itself")));
  EXPECT_THAT(with("  home: {nat: full-cone, behind: b}\n  b: {nat: full-cone, behind: home}\n"),
              ElementsAre(HasSubstr("'home' is behind itself"), HasSubstr("'b' is behind itself")));
  const std::string four =
      "  a: {nat: full-cone}\n  b: {nat: full-cone, behind: a}\n"
      "  c: {nat: full-cone, behind: b}\n  home: {nat: full-cone, behind: c}\n";
  EXPECT_THAT(with(four), IsEmpty());
  EXPECT_THAT(with(four + "  e: {nat: full-cone, behind: home}\n"),
              ElementsAre(HasSubstr("site 'e' is behind more than 3 others")));
}

TEST(NetworkReaderTest, ALanHasRoomForSoMany) {
  std::string network = "  office: {}\n  home: {nat: full-cone}\n";
  const std::string room = network;
  for (int i = 0; i < 198; ++i) network += "  s" + std::to_string(i) + ": {behind: home}\n";
  std::string text = Text(network);
  EXPECT_THAT(Mistakes(text), IsEmpty()) << "they are empty";
  network = room;
  for (int i = 0; i < 198; ++i) {
    network += "  s" + std::to_string(i) + ": {behind: home, nat: full-cone}\n";
  }
  text = Text(network);
  EXPECT_THAT(Mistakes(text), IsEmpty());
  std::string accounts = "accounts:\n";
  for (int i = 0; i < 60; ++i)
    accounts += "  p" + std::to_string(i) + ": {kind: regular, at: home}\n";
  text.replace(text.find("accounts:\n"), 10, accounts);
  EXPECT_THAT(Mistakes(text), ElementsAre(HasSubstr("259 machines and NATs are inside site "
                                                    "'home'; it has room for 245")));
}

TEST(NetworkReaderTest, LinksHaveImpairments) {
  const sim::SiteSettings home = Home(
      "link: {burst_loss: {loss: 5%, burst: 4}, reorder: 2%, reorder_by: 40ms, duplicate: 1%, "
      "up: 1Mbps}");
  for (const sim::LinkSettings& link : {home.up, home.down}) {
    EXPECT_DOUBLE_EQ(link.burst_loss, 0.05);
    EXPECT_DOUBLE_EQ(link.burst_length, 4);
    EXPECT_DOUBLE_EQ(link.reorder, 0.02);
    EXPECT_EQ(link.reorder_by, milliseconds(40));
    EXPECT_DOUBLE_EQ(link.duplicate, 0.01);
  }
  EXPECT_EQ(home.up.bits_per_second, 1'000'000u);
  EXPECT_EQ(home.down.bits_per_second, 0u);
  EXPECT_THAT(HomeMistakes("link: {burst_loss: {loss: 80%, burst: 3}}"),
              ElementsAre(HasSubstr("the most is 75.0%")));
  EXPECT_THAT(HomeMistakes("link: {burst_loss: {loss: 5%, burst: 0.5}}"),
              ElementsAre(HasSubstr("from 1 to 1000 packets")));
  EXPECT_THAT(HomeMistakes("link: {burst_loss: 5%}"),
              ElementsAre(HasSubstr("a mapping of keys to values")));
}

TEST(NetworkReaderTest, TheCommunityHasASize) {
  EXPECT_EQ(Good(Text(kPlain)).community.supernodes, 7);
  EXPECT_FALSE(Good(Text(kPlain)).community.line);
  const Scenario large =
      Good(Text(kPlain, "", "community: {supernodes: 24, link: {delay: 50ms, up: 2Mbps}}\n"));
  EXPECT_EQ(large.community.supernodes, 24);
  EXPECT_EQ(large.community.line->down.delay, milliseconds(50));
  EXPECT_EQ(large.community.line->up.bits_per_second, 2'000'000u);
  EXPECT_THAT(Mistakes(Text(kPlain, "", "community: {supernodes: 6}\n")),
              ElementsAre(HasSubstr("supernodes is 6; the least is 7")));
}

TEST(NetworkReaderTest, AccidentsOfTheNetwork) {
  const Scenario scenario =
      Good(Text("  office: {}\n  home: {nat: symmetric, link: {loss: 1%, delay: 30ms}}\n",
                "  - {at: 2s, network: {reboot-nat: home}}\n"
                "  - {at: 3s, network: {change-address: home}}\n"
                "  - {at: 4s, network: {cut: office}}\n"
                "  - {at: 5s, network: {restore: office}}\n"
                "  - {at: 6s, network: {firewall: {office: {kind: web-only, reject: yes}}}}\n"
                "  - {at: 7s, network: {link: {home: {loss: 10%}}}}\n"
                "  - {at: 8s, network: {link: {home: {jitter: 5ms}}}}\n"
                "  - {at: 9s, austin: {vanish: true}}\n"
                "  - {at: 9s, austin: {cancel: true}}\n"));
  const auto& steps = scenario.steps;
  ASSERT_EQ(steps.size(), 10u);
  EXPECT_EQ(steps[1].actor, "network");
  EXPECT_EQ(steps[1].verb, "reboot-nat");
  EXPECT_EQ(steps[1].argument, "home");
  EXPECT_EQ(steps[5].argument, "office");
  EXPECT_EQ(steps[5].firewall, (sim::FirewallSettings{sim::FirewallKind::kWebOnly, true}));
  EXPECT_DOUBLE_EQ(steps[6].line->up.loss, 0.1);
  EXPECT_EQ(steps[6].line->up.delay, milliseconds(30)) << "what is not named stays as it is";
  EXPECT_DOUBLE_EQ(steps[7].line->down.loss, 0.1);
  EXPECT_EQ(steps[7].line->down.jitter, milliseconds(5));
  EXPECT_EQ(steps[8].verb, "vanish");
}

TEST(NetworkReaderTest, RefusesAccidentsThatCannotHappen) {
  const auto with = [](const std::string& step) {
    return Mistakes(Text(kPlain, "  - {at: 2s, " + step + "}\n"));
  };
  EXPECT_THAT(with("network: {reboot-nat: home}"), ElementsAre(HasSubstr("'home' has no NAT")));
  EXPECT_THAT(with("network: {cut: hme}"),
              ElementsAre(HasSubstr("s.yaml:13:29: no site 'hme' under network; there is office "
                                    "or home; did you mean 'home'?")));
  EXPECT_THAT(with("network: {firewall: home}"), ElementsAre(HasSubstr("a mapping")));
  EXPECT_THAT(with("network: {explode: home}"), ElementsAre(HasSubstr("unknown key 'explode'")));
  EXPECT_THAT(with("community: {kill: supernode-8}"),
              ElementsAre(HasSubstr("no machine 'supernode-8' in the community; there is "
                                    "login-server, supernode-1 to supernode-7")));
  EXPECT_THAT(with("community: {kill: home of austn}"),
              ElementsAre(HasSubstr("no account 'austn'; there is bond or austin; did you mean "
                                    "'austin'?")));
}

TEST(NetworkReaderTest, AccidentsOfTheCommunity) {
  const Scenario scenario = Good(Text(kPlain,
                                      "  - {at: 2s, community: {kill: login-server}}\n"
                                      "  - {at: 3s, community: {kill: relay of austin}}\n"
                                      "  - {at: 4s, community: {revive: home of bond}}\n"
                                      "  - {at: 5s, community: {cut: supernode-7}}\n"));
  ASSERT_EQ(scenario.steps.size(), 5u);
  EXPECT_EQ(scenario.steps[2].actor, "community");
  EXPECT_EQ(scenario.steps[2].verb, "kill");
  EXPECT_EQ(scenario.steps[2].argument, "relay of austin");
  EXPECT_EQ(scenario.steps[4].argument, "supernode-7");
}

TEST(NetworkReaderTest, WhatIsExpectedOfPathsAndGaps) {
  std::string text = Text(kPlain);
  text +=
      "  - {after: 2s, within: 5s, audio_gap: {from: austin, heard_by: austin, at_most: 2s}}\n"
      "  - {at_end: {calls: 0, relays: 2}}\n";
  const Scenario scenario = Good(text);
  ASSERT_EQ(scenario.expectations.size(), 3u);
  const auto& path = std::get<Sighting>(scenario.expectations[0].subject);
  EXPECT_EQ(path.kind, "path");
  EXPECT_THAT(path.fields,
              ElementsAre(std::pair<std::string, std::string>("path", "relay"),
                          std::pair<std::string, std::string>("remote", "198.51.100.*")));
  EXPECT_EQ(std::get<AudioGapExpectation>(scenario.expectations[1].subject).at_most, seconds(2));
  EXPECT_EQ(std::get<AtEnd>(scenario.expectations[2].subject).calls, 0);
  EXPECT_EQ(std::get<AtEnd>(scenario.expectations[2].subject).relays, 2);
}

}  // namespace
}  // namespace sfa::conformance
