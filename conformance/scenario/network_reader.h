// What a scenario says of its network: sites, their NATs, firewalls and lines, the community's
// machines, and the accidents that happen to them.
#ifndef CONFORMANCE_SCENARIO_NETWORK_READER_H_
#define CONFORMANCE_SCENARIO_NETWORK_READER_H_

#include <yaml-cpp/yaml.h>

#include <map>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "conformance/scenario/teller.h"

namespace sfa::conformance {

// Whether a site or an account may have this name: it becomes that of hosts and capture files.
bool IsHostLabel(const std::string& name);

class NetworkReader {
 public:
  // Fills the sites and the community of `scenario`. Both outlive it.
  NetworkReader(Teller& teller, Scenario& scenario) : teller_(teller), scenario_(scenario) {}

  void ReadSites(const YAML::Node& network);
  void ReadCommunity(const YAML::Node& community);
  // The scenario has its sites already, by somebody else: their lines are what steps change.
  void GoOnFromSites();
  // Once everybody has a site: that each LAN has room.
  void CheckRoom(const YAML::Node& network);

  // The name of a site that exists.
  std::string Site(const YAML::Node& node);
  // What happens to the network: the one pair in `action`.
  void ReadNetworkFault(const YAML::Node& action, Step& step);
  // What happens to the community. `accounts` may be named.
  void ReadCommunityFault(const YAML::Node& action, const std::vector<std::string>& accounts,
                          Step& step);

 private:
  void ReadNat(const YAML::Node& node, sim::SiteSettings& site);
  void RefuseWithLinux(const YAML::Node& node);
  sim::FirewallSettings ReadFirewall(const YAML::Node& node);
  // Changes what `node` names and leaves the rest.
  void ReadLink(const YAML::Node& node, sim::LineSettings& line);
  void ReadBurstLoss(const YAML::Node& node, sim::LinkSettings& link);
  uint64_t RateOf(const YAML::Node& node);
  void CheckBehind(const YAML::Node& network);
  void PutOuterSitesFirst();
  sim::SiteSettings* Find(const std::string& name);
  std::string SiteWithNat(const YAML::Node& node);

  Teller& teller_;
  Scenario& scenario_;
  std::map<std::string, sim::LineSettings> lines_;  // of sites, after the steps read so far
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_SCENARIO_NETWORK_READER_H_
