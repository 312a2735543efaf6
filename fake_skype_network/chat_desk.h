// The login server's desk for chat.
#ifndef FAKE_SKYPE_NETWORK_CHAT_DESK_H_
#define FAKE_SKYPE_NETWORK_CHAT_DESK_H_

#include "fake_skype_network/service_desk.h"

namespace sfa::community {

class ChatDesk {
 public:
  explicit ChatDesk(DeskTools tools) : tools_(tools) {}

  // To every login of the one it is for, or kept until there is one; and to the sender's own.
  wire::ServiceReply Send(const Asker& asker, const wire::SendChat& request);
  // A message that has not reached one of the logins: waits when no other can have had it.
  void KeepReturned(const wire::ChatMessage& message);
  // What has waited, when the user has become reachable.
  void TellWaiting(const std::string& user);

 private:
  const DeskTools tools_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_CHAT_DESK_H_
