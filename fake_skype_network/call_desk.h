// The login server's desk for calls: how a name or a number is reached, and, for the network's own
// services, what calls to telephones cost, whose a number is, and messages of the voicemail.
#ifndef FAKE_SKYPE_NETWORK_CALL_DESK_H_
#define FAKE_SKYPE_NETWORK_CALL_DESK_H_

#include <string>

#include "fake_skype_network/service_desk.h"

namespace sfa::community {

class CallDesk {
 public:
  explicit CallDesk(DeskTools tools) : tools_(tools) {}

  // Where a user's logins are is not said here: the directory knows it, without the login server.
  wire::LookupReply Lookup(const wire::LookupRequest& request);

  wire::ServiceReply Authorise(const wire::AuthoriseCall& request);
  wire::ServiceReply Settle(const wire::SettleCall& request);
  wire::ServiceReply Find(const wire::FindNumber& request);
  wire::ServiceReply Keep(const wire::KeepVoicemail& request);
  // To a new login, when something waits.
  void TellVoicemail(const Asker& login);

 private:
  wire::LookupReply LookupNumber(const std::string& number);

  const DeskTools tools_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_CALL_DESK_H_
