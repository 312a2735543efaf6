#include "chan_skype/service_desk.h"

#include <utility>
#include <vector>

#include "chan_skype/text.h"

namespace sfa::skype {
namespace {

// More than an installation ever has open; an engine that does not answer must not cost memory
// without end.
constexpr size_t kMaxOpen = 20000;

wire::ServiceReply Unreachable(const char* text) {
  wire::ServiceReply reply;
  reply.set_result(wire::SERVICE_UNREACHABLE);
  reply.set_text(text);
  return reply;
}

const char* TextOf(wire::ServiceResult result) {
  switch (result) {
    case wire::SERVICE_UNREACHABLE:
      return "the Skype network does not answer";
    case wire::SERVICE_UNKNOWN_USER:
      return "there is no such Skype user";
    case wire::SERVICE_UNKNOWN_BUDDY:
      return "not on the buddy list";
    case wire::SERVICE_UNKNOWN_PROPERTY:
      return "there is no such property";
    case wire::SERVICE_BAD_VALUE:
      return "the value is not possible";
    case wire::SERVICE_READ_ONLY:
      return "read only";
    case wire::SERVICE_TOO_MANY:
      return "too many";
    case wire::SERVICE_BLOCKED:
      return "blocked by the other user";
    case wire::SERVICE_NO_CREDIT:
      return "not enough Skype Credit";
    default:
      return "the Skype network refuses it";
  }
}

}  // namespace

std::string WhyNotDone(const wire::ServiceReply& reply) {
  const std::string text = OneLine(CutText(reply.text(), 256));
  return text.empty() ? TextOf(reply.result()) : text;
}

void ServiceDesk::Ask(const std::string& account, const wire::ServiceRequest& request,
                      ServiceDone done) {
  if (open_.size() >= kMaxOpen) {
    done(Unreachable("too many requests to the Skype network are open"));
    return;
  }
  control::Command command;
  control::AskService& ask = *command.mutable_ask_service();
  ask.set_request(++last_request_);
  ask.set_account(account);
  *ask.mutable_service() = request;
  open_[last_request_] = Question{account, std::move(done)};
  send_(command);
}

void ServiceDesk::OnDone(const control::ServiceDone& answer) {
  const auto found = open_.find(answer.request());
  if (found == open_.end()) return;
  const ServiceDone done = std::move(found->second.done);
  open_.erase(found);
  done(answer.reply());
}

void ServiceDesk::Refuse(const std::string& account) {
  std::vector<ServiceDone> refused;
  for (auto it = open_.begin(); it != open_.end();) {
    if (account.empty() || EqualsIgnoreCase(it->second.account, account)) {
      refused.push_back(std::move(it->second.done));
      it = open_.erase(it);
    } else {
      ++it;
    }
  }
  const wire::ServiceReply reply = Unreachable("the account is not logged in any more");
  for (const ServiceDone& done : refused) done(reply);
}

}  // namespace sfa::skype
