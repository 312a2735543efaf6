// What users are told unasked: finds out what a change means for whom, and brings it to their
// logins.
#ifndef FAKE_SKYPE_NETWORK_NEWSROOM_H_
#define FAKE_SKYPE_NETWORK_NEWSROOM_H_

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fake_skype_network/records.h"
#include "fake_skype_network/views.h"
#include "protocol/signalling.pb.h"

namespace sfa::community {

// Contract: news are sent when the change that they tell of is kept, and never of a change that
// failed. So in each change: Expect…(), then the change, then Collect(); Send() when it is kept,
// Drop() when it is not.
class Newsroom {
 public:
  // Bounds what a login can have missed; its buddies' further changes it hears with the next.
  static constexpr size_t kMaxMissed = 1000;
  // False when that home has no stream to here.
  using Sender = std::function<bool(const Endpoint& home, const wire::Message& message)>;

  Newsroom(Records& records, Views& views, Sender sender)
      : records_(records), views_(views), sender_(std::move(sender)) {}

  // Something of this account may change: its own state, or what others see of it.
  void Expect(const std::string& user);
  // How `owner` stands to `name` may change.
  void ExpectBetween(const std::string& owner, const std::string& name);
  void Collect();

  void Tell(const std::string& user, wire::ServiceNews news);
  void TellLogin(const std::string& user, uint64_t device, wire::ServiceNews news);
  // What the login has missed while it was not reachable.
  void TellMissed(const std::string& user, Login& login);

  void Send();
  void Drop();
  // A login that is not reachable now; it hears of that when it is.
  static void Miss(const wire::ServiceNews& news, Login& login);

 private:
  struct News {
    std::string user;
    uint64_t device;  // 0: all
    wire::ServiceNews news;
    bool status_only;  // of a buddy, of which nothing else has changed
  };
  struct Before {
    wire::AccountState state;
    Shown shown;
  };
  using Pair = std::pair<std::string, std::string>;

  void CollectOf(const std::string& user, const Before& before);
  void TellBuddy(const std::string& owner, wire::Buddy buddy, bool status_only);
  void SendTo(const News& news, Login& login);

  Records& records_;
  Views& views_;
  const Sender sender_;
  std::map<std::string, Before> accounts_;
  std::map<Pair, std::pair<bool, wire::Buddy>> pairs_;  // whether it was on the list, and how
  std::vector<News> news_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_NEWSROOM_H_
