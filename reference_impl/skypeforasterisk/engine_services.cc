// The community's services, asked by the driver: passed on, looked into as little as possible.
#include "skypeforasterisk/engine_impl.h"

namespace sfa::engine {

void EngineImpl::OnAskService(const control::AskService& ask) {
  Debug(ask.account(), "asks the network's services, question " + std::to_string(ask.request()));
  const auto done = [this, request = ask.request(),
                     name = ask.account()](const wire::ServiceReply& reply) {
    Debug(name, "question " + std::to_string(request) + " answered, result " +
                    std::to_string(static_cast<int>(reply.result())));
    control::Event event;
    event.mutable_service_done()->set_request(request);
    *event.mutable_service_done()->mutable_reply() = reply;
    Tell(event);
  };
  const auto account = accounts_.find(ask.account());
  if (account != accounts_.end()) return account->second->Ask(ask.service(), done);
  wire::ServiceReply reply;
  reply.set_result(wire::SERVICE_UNREACHABLE);
  reply.set_text("the account is not logged in");
  done(reply);
}

void EngineImpl::OnNews(Account& account, const wire::ServiceNews& news) {
  control::Event event;
  event.mutable_service_news()->set_account(account.name());
  *event.mutable_service_news()->mutable_news() = news;
  Tell(event);
}

}  // namespace sfa::engine
