#include "fake_skype_network/directory.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "protocol/stream/keys.h"

namespace sfa::community {

std::vector<Endpoint> KeepersOf(const std::string& user, const std::vector<Endpoint>& nodes) {
  using Ranked = std::pair<std::array<uint8_t, 16>, Endpoint>;
  std::vector<Ranked> ranked(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    ranked[i].second = nodes[i];
    stream::Blake2b(ranked[i].first,
                    stream::Fields("sfa directory")
                        .Add(user)
                        .Add(uint64_t{nodes[i].address.value} << 16 | nodes[i].port)
                        .bytes());
  }
  const size_t count = std::min(kKeepers, ranked.size());
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<long>(count), ranked.end(),
                    std::greater<>());
  std::vector<Endpoint> keepers(count);
  for (size_t i = 0; i < count; ++i) keepers[i] = ranked[i].second;
  return keepers;
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

void Directory::ForgetUsersOfOthers(const Endpoint& self, const std::vector<Endpoint>& nodes) {
  for (auto each = entries_.begin(); each != entries_.end();) {
    const auto keepers = KeepersOf(each->first, nodes);
    const bool own = std::find(keepers.begin(), keepers.end(), self) != keepers.end();
    each = own ? std::next(each) : entries_.erase(each);
  }
}

std::vector<DeviceEntry> Directory::Find(const std::string& user) const {
  const auto found = entries_.find(user);
  return found == entries_.end() ? std::vector<DeviceEntry>() : found->second;
}

}  // namespace sfa::community
