#include "fake_skype_network/directory.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "protocol/stream/keys.h"

namespace sfa::community {

Endpoint KeeperOf(const std::string& user, const std::vector<Endpoint>& nodes) {
  assert(!nodes.empty());
  Endpoint best;
  std::array<uint8_t, 16> highest{};
  for (const Endpoint& node : nodes) {
    std::array<uint8_t, 16> hash;
    stream::Blake2b(hash, stream::Fields("sfa directory")
                              .Add(user)
                              .Add(uint64_t{node.address.value} << 16 | node.port)
                              .bytes());
    if (best.is_set() && hash <= highest) continue;
    best = node;
    highest = hash;
  }
  return best;
}

void Directory::Publish(const std::string& user, const DeviceEntry& device) {
  if (entries_.size() >= kMaxUsers && entries_.count(user) == 0) return;
  auto& devices = entries_[user];
  const auto same = [&device](const DeviceEntry& each) { return each.id == device.id; };
  devices.erase(std::remove_if(devices.begin(), devices.end(), same), devices.end());
  if (devices.size() == kMaxDevices) devices.erase(devices.begin());
  devices.push_back(device);
}

void Directory::Withdraw(const std::string& user, const DeviceEntry& device) {
  const auto found = entries_.find(user);
  if (found == entries_.end()) return;
  auto& devices = found->second;
  devices.erase(std::remove(devices.begin(), devices.end(), device), devices.end());
  if (devices.empty()) entries_.erase(found);
}

void Directory::ForgetHomesOtherThan(const std::vector<Endpoint>& nodes) {
  for (auto each = entries_.begin(); each != entries_.end();) {
    auto& devices = each->second;
    devices.erase(std::remove_if(devices.begin(), devices.end(),
                                 [&nodes](const DeviceEntry& device) {
                                   return std::find(nodes.begin(), nodes.end(), device.home) ==
                                          nodes.end();
                                 }),
                  devices.end());
    each = devices.empty() ? entries_.erase(each) : std::next(each);
  }
}

std::vector<DeviceEntry> Directory::Find(const std::string& user) const {
  const auto found = entries_.find(user);
  return found == entries_.end() ? std::vector<DeviceEntry>() : found->second;
}

}  // namespace sfa::community
