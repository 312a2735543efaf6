// The services of the community at the login server: what users ask by way of their homes, and what
// they are told unasked (docs/community-services.md).
#ifndef FAKE_SKYPE_NETWORK_SERVICES_H_
#define FAKE_SKYPE_NETWORK_SERVICES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_skype_network/account_desk.h"
#include "fake_skype_network/buddy_desk.h"
#include "fake_skype_network/call_desk.h"
#include "fake_skype_network/chat_desk.h"
#include "fake_skype_network/login_server.h"
#include "fake_skype_network/newsroom.h"
#include "fake_skype_network/records.h"
#include "fake_skype_network/store.h"
#include "fake_skype_network/views.h"

namespace sfa::community {

// Contract: a request is answered once, after what it has changed is kept. When the database fails,
// nothing is changed, and the answer is SERVICE_UNREACHABLE.
class Services {
 public:
  // `store` and `records` outlive this.
  Services(Runtime& runtime, Store& store, Records& records, Newsroom::Sender sender);

  // As in LoginServer.
  Status Put(const Account& account);
  void SetRate(const Rate& rate);

  // From a home: who is logged in there, what its users ask; and it is lost.
  void OnPublish(const Endpoint& home, const wire::PublishRequest& publish);
  void OnPassage(const Endpoint& home, const wire::ServicePassage& passage);
  void OnHomeLost(const Endpoint& home);

  wire::LookupReply Lookup(const wire::LookupRequest& request) { return calls_.Lookup(request); }
  // What everybody may know.
  wire::Profile PublicProfile(const std::string& user) {
    return records_.profiles.Shown(user, false);
  }

 private:
  void LogIn(const std::string& user, uint64_t device, const Endpoint& home);
  void LogOut(const std::string& user, uint64_t device);
  // What waits for the user's answer, to that login.
  void TellWaiting(const std::string& user, uint64_t device);
  wire::ServiceReply Answer(const Asker& asker, const wire::ServiceRequest& request);
  wire::ServiceReply AnswerService(const Asker& asker, const wire::ServiceRequest& request);
  Status Change(const std::function<void()>& work);
  // News that the home could not deliver.
  void OnReturned(const Endpoint& home, const wire::ServicePassage& passage);
  void ForgetOverdue();
  void AwaitOverdue();

  Runtime& runtime_;
  Store& store_;
  Records& records_;
  const Newsroom::Sender sender_;
  Views views_;
  Newsroom newsroom_;
  AccountDesk accounts_;
  BuddyDesk buddies_;
  ChatDesk chat_;
  CallDesk calls_;
  std::unique_ptr<Timer> overdue_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_SERVICES_H_
