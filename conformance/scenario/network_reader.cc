#include "conformance/scenario/network_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "network_sim/address_plan.h"
#include "network_sim/nat_kinds.h"

namespace sfa::conformance {
namespace {

// Sites behind one another, the outermost included.
constexpr int kMostLevels = 4;

double PercentageOf(const YAML::Node& node) { return ParsePercentage(node.Scalar()).value_or(0); }

// Machines that every world has (world/community.cc).
bool IsCommunityHost(const std::string& name) {
  return name == "login-server" || name == "gateway" || name == "voicemail" || name == "proxy" ||
         name.starts_with("supernode-");
}

template <typename Enum, size_t kCount>
void ReadWord(const YAML::Node& node, const std::array<const char*, kCount>& words, Enum& value) {
  if (!node) return;
  const auto found = std::find(words.begin(), words.end(), node.Scalar());
  if (found != words.end()) value = static_cast<Enum>(found - words.begin());
}

}  // namespace

bool IsHostLabel(const std::string& name) {
  return !name.empty() && name.size() <= 32 &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
             "-_.") == std::string::npos &&
         name[0] != '.' && name[0] != '-';
}

void NetworkReader::ReadSites(const YAML::Node& network) {
  if (!network) return;
  for (const auto& entry : network) {
    sim::SiteSettings site;
    site.name = entry.first.Scalar();
    if (!IsHostLabel(site.name)) {
      teller_.Tell(entry.first, "site name '" + site.name.substr(0, 80) +
                                    "'; expected at most 32 letters, digits and hyphens");
    } else if (IsCommunityHost(site.name)) {
      teller_.Tell(entry.first,
                   "site name '" + site.name +
                       "'; that is a machine of the Skype network itself, expected another");
    }
    if (const YAML::Node nat = entry.second["nat"]) ReadNat(nat, site);
    if (const YAML::Node wall = entry.second["firewall"]) site.firewall = ReadFirewall(wall);
    if (const YAML::Node behind = entry.second["behind"]) site.behind = behind.Scalar();
    sim::LineSettings line;
    if (const YAML::Node link = entry.second["link"]) ReadLink(link, line);
    site.up = line.up;
    site.down = line.down;
    lines_[site.name] = line;
    scenario_.sites.push_back(std::move(site));
  }
  CheckBehind(network);
  PutOuterSitesFirst();
}

void NetworkReader::GoOnFromSites() {
  for (const sim::SiteSettings& site : scenario_.sites) lines_[site.name] = {site.up, site.down};
}

void NetworkReader::ReadNat(const YAML::Node& node, sim::SiteSettings& site) {
  if (node.IsScalar()) {
    site.nat = sim::NatByName(node.Scalar());  // nothing for "none"
    return;
  }
  // Without a kind: what RFC 4787 recommends where security comes first.
  sim::NatSettings nat = sim::NatByName(node["kind"] ? node["kind"].Scalar() : "port-restricted")
                             .value_or(sim::NatSettings());
  if (nat.linux_masquerade) RefuseWithLinux(node);
  const std::array dependence = {"endpoint-independent", "address-dependent",
                                 "address-and-port-dependent"};
  ReadWord(node["mapping"], dependence, nat.mapping);
  ReadWord(node["filtering"], dependence, nat.filtering);
  ReadWord(node["ports"], std::array{"preservation", "sequential", "random"}, nat.ports);
  if (node["hairpin"]) nat.hairpin = node["hairpin"].as<bool>();
  if (node["udp_timeout"]) nat.udp_timeout = teller_.DurationOf(node["udp_timeout"]);
  site.nat = nat;
}

void NetworkReader::RefuseWithLinux(const YAML::Node& node) {
  for (const auto& entry : node) {
    const std::string& key = entry.first.Scalar();
    if (key == "kind" || key == "hairpin") continue;
    teller_.Tell(entry.first, "'" + key + "' does not go with '" + node["kind"].Scalar() +
                                  "', which has its own; allowed beside it: hairpin");
  }
}

sim::FirewallSettings NetworkReader::ReadFirewall(const YAML::Node& node) {
  sim::FirewallSettings firewall;
  const bool bare = node.IsScalar();
  ReadWord(bare ? node : node["kind"],
           std::array{"none", "stateful", "udp-blocked", "web-only", "all-blocked", "proxy-only"},
           firewall.kind);
  if (!bare && node["reject"]) firewall.reject = node["reject"].as<bool>();
  return firewall;
}

void NetworkReader::ReadLink(const YAML::Node& node, sim::LineSettings& line) {
  // Both directions differ in their rates alone.
  sim::LinkSettings& link = line.up;
  if (node["delay"]) link.delay = teller_.DurationOf(node["delay"]);
  if (node["jitter"]) link.jitter = teller_.DurationOf(node["jitter"]);
  if (node["loss"]) link.loss = PercentageOf(node["loss"]);
  if (node["queue"]) link.queue_bytes = node["queue"].as<size_t>();
  if (node["reorder"]) link.reorder = PercentageOf(node["reorder"]);
  if (node["reorder_by"]) link.reorder_by = teller_.DurationOf(node["reorder_by"]);
  if (node["duplicate"]) link.duplicate = PercentageOf(node["duplicate"]);
  if (node["burst_loss"]) ReadBurstLoss(node["burst_loss"], link);
  const uint64_t down = node["down"] ? RateOf(node["down"]) : line.down.bits_per_second;
  line.down = link;
  line.down.bits_per_second = down;
  if (node["up"]) line.up.bits_per_second = RateOf(node["up"]);
}

void NetworkReader::ReadBurstLoss(const YAML::Node& node, sim::LinkSettings& link) {
  link.burst_loss = PercentageOf(node["loss"]);
  const std::string& text = node["burst"].Scalar();
  double burst = 0;
  std::from_chars(text.data(), text.data() + text.size(), burst);
  if (burst < 1 || burst > 1000) {
    teller_.Tell(node["burst"], "'" + text + "'; expected a mean length from 1 to 1000 packets");
    return;
  }
  link.burst_length = burst;
  const double most = burst / (burst + 1);
  if (link.burst_loss > most) {
    teller_.Tell(node["loss"],
                 fmt::format("'{}' of all packets in bursts of {} cannot be: between two bursts at "
                             "least one arrives; the most is {:.1f}%",
                             node["loss"].Scalar(), text, 100 * most));
  }
}

uint64_t NetworkReader::RateOf(const YAML::Node& node) {
  const auto rate = ParseRate(node.Scalar());
  if (!rate) teller_.Tell(node, "'" + node.Scalar() + "' is no rate from 1bps to 1000Gbps");
  return rate.value_or(0);
}

sim::SiteSettings* NetworkReader::Find(const std::string& name) {
  for (sim::SiteSettings& site : scenario_.sites) {
    if (site.name == name) return &site;
  }
  return nullptr;
}

void NetworkReader::CheckBehind(const YAML::Node& network) {
  for (const auto& entry : network) {
    const YAML::Node node = entry.second["behind"];
    if (!node) continue;
    const std::string& name = entry.first.Scalar();
    sim::SiteSettings* outer = Find(Site(node));
    if (outer == nullptr) continue;
    if (!outer->nat && outer->name != name) {
      teller_.Tell(
          node, "site '" + outer->name + "' has no NAT; a site stands behind another one that has");
    }
    outer->carrier = true;
    int levels = 1;
    for (; outer != nullptr; outer = outer->behind.empty() ? nullptr : Find(outer->behind)) {
      ++levels;
      if (outer->name == name || levels > kMostLevels) break;
    }
    if (outer == nullptr) continue;
    if (outer->name == name) {
      teller_.Tell(node, "site '" + name + "' is behind itself");
    } else {
      teller_.Tell(node,
                   fmt::format("site '{}' is behind more than {} others", name, kMostLevels - 1));
    }
  }
}

// A network is built from the outside in. Otherwise the order is the file's: it gives addresses.
void NetworkReader::PutOuterSitesFirst() {
  const auto depth = [this](const sim::SiteSettings& site) {
    int levels = 0;
    const sim::SiteSettings* outer = &site;
    while (levels < kMostLevels && !outer->behind.empty()) {
      outer = Find(outer->behind);
      if (outer == nullptr) break;
      ++levels;
    }
    return levels;
  };
  std::vector<sim::SiteSettings> sorted;
  for (int level = 0; level <= kMostLevels; ++level) {
    for (const sim::SiteSettings& site : scenario_.sites) {
      if (depth(site) == level) sorted.push_back(site);
    }
  }
  scenario_.sites = std::move(sorted);
}

void NetworkReader::CheckRoom(const YAML::Node& network) {
  std::map<std::string, uint32_t> hosts;  // by the site whose LAN they are in
  const auto add = [&](std::string site) {
    for (int level = 0; level < kMostLevels; ++level) {
      const sim::SiteSettings* const found = Find(site);
      if (found == nullptr) return;
      if (found->nat || found->behind.empty()) break;
      site = found->behind;
    }
    ++hosts[site];
  };
  for (const sim::SiteSettings& site : scenario_.sites) {
    if (site.nat && !site.behind.empty()) add(site.behind);
  }
  for (const AccountSpec& account : scenario_.accounts) {
    if (!account.site.empty()) add(account.site);
  }
  add(scenario_.asterisk.site);
  if (scenario_.far_asterisk) add(scenario_.far_asterisk->site);
  constexpr uint32_t kRoom = sim::kLastLanHost - sim::kFirstLanHost + 1;
  for (const auto& [name, count] : hosts) {
    const sim::SiteSettings* const site = Find(name);
    if (!site->nat || count <= kRoom) continue;
    teller_.Tell(network, fmt::format("{} machines and NATs are inside site '{}'; it has room for "
                                      "{}",
                                      count, name, kRoom));
  }
}

std::string NetworkReader::Site(const YAML::Node& node) {
  std::vector<std::string> known;
  for (const sim::SiteSettings& site : scenario_.sites) known.push_back(site.name);
  const std::string& name = node.Scalar();
  if (std::find(known.begin(), known.end(), name) == known.end()) {
    teller_.Tell(node,
                 "no site '" + name + "' under network; there " +
                     (known.empty() ? std::string("is none") : "is " + AllowedWords(name, known)));
  }
  return name;
}

std::string NetworkReader::SiteWithNat(const YAML::Node& node) {
  std::string name = Site(node);
  const sim::SiteSettings* const site = Find(name);
  if (site != nullptr && !site->nat) teller_.Tell(node, "site '" + name + "' has no NAT");
  return name;
}

void NetworkReader::ReadCommunity(const YAML::Node& community) {
  if (!community) return;
  if (community["supernodes"]) scenario_.community.supernodes = community["supernodes"].as<int>();
  if (community["link"]) {
    sim::LineSettings line;
    ReadLink(community["link"], line);
    scenario_.community.line = line;
  }
}

void NetworkReader::ReadNetworkFault(const YAML::Node& action, Step& step) {
  const auto pair = *action.begin();
  const YAML::Node& value = pair.second;
  step.verb = pair.first.Scalar();
  if (step.verb == "reboot-nat" || step.verb == "change-address") {
    step.argument = SiteWithNat(value);
  } else if (value.IsScalar()) {
    step.argument = Site(value);
  } else {
    const auto of_site = *value.begin();
    const YAML::Node& change = of_site.second;
    step.argument = Site(of_site.first);
    if (step.verb == "firewall") {
      step.firewall = ReadFirewall(change);
    } else {
      ReadLink(change, lines_[step.argument]);
      step.line = lines_[step.argument];
    }
  }
}

void NetworkReader::ReadCommunityFault(const YAML::Node& action,
                                       const std::vector<std::string>& accounts, Step& step) {
  const auto pair = *action.begin();
  const YAML::Node& value = pair.second;
  step.verb = pair.first.Scalar();
  step.argument = value.Scalar();
  for (const std::string_view role : {"home of ", "relay of "}) {
    if (!step.argument.starts_with(role)) continue;
    const std::string name = step.argument.substr(role.size());
    if (std::find(accounts.begin(), accounts.end(), name) != accounts.end()) return;
    teller_.Tell(value, "no account '" + name + "'; there is " + AllowedWords(name, accounts));
    return;
  }
  if (step.argument == "login-server") return;
  for (int number = 1; number <= scenario_.community.supernodes; ++number) {
    if (step.argument == "supernode-" + std::to_string(number)) return;
  }
  teller_.Tell(value, fmt::format("no machine '{}' in the community; there is login-server, "
                                  "supernode-1 to supernode-{}, 'home of ACCOUNT' and 'relay of "
                                  "ACCOUNT'",
                                  step.argument.substr(0, 80), scenario_.community.supernodes));
}

}  // namespace sfa::conformance
