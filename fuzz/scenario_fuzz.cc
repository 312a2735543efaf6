// Scenario files, with the schema that everybody's editor uses.
#include "conformance/host/files.h"
#include "conformance/scenario/loader.h"
#include "fuzz/target.h"

namespace sfa::fuzz {
namespace {

using conformance::Schema;

Schema ReadSchema() {
  const auto text = conformance::ReadFile(SFA_SOURCE_ROOT "/scenarios/schema.json");
  SFA_FUZZ_CHECK(text.ok());
  auto schema = Schema::Parse(*text);
  SFA_FUZZ_CHECK(schema.ok());
  return std::move(schema).value();
}

void Run(std::span<const uint8_t> bytes) {
  // Read once: it is the same for all, and takes longer than what is tested.
  static const Schema schema = ReadSchema();
  const auto loaded = conformance::LoadScenario("s.yaml", std::string(TextOf(bytes)), schema,
                                                {"SFA-1-03", "SFA-3.2.2-01"});
  SFA_FUZZ_CHECK(loaded.scenario.has_value() == loaded.errors.empty());
  SFA_FUZZ_CHECK(loaded.errors.size() <= conformance::kMostErrors + 1);
  for (const auto& error : loaded.errors) SFA_FUZZ_CHECK(!ToString(error).empty());
}

Seeds MakeSeeds() {
  constexpr std::string_view kWhole = R"(scenario: example
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
expect:
  - {within: 5s, austin_powers: {call: answered}}
  - {audio: {from: austin_powers, heard_by: austin_powers, correlation: ">= 0.9", mos: ">= 3.9"}}
  - {at_end: {channels_in_use: 0, licensed_channels_in_use: 0}}
)";
  constexpr std::string_view kNetwork = R"(scenario: example
summary: Every kind of network and of accident.
requirements: [SFA-1-03]
network:
  office: {firewall: {kind: web-only, reject: yes}}
  isp:    {nat: {kind: full-cone, hairpin: yes, ports: sequential, udp_timeout: 20s}}
  home:   {nat: symmetric, behind: isp, firewall: stateful,
           link: {burst_loss: {loss: 5%, burst: 4}, reorder: 2%, reorder_by: 40ms, duplicate: 1%}}
community: {supernodes: 8, link: {delay: 50ms, up: 2Mbps}}
accounts:
  james_bond:    {kind: business, password: shaken}
  austin_powers: {kind: regular, at: home}
asterisk: {at: office, chan_skype.conf: x}
steps:
  - {at: 1s, network: {reboot-nat: home}}
  - {at: 2s, network: {change-address: isp}}
  - {at: 3s, network: {cut: office}}
  - {at: 4s, network: {firewall: {office: udp-blocked}}}
  - {at: 5s, network: {link: {home: {loss: 10%}}}}
  - {at: 6s, community: {kill: relay of austin_powers}}
  - {at: 7s, austin_powers: {vanish: true}}
expect:
  - {within: 5s, austin_powers: {path: relay, remote: "198.51.100.*"}}
  - {audio_gap: {from: austin_powers, heard_by: austin_powers, at_most: 3s}}
  - {at_end: {calls: 0, relays: 0}}
)";
  return {
      {"whole", Script().Put(kWhole).bytes()},
      {"network", Script().Put(kNetwork).bytes()},
      {"anchors", Script().Put("a: &a [1, 2]\nb: *a\nc: {<<: *a}\n--- !!set {}\n").bytes()},
  };
}

}  // namespace

const Target kScenario = {"scenario", Run, MakeSeeds};

}  // namespace sfa::fuzz
