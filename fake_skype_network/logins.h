// Who is logged in where, as the login server knows it from the users' homes.
#ifndef FAKE_SKYPE_NETWORK_LOGINS_H_
#define FAKE_SKYPE_NETWORK_LOGINS_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fake_skype_network/directory.h"
#include "fake_skype_network/store.h"
#include "runtime/runtime.h"

namespace sfa::community {

struct Login {
  uint64_t device = 0;
  Endpoint home;
  // Its home has a stream to here. Without one nothing can be told to it.
  bool reachable = false;
  MonotonicTime until{};  // when it counts as gone, unless it is reachable again
  bool presence = true;   // wants to hear of its buddies' statuses
  // What has changed while it was not reachable: the account itself, what waits for an answer,
  // these buddies.
  bool missed_account = false;
  bool missed_waiting = false;
  std::set<std::string> missed_buddies;
};

// Contract:
//  1. A login whose home is lost is logged in still, for kGrace: its user has another home within
//     seconds, and nobody shall see it go and come.
//  2. Logins outlive the login server: at its start all are as those of lost homes.
class Logins {
 public:
  static constexpr Duration kGrace = std::chrono::seconds(15);
  // Homes find a login server that has started anew within NodeLink::kPause and a handshake.
  static constexpr Duration kGraceAtStart = std::chrono::seconds(30);

  // Reads what has been kept.
  Logins(Runtime& runtime, Store& store);

  // Null when there is none; valid until the next change.
  Login* Find(const std::string& user, uint64_t device);
  const std::vector<Login>& Of(const std::string& user) const;
  bool IsLoggedIn(const std::string& user) const { return logins_.count(user) != 0; }
  bool IsReachable(const std::string& user) const;

  // A further one of that user, which has Directory::kMaxDevices at most: the oldest goes.
  Login& Add(const std::string& user, uint64_t device, const Endpoint& home);
  void Remove(const std::string& user, uint64_t device);
  void SetPresence(const std::string& user, uint64_t device, bool presence);

  // Nothing reaches it now.
  void Lose(Login& login);
  void LoseHome(const Endpoint& home);
  // Of logins whose time is over.
  std::vector<std::pair<std::string, uint64_t>> Overdue() const;
  // When the next one's time is over; the farthest future when there is none.
  MonotonicTime NextOverdue() const;

 private:
  Runtime& runtime_;
  Store& store_;
  std::map<std::string, std::vector<Login>> logins_;  // none is empty
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_LOGINS_H_
