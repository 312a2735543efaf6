// Tells the login server who is logged in at this supernode.
#ifndef FAKE_SKYPE_NETWORK_PRESENCE_REPORTER_H_
#define FAKE_SKYPE_NETWORK_PRESENCE_REPORTER_H_

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "fake_skype_network/neighbours.h"
#include "runtime/runtime.h"

namespace sfa::community {

// Contract:
//  1. The login server hears of a login before it hears what that login asks.
//  2. A login whose stream has broken is told to be over after kGrace only: it may come back, here
//     or at another home. One that has said so is over at once.
//  3. After Begin(), when the login server has been reached anew, it hears of all logins again, no
//     faster than a link takes them.
class PresenceReporter {
 public:
  static constexpr Duration kGrace = std::chrono::seconds(10);
  static constexpr Duration kStep = std::chrono::milliseconds(50);
  static constexpr int kPerStep = 200;

  using UserKey = std::pair<std::string, uint64_t>;

  // `neighbours` outlives this.
  PresenceReporter(Runtime& runtime, const Endpoint& self, Neighbours& neighbours);

  void LoggedIn(const UserKey& user);
  void LoggedOut(const UserKey& user, bool broken);
  // `users` are those who are logged in here.
  void Begin(const std::map<UserKey, uint64_t>& users);

 private:
  void Tell(const UserKey& user, bool online);
  void Step();
  void OnGraceOver();

  Runtime& runtime_;
  const Endpoint self_;
  Neighbours& neighbours_;
  std::deque<UserKey> to_tell_;
  std::map<UserKey, MonotonicTime> broken_;  // until when each may come back
  std::unique_ptr<Timer> step_, grace_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_PRESENCE_REPORTER_H_
