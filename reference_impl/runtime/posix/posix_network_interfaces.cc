#include "runtime/posix/posix_network_interfaces.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "runtime/posix/sockets.h"

namespace sfa::posix {

std::vector<NetworkInterface> ListNetworkInterfaces() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> list(first, &::freeifaddrs);

  std::map<std::string, NetworkInterface> devices;
  for (const ifaddrs* entry = list.get(); entry != nullptr; entry = entry->ifa_next) {
    // An address may carry a label such as "eth0:1"; it belongs to eth0.
    const std::string name =
        std::string(entry->ifa_name).substr(0, std::string(entry->ifa_name).find(':'));
    NetworkInterface& device = devices[name];
    device.name = name;
    device.loopback = (entry->ifa_flags & IFF_LOOPBACK) != 0;
    if (entry->ifa_addr == nullptr) continue;
    if (entry->ifa_addr->sa_family == AF_INET) {
      device.addresses.push_back(
          FromSockaddr(*reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)).address);
    } else if (entry->ifa_addr->sa_family == AF_PACKET) {
      const auto* link = reinterpret_cast<const sockaddr_ll*>(entry->ifa_addr);
      if (link->sll_halen == device.mac.size()) {
        std::copy_n(link->sll_addr, device.mac.size(), device.mac.begin());
      }
    }
  }
  std::vector<NetworkInterface> sorted;
  for (auto& [name, device] : devices) {
    // A bridge, a TAP or a tunnel has no device behind it.
    device.physical = ::access(("/sys/class/net/" + name + "/device").c_str(), F_OK) == 0;
    sorted.push_back(std::move(device));
  }
  return sorted;
}

}  // namespace sfa::posix
