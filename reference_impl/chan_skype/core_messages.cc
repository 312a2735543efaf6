// Chat: to the manager, into the dialplan, and out again.
#include <algorithm>

#include "chan_skype/core.h"
#include "chan_skype/text.h"
#include "protocol/peer/service_names.h"

namespace sfa::skype {
namespace {

// Lines may stay; what else would move a terminal or a parser goes.
std::string Body(const std::string& text) {
  std::string body;
  for (const char c : CutText(text, peer::kMaxChatBytes)) {
    if (c == '\n' || c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7F)) body += c;
  }
  return body;
}

// For the dialplan: Asterisk puts what a step gets into its manager's events as it is, where a line
// end would begin a header of the sender's own.
std::string BodyOnOneLine(const std::string& text) {
  std::string body = Body(text);
  std::replace_if(
      body.begin(), body.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return body;
}

}  // namespace

void Core::OnChat(const std::string& account, const wire::ChatMessage& chat) {
  if (!IsName(chat.from()) || !IsName(chat.to())) return;
  const std::string encoded = Base64(CutText(chat.text(), peer::kMaxChatBytes));
  const pbx_header headers[] = {
      {"To", chat.to().c_str()}, {"From", chat.from().c_str()}, {"Message", encoded.c_str()}};
  host_.manager_event(pbx_, "SkypeChatMessage", headers, 3);
  if (!EqualsIgnoreCase(chat.to(), account)) return;  // our own, on its way out

  const std::string body = BodyOnOneLine(chat.text());
  pbx_channel* channel = nullptr;
  std::string context;
  std::string exten;
  {
    MutexLock lock(mutex_);
    for (const skype_call_id id : calls_.Ids()) {
      const Call* call = calls_.Find(id);
      if (call->phase == CallPhase::kAnswered && !call->far_ended &&
          EqualsIgnoreCase(call->account, account) &&
          EqualsIgnoreCase(call->far_end, chat.from())) {
        channel = call->channel;
        break;
      }
    }
    if (const Account* found = FindAccount(account)) {
      context = found->settings.message_context;
      exten = found->settings.exten;
    }
  }
  // Who talks with the dialplan right now talks to that channel.
  if (channel && host_.channel_text) {
    host_.channel_text(pbx_, channel, body.c_str());
  } else if (!context.empty() && host_.message_received) {
    pbx_text_message message{};
    message.account = account.c_str();
    message.from = chat.from().c_str();
    message.to = chat.to().c_str();
    message.body = body.c_str();
    message.context = context.c_str();
    message.exten = exten.c_str();
    if (host_.message_received(pbx_, &message) != 0) {
      Log(PBX_LOG_NOTICE, "message from " + chat.from() + " to " + account +
                              " dropped: there is no extension " + exten + " in context " +
                              context);
    }
  }
}

void Core::SendChat(const std::string& from, const std::string& to, const std::string& body) {
  wire::ServiceRequest request;
  request.mutable_send_chat()->set_to(to);
  request.mutable_send_chat()->set_text(body);
  Ask(from, request, [this, from, to](const wire::ServiceReply& reply) {
    if (reply.result() == wire::SERVICE_DONE) return;
    Log(PBX_LOG_WARNING, "message of " + from + " to " + to + " not sent: " + WhyNotDone(reply));
  });
}

bool Core::SendMessage(const std::string& from, const std::string& to, const std::string& text) {
  const std::string sender = from.empty() ? DefaultUser() : from;
  const std::optional<AccountView> view = LookAt(sender);
  std::string why;
  if (sender.empty()) {
    why = "no sender is named and chan_skype.conf has no default_user";
  } else if (!view) {
    why = "chan_skype.conf has no user " + OneLine(CutText(sender, 64));
  } else if (view->state != control::ACCOUNT_LOGGED_IN) {
    why = "user " + view->settings.name + " is not logged in";
  } else if (!IsName(to)) {
    why = "\"" + OneLine(CutText(to, 64)) + "\" is not a Skype name";
  } else if (text.empty() || text.size() > peer::kMaxChatBytes || !IsUtf8(text)) {
    why = "a message is 1 to " + std::to_string(peer::kMaxChatBytes) + " bytes of UTF-8";
  }
  if (!why.empty()) {
    Log(PBX_LOG_WARNING, "message not sent: " + why);
    return false;
  }
  Post([name = view->settings.name, to, body = Body(text)](Core& core) {
    core.SendChat(name, to, body);
  });
  return true;
}

void Core::SendText(skype_call_id id, const std::string& text) {
  std::string account;
  std::string to;
  {
    MutexLock lock(mutex_);
    const Call* call = calls_.Find(id);
    if (!call || call->far_ended) return;
    account = call->account;
    to = call->far_end;
  }
  SendMessage(account, to, text);
}

}  // namespace sfa::skype
