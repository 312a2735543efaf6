// The login server's desk for accounts: what they say of themselves, and what others may read.
#ifndef FAKE_SKYPE_NETWORK_ACCOUNT_DESK_H_
#define FAKE_SKYPE_NETWORK_ACCOUNT_DESK_H_

#include "fake_skype_network/service_desk.h"

namespace sfa::community {

class AccountDesk {
 public:
  explicit AccountDesk(DeskTools tools) : tools_(tools) {}

  wire::ServiceReply Get(const Asker& asker);
  wire::ServiceReply Set(const Asker& asker, const wire::SetProperties& request);
  wire::ServiceReply Read(const Asker& asker, const wire::GetProfile& request);

 private:
  const DeskTools tools_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_ACCOUNT_DESK_H_
