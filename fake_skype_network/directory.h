// Who is where: the part of the network's directory that one supernode keeps, and the rule by which
// all of them know who keeps what.
#ifndef FAKE_SKYPE_NETWORK_DIRECTORY_H_
#define FAKE_SKYPE_NETWORK_DIRECTORY_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "runtime/address.h"

namespace sfa::community {

// One login of a user, and the supernode where it is reached.
struct DeviceEntry {
  uint64_t id = 0;
  Endpoint home;
  friend bool operator==(const DeviceEntry&, const DeviceEntry&) = default;
};

// So many nodes keep each user: when one dies, the other still knows.
inline constexpr size_t kKeepers = 2;

// Rendezvous hashing: the nodes with the highest hashes of user and node keep the user, the highest
// first. When a node comes or goes, only the users of that node move. Fewer when there are fewer.
std::vector<Endpoint> KeepersOf(const std::string& user, const std::vector<Endpoint>& nodes);

class Directory {
 public:
  static constexpr size_t kMaxDevices = 8;      // per user; the oldest goes
  static constexpr size_t kMaxUsers = 200'000;  // more are not kept

  void Publish(const std::string& user, const DeviceEntry& device);
  // Only from the home that published it last: a device may have moved on meanwhile.
  void Withdraw(const std::string& user, const DeviceEntry& device);
  // Forgets what a lost home has published.
  void ForgetHomesOtherThan(const std::vector<Endpoint>& nodes);
  // Forgets whom others of `nodes` keep, not `self`.
  void ForgetUsersOfOthers(const Endpoint& self, const std::vector<Endpoint>& nodes);
  std::vector<DeviceEntry> Find(const std::string& user) const;
  size_t users() const { return entries_.size(); }

 private:
  std::map<std::string, std::vector<DeviceEntry>> entries_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_DIRECTORY_H_
