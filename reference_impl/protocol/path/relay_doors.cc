#include "protocol/path/relay_doors.h"

#include <algorithm>

namespace sfa::path {
namespace {

// Open where hardly anything else is.
constexpr uint16_t kHttpPort = 80;
constexpr uint16_t kHttpsPort = 443;
constexpr size_t kUdpTriesOfTheUnsure = 2;

std::vector<Endpoint> InOrder(const std::vector<Endpoint>& nodes, const Surroundings& surroundings,
                              const Endpoint& avoided) {
  std::vector<Endpoint> ordered;
  const auto add = [&](const Endpoint& node) {
    if (std::find(ordered.begin(), ordered.end(), node) == ordered.end()) ordered.push_back(node);
  };
  for (const SeenNode& seen : surroundings.nodes) add(seen.node);
  for (const Endpoint& node : nodes) add(node);
  std::stable_partition(ordered.begin(), ordered.end(),
                        [&](const Endpoint& node) { return node != avoided; });
  if (ordered.size() > kMaxRelayNodes) ordered.resize(kMaxRelayNodes);
  return ordered;
}

}  // namespace

std::vector<RelayDoor> RelayDoors(const std::vector<Endpoint>& nodes,
                                  const Surroundings& surroundings, bool udp,
                                  const Endpoint& avoided) {
  const std::vector<Endpoint> ordered = InOrder(nodes, surroundings, avoided);
  std::vector<RelayDoor> by_udp;
  std::vector<RelayDoor> by_tcp;
  for (const Endpoint& node : ordered) {
    by_udp.push_back({node, false, node});
    by_tcp.push_back({node, true, node});
    for (const uint16_t port : {kHttpPort, kHttpsPort}) {
      if (port != node.port) by_tcp.push_back({node, true, {node.address, port}});
    }
  }
  size_t udp_first = by_udp.size();
  if (!udp || surroundings.mapping == Mapping::kBlocked) {
    by_udp.clear();
    udp_first = 0;
  } else if (surroundings.nodes.empty()) {
    udp_first = std::min(udp_first, kUdpTriesOfTheUnsure);
  }
  std::vector<RelayDoor> doors(by_udp.begin(),
                               by_udp.begin() + static_cast<std::ptrdiff_t>(udp_first));
  doors.insert(doors.end(), by_tcp.begin(), by_tcp.end());
  doors.insert(doors.end(), by_udp.begin() + static_cast<std::ptrdiff_t>(udp_first), by_udp.end());
  return doors;
}

}  // namespace sfa::path
