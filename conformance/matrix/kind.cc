#include "conformance/matrix/kind.h"

#include <algorithm>

namespace sfa::conformance {
namespace {

using Filtering = KindFiltering;
using Mapping = KindMapping;
using Tcp = KindTcp;

std::vector<NetworkKind> Make() {
  std::vector<NetworkKind> kinds;
  const auto add = [&kinds](const char* name, const char* summary, Mapping mapping,
                            Filtering filtering, const char* site) -> NetworkKind& {
    NetworkKind kind;
    kind.name = name;
    kind.summary = summary;
    kind.mapping = mapping;
    kind.filtering = filtering;
    kind.site = site;
    return kinds.emplace_back(std::move(kind));
  };
  add("public", "a public address", Mapping::kSame, Filtering::kAnybody, "").tcp_in = true;
  add("stateful", "a public address behind a firewall that lets answers in", Mapping::kSame,
      Filtering::kKnownAddressAndPort, "firewall: stateful");
  add("full-cone", "NAT: same mapping for all, everybody may send in", Mapping::kSame,
      Filtering::kAnybody, "nat: full-cone");
  add("address-restricted", "NAT: same mapping for all, known addresses may send in",
      Mapping::kSame, Filtering::kKnownAddress, "nat: address-restricted");
  add("port-restricted", "NAT: same mapping for all, known endpoints may send in", Mapping::kSame,
      Filtering::kKnownAddressAndPort, "nat: port-restricted");
  add("symmetric-sequential", "NAT: a mapping for each destination, ports in steps",
      Mapping::kForetold, Filtering::kKnownAddressAndPort, "nat: symmetric-sequential");
  add("symmetric", "NAT: a mapping for each destination, random ports", Mapping::kUnforetold,
      Filtering::kKnownAddressAndPort, "nat: symmetric");
  add("linux-masquerade", "Linux's NAT", Mapping::kSame, Filtering::kKnownAddressAndPort,
      "nat: linux-masquerade");
  add("linux-masquerade-random", "Linux's NAT with random ports", Mapping::kUnforetold,
      Filtering::kKnownAddressAndPort, "nat: linux-masquerade-random");
  add("two-level", "Linux's NAT at home behind a provider's NAT", Mapping::kSame,
      Filtering::kKnownAddressAndPort, "nat: linux-masquerade")
      .upstream = "nat: port-restricted";
  add("udp-blocked", "Linux's NAT and a firewall that lets no UDP through", Mapping::kSame,
      Filtering::kKnownAddressAndPort, "nat: linux-masquerade, firewall: udp-blocked")
      .udp = false;
  NetworkKind& web =
      add("web-only", "a firewall that lets out TCP to ports 80 and 443", Mapping::kSame,
          Filtering::kKnownAddressAndPort, "nat: linux-masquerade, firewall: web-only");
  web.udp = false;
  web.tcp_out = Tcp::kWebPorts;
  NetworkKind& nothing = add("all-blocked", "a firewall that lets nothing through", Mapping::kSame,
                             Filtering::kKnownAddressAndPort, "firewall: all-blocked");
  nothing.udp = false;
  nothing.tcp_out = Tcp::kNoPort;

  add("one-nat", "both ends behind one NAT that does not hairpin", Mapping::kSame,
      Filtering::kKnownAddressAndPort, "nat: linux-masquerade")
      .shared = true;
  add("one-nat-hairpin", "both ends behind one NAT that hairpins", Mapping::kSame,
      Filtering::kKnownAddressAndPort,
      "nat: {mapping: endpoint-independent, filtering: address-and-port-dependent, hairpin: yes}")
      .shared = true;
  NetworkKind& provider =
      add("one-provider",
          "each end behind its own NAT, both behind a provider's that does not "
          "hairpin",
          Mapping::kSame, Filtering::kKnownAddressAndPort, "nat: linux-masquerade");
  provider.shared = true;
  provider.upstream = "nat: port-restricted";
  NetworkKind& hairpin =
      add("one-provider-hairpin",
          "each end behind its own NAT, both behind a provider's that "
          "hairpins",
          Mapping::kSame, Filtering::kKnownAddressAndPort, "nat: linux-masquerade");
  hairpin.shared = true;
  hairpin.upstream =
      "nat: {mapping: endpoint-independent, filtering: address-and-port-dependent, hairpin: yes}";
  return kinds;
}

}  // namespace

const std::vector<NetworkKind>& NetworkKinds() {
  static const std::vector<NetworkKind> kKinds = Make();
  return kKinds;
}

const NetworkKind* FindNetworkKind(const std::string& name) {
  const auto found = std::find_if(NetworkKinds().begin(), NetworkKinds().end(),
                                  [&](const NetworkKind& kind) { return kind.name == name; });
  return found == NetworkKinds().end() ? nullptr : &*found;
}

std::vector<std::string> NetworkKindNames() {
  std::vector<std::string> names;
  for (const NetworkKind& kind : NetworkKinds()) names.push_back(kind.name);
  return names;
}

}  // namespace sfa::conformance
