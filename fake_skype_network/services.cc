#include "fake_skype_network/services.h"

#include <utility>

#include "protocol/stream/credentials.h"

namespace sfa::community {
namespace {

// "" when the account can be.
std::string WhyNot(const Account& account) {
  std::string why = Accounts::WhyNotName(account.user, account.kind);
  if (!why.empty()) return why;
  why = Profiles::WhyNot(account.profile, account.visibility);
  if (!why.empty()) return account.user + ": " + why;
  if (account.forward_to.size() > Numbers::kMaxForwards) {
    return account.user + ": calls are forwarded to at most 8";
  }
  for (const std::string& number : account.numbers) {
    if (!peer::IsPhoneNumber(number) || peer::IsEmergencyNumber(number)) {
      return account.user + ": \"" + number + "\" is no number, which is + and 3 to 20 digits";
    }
  }
  return "";
}

}  // namespace

Services::Services(Runtime& runtime, Store& store, Records& records, Newsroom::Sender sender)
    : runtime_(runtime),
      store_(store),
      records_(records),
      sender_(std::move(sender)),
      views_(records_),
      newsroom_(records_, views_, sender_),
      accounts_({runtime_, records_, views_, newsroom_}),
      buddies_({runtime_, records_, views_, newsroom_}),
      chat_({runtime_, records_, views_, newsroom_}),
      calls_({runtime_, records_, views_, newsroom_}),
      overdue_(runtime.NewTimer([this] { ForgetOverdue(); })) {
  AwaitOverdue();
}

Status Services::Change(const std::function<void()>& work) {
  Status status = store_.Together([&] {
    work();
    newsroom_.Collect();
  });
  if (status.ok()) {
    newsroom_.Send();
  } else {
    newsroom_.Drop();
    runtime_.log().Write(LogLevel::kError, "login server", status.error().message);
  }
  return status;
}

Status Services::Put(const Account& account) {
  if (const std::string why = WhyNot(account); !why.empty()) {
    return Error{ErrorCode::kInvalid, why};
  }
  Status kept;
  Status status = Change([&] {
    const std::string& user = account.user;
    const bool known = records_.accounts.Find(user).has_value();
    newsroom_.Expect(user);
    kept = records_.accounts.Put(user, account.password, account.kind);
    if (!kept) return;
    for (const std::string& name : account.buddies) {
      if (records_.logins.IsLoggedIn(user)) newsroom_.ExpectBetween(user, name);
      if (records_.logins.IsLoggedIn(name)) newsroom_.ExpectBetween(name, user);
    }
    if (known) records_.lists.Clear(user);
    records_.lists.Give(user, account.buddies, account.blocked);
    Profiles::Values profile = account.profile;
    if (!account.fullname.empty()) {
      profile.insert(profile.begin(), {"fullname", account.fullname});
    }
    records_.profiles.Replace(user, profile, account.visibility);
    records_.till.Replace(user, account.currency, account.credit_micros);
    records_.numbers.Replace(
        user, account.numbers,
        {account.forward_to, account.forward_after_seconds, account.voicemail});
  });
  return status.ok() ? kept : status;
}

void Services::SetRate(const Rate& rate) {
  static_cast<void>(Change([&] { records_.till.SetRate(rate); }));
}

void Services::OnPublish(const Endpoint& home, const wire::PublishRequest& publish) {
  const std::string& user = publish.user();
  const uint64_t device = publish.device().id();
  static_cast<void>(Change([&] {
    if (publish.online()) {
      if (records_.accounts.Find(user)) LogIn(user, device, home);
      return;
    }
    // It may be at home elsewhere meanwhile.
    const Login* const login = records_.logins.Find(user, device);
    if (login != nullptr && login->home == home) LogOut(user, device);
  }));
  AwaitOverdue();
}

void Services::LogIn(const std::string& user, uint64_t device, const Endpoint& home) {
  const bool was_reachable = records_.logins.IsReachable(user);
  if (Login* const known = records_.logins.Find(user, device)) {
    known->home = home;
    if (!std::exchange(known->reachable, true)) newsroom_.TellMissed(user, *known);
    if (std::exchange(known->missed_waiting, false)) TellWaiting(user, device);
  } else {
    newsroom_.Expect(user);
    if (!records_.logins.IsLoggedIn(user)) records_.profiles.Set(user, "availability", "");
    records_.logins.Add(user, device, home);
    TellWaiting(user, device);
  }
  if (!was_reachable) chat_.TellWaiting(user);
}

void Services::TellWaiting(const std::string& user, uint64_t device) {
  buddies_.TellRequests({user, device});
  calls_.TellVoicemail({user, device});
}

void Services::LogOut(const std::string& user, uint64_t device) {
  newsroom_.Expect(user);
  records_.logins.Remove(user, device);
}

void Services::OnHomeLost(const Endpoint& home) {
  records_.logins.LoseHome(home);
  AwaitOverdue();
}

void Services::ForgetOverdue() {
  static_cast<void>(Change([this] {
    for (const auto& [user, device] : records_.logins.Overdue()) LogOut(user, device);
  }));
  AwaitOverdue();
}

void Services::AwaitOverdue() {
  const MonotonicTime next = records_.logins.NextOverdue();
  overdue_->Cancel();
  if (next != MonotonicTime::max()) overdue_->StartAt(next);
}

void Services::OnPassage(const Endpoint& home, const wire::ServicePassage& passage) {
  if (passage.has_news()) return OnReturned(home, passage);
  if (!passage.has_asked()) return;
  const Asker asker{passage.user(), passage.device()};
  wire::ServiceReply reply;
  const Status status = store_.Together([&] {
    if (!records_.accounts.Find(asker.user)) {
      reply = Refused(wire::SERVICE_NOT_ALLOWED, "the account is no more");
      return;
    }
    reply = Answer(asker, passage.asked());
    newsroom_.Collect();
  });
  if (!status) {
    newsroom_.Drop();
    runtime_.log().Write(LogLevel::kError, "login server", status.error().message);
    reply = Refused(wire::SERVICE_UNREACHABLE, "the community's database fails");
  }
  wire::Message message;
  wire::ServicePassage* const back = message.mutable_service_passage();
  back->set_user(passage.user());
  back->set_device(passage.device());
  back->set_request(passage.request());
  *back->mutable_reply() = std::move(reply);
  sender_(home, message);
  newsroom_.Send();
}

void Services::OnReturned(const Endpoint& home, const wire::ServicePassage& passage) {
  const std::string& user = passage.user();
  const wire::ServiceNews& news = passage.news();
  static_cast<void>(Change([&] {
    Login* const login = records_.logins.Find(user, passage.device());
    if (login != nullptr && login->home != home) {
      // It has moved on meanwhile.
      return newsroom_.TellLogin(user, passage.device(), news);
    }
    if (login != nullptr) {
      records_.logins.Lose(*login);
      Newsroom::Miss(news, *login);
    }
    if (news.has_chat() && news.chat().to() == user) chat_.KeepReturned(news.chat());
  }));
  AwaitOverdue();
}

wire::ServiceReply Services::Answer(const Asker& asker, const wire::ServiceRequest& request) {
  switch (request.body_case()) {
    case wire::ServiceRequest::kGetAccount:
      return accounts_.Get(asker);
    case wire::ServiceRequest::kSetProperties:
      return accounts_.Set(asker, request.set_properties());
    case wire::ServiceRequest::kGetProfile:
      return accounts_.Read(asker, request.get_profile());
    case wire::ServiceRequest::kGetBuddies:
      return buddies_.List(asker, request.get_buddies());
    case wire::ServiceRequest::kAddBuddy:
      return buddies_.Add(asker, request.add_buddy());
    case wire::ServiceRequest::kRemoveBuddy:
      return buddies_.Remove(asker, request.remove_buddy());
    case wire::ServiceRequest::kAnswerBuddy:
      return buddies_.Answer(asker, request.answer_buddy());
    case wire::ServiceRequest::kSendChat:
      return chat_.Send(asker, request.send_chat());
    default:
      return AnswerService(asker, request);
  }
}

wire::ServiceReply Services::AnswerService(const Asker& asker,
                                           const wire::ServiceRequest& request) {
  if (request.body_case() == wire::ServiceRequest::BODY_NOT_SET) {
    return Refused(wire::SERVICE_NOT_ALLOWED, "the network does not know this request");
  }
  if (records_.accounts.IsPerson(asker.user)) {
    return Refused(wire::SERVICE_NOT_ALLOWED, "only services of the network may ask that");
  }
  switch (request.body_case()) {
    case wire::ServiceRequest::kAuthoriseCall:
      return calls_.Authorise(request.authorise_call());
    case wire::ServiceRequest::kSettleCall:
      return calls_.Settle(request.settle_call());
    case wire::ServiceRequest::kFindNumber:
      return calls_.Find(request.find_number());
    case wire::ServiceRequest::kKeepVoicemail:
      return calls_.Keep(request.keep_voicemail());
    default:
      return Refused(wire::SERVICE_NOT_ALLOWED, "the network does not know this request");
  }
}

}  // namespace sfa::community
