// The login server's desk for buddy lists and authorisation.
#ifndef FAKE_SKYPE_NETWORK_BUDDY_DESK_H_
#define FAKE_SKYPE_NETWORK_BUDDY_DESK_H_

#include "fake_skype_network/service_desk.h"

namespace sfa::community {

class BuddyDesk {
 public:
  // Of a list's part in one reply: a frame holds 16 KB.
  static constexpr size_t kMostReplyBytes = 10'000;
  static constexpr int64_t kMaxBlocked = 5000;

  explicit BuddyDesk(DeskTools tools) : tools_(tools) {}

  wire::ServiceReply List(const Asker& asker, const wire::GetBuddies& request);
  wire::ServiceReply Add(const Asker& asker, const wire::AddBuddy& request);
  wire::ServiceReply Remove(const Asker& asker, const wire::RemoveBuddy& request);
  wire::ServiceReply Answer(const Asker& asker, const wire::AnswerBuddy& request);
  // Those which have not been answered, to a new login.
  void TellRequests(const Asker& login);

 private:
  wire::ServiceNews NewsOf(const BuddyLists::Request& request, const std::string& to);

  const DeskTools tools_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_BUDDY_DESK_H_
