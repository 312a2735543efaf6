#include <fmt/format.h>

#include "conformance/matrix/cell.h"
#include "conformance/matrix/rule.h"

namespace sfa::conformance {
namespace {

// "  home: {nat: full-cone, behind: home-provider}", and the provider where there is one.
std::string Site(const std::string& name, const NetworkKind& kind) {
  if (kind.upstream.empty()) return fmt::format("  {}: {{{}}}\n", name, kind.site);
  // A shared network's two ends have one provider.
  const std::string provider = kind.shared ? "provider" : name + "-provider";
  return fmt::format("  {}: {{{}}}\n  {}: {{{}, behind: {}}}\n", provider, kind.upstream, name,
                     kind.site, provider);
}

std::string Sites(const NetworkKind& from, const NetworkKind& to) {
  if (!from.shared) return Site("home", from) + Site("office", to);
  if (from.upstream.empty()) return Site("home", from);
  return Site("home", from) + fmt::format("  office: {{{}, behind: provider}}\n", from.site);
}

constexpr char kHead[] = R"(scenario: {name}
summary: "{summary}"
requirements: [SFA-1-03]
date: 2010-06-01
)";

constexpr char kAsterisk[] = R"(asterisk:
  at: {site}
  licensed_channels: 1
  chan_skype.conf: |
    [james_bond]
    secret=shaken
    context=demo
    exten=007
  extensions.conf: |
    [demo]
    exten => 007,1,Answer()
    exten => 007,n,Echo()
)";

// The longest login is that without UDP; the call begins well after it.
constexpr char kCall[] = R"(accounts:
  james_bond:    {{kind: business, password: shaken}}
  austin_powers: {{kind: regular, at: home}}
{asterisk}steps:
  - {{at: 60s, austin_powers: {{call: james_bond}}}}
  - {{at: 75s, austin_powers: {{hangup: true}}}}
expect:
  - {{within: 10s, austin_powers: {{call: answered}}}}
  - {{after: 60s, austin_powers: {{path: {path}}}}}
  - {{audio: {{from: austin_powers, heard_by: austin_powers, correlation: ">= 0.9", mos: ">= 3.9"}}}}
  - {{after: 75s, within: 2s, austin_powers: {{call: ended, reason: normal}}}}
  - {{at_end: {{channels_in_use: 0, licensed_channels_in_use: 0}}}}
)";

constexpr char kNobodyCalls[] = R"(accounts:
  james_bond:    {{kind: business, password: shaken}}
  austin_powers: {{kind: regular, at: home}}
{asterisk}steps:
  - {{at: 60s, asterisk: {{cli: skype show users}}}}
expect:
  - {{after: 0s, never: true, austin_powers: {{login: in}}}}
  - {{at_end: {{channels_in_use: 0, licensed_channels_in_use: 0}}}}
)";

constexpr char kNobodyThere[] = R"(accounts:
  james_bond:    {{kind: business, password: shaken}}
  austin_powers: {{kind: regular, at: home}}
{asterisk}steps:
  - {{at: 60s, austin_powers: {{call: james_bond}}}}
expect:
  - {{within: 10s, austin_powers: {{call: ended, reason: offline}}}}
  - {{at_end: {{channels_in_use: 0, licensed_channels_in_use: 0}}}}
)";

const char* BodyFor(const NetworkKind& from, const NetworkKind& to) {
  if (!from.connected()) return kNobodyCalls;
  return to.connected() ? kCall : kNobodyThere;
}

}  // namespace

std::string CellScenario(const NetworkKind& from, const NetworkKind& to) {
  using fmt::arg;
  const std::string asterisk_at = from.shared && from.upstream.empty() ? "home" : "office";
  return fmt::format(kHead, arg("name", "matrix-" + from.name + "-to-" + to.name),
                     arg("summary", fmt::format("A client ({}) calls an Asterisk ({}).",
                                                from.summary, to.summary))) +
         "network:\n" + Sites(from, to) +
         fmt::format(fmt::runtime(BodyFor(from, to)), arg("path", ToString(ExpectedPath(from, to))),
                     arg("asterisk", fmt::format(kAsterisk, arg("site", asterisk_at))));
}

std::string LoginScenario(const NetworkKind& kind) {
  using fmt::arg;
  // Asterisk stands apart, and nobody calls it.
  return fmt::format(kHead, arg("name", "login-" + kind.name),
                     arg("summary", fmt::format("A client ({}) logs in.", kind.summary))) +
         "community: {supernodes: 24}\nnetwork:\n" + Site("home", kind) + "  office: {}\n" +
         "accounts:\n  austin_powers: {kind: regular, at: home, online: false}\n" +
         fmt::format(kAsterisk, arg("site", "office")) + "steps:\n" +
         "  - {at: 10s, austin_powers: {login: true}}\n" +
         "  - {at: 90s, asterisk: {cli: skype show version}}\nexpect:\n" +
         (kind.connected() ? "  - {austin_powers: {login: in, times: 1}}\n"
                           : "  - {never: true, austin_powers: {login: in}}\n");
}

}  // namespace sfa::conformance
