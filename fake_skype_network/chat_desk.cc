#include "fake_skype_network/chat_desk.h"

namespace sfa::community {

wire::ServiceReply ChatDesk::Send(const Asker& asker, const wire::SendChat& request) {
  if (!tools_.records.accounts.IsPerson(request.to())) return NoSuchUser(request.to());
  if (request.text().empty() || !IsText(request.text(), peer::kMaxChatBytes)) {
    return Refused(wire::SERVICE_BAD_VALUE, "a message has 1 to 8000 bytes");
  }
  if (tools_.records.lists.HasBlocked(request.to(), asker.user)) {
    return Refused(wire::SERVICE_BLOCKED, request.to() + " takes no messages from here");
  }
  wire::ServiceNews news;
  wire::ChatMessage* const message = news.mutable_chat();
  message->set_from(asker.user);
  message->set_to(request.to());
  message->set_text(request.text());
  message->set_sent_unix_ms(std::chrono::duration_cast<std::chrono::milliseconds>(
                                tools_.runtime.WallNow().time_since_epoch())
                                .count());
  if (tools_.records.logins.IsReachable(request.to())) {
    tools_.newsroom.Tell(request.to(), news);
  } else if (tools_.records.chat.Count(request.to()) >= WaitingChat::kMost) {
    return Refused(wire::SERVICE_TOO_MANY, "100 messages wait for " + request.to() + " already");
  } else {
    tools_.records.chat.Keep(*message);
  }
  if (request.to() != asker.user) tools_.newsroom.Tell(asker.user, std::move(news));
  return Done();
}

void ChatDesk::KeepReturned(const wire::ChatMessage& message) {
  if (tools_.records.logins.IsReachable(message.to())) return;
  if (tools_.records.chat.Count(message.to()) >= WaitingChat::kMost) return;
  tools_.records.chat.Keep(message);
}

void ChatDesk::TellWaiting(const std::string& user) {
  for (wire::ChatMessage& message : tools_.records.chat.Take(user)) {
    wire::ServiceNews news;
    *news.mutable_chat() = std::move(message);
    tools_.newsroom.Tell(user, std::move(news));
  }
}

}  // namespace sfa::community
