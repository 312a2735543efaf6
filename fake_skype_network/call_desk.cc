#include "fake_skype_network/call_desk.h"

#include "fake_skype_network/lookup_desk.h"
#include "fake_skype_network/pstn_gateway.h"
#include "fake_skype_network/voicemail_service.h"
#include "protocol/stream/credentials.h"

namespace sfa::community {

wire::LookupReply CallDesk::Lookup(const wire::LookupRequest& request) {
  const std::string& name = request.user();
  if (IsDialled(name)) return LookupNumber(name);
  wire::LookupReply reply;
  if (!tools_.records.accounts.Find(name)) {
    reply.set_unknown(true);
    return reply;
  }
  if (tools_.records.lists.HasBlocked(name, request.asker())) {
    reply.set_refusal(wire::END_BLOCKED);
    return reply;
  }
  const Reach reach = tools_.records.numbers.ReachOf(name);
  for (const std::string& target : reach.forward_to) reply.add_forward_to(target);
  if (!reach.forward_to.empty()) reply.set_forward_after_seconds(reach.forward_after_seconds);
  if (reach.voicemail && tools_.records.logins.IsReachable(kVoicemailUser)) {
    reply.set_voicemail(kVoicemailUser);
  }
  return reply;
}

wire::LookupReply CallDesk::LookupNumber(const std::string& number) {
  wire::LookupReply reply;
  if (peer::IsEmergencyNumber(number)) {
    reply.set_refusal(wire::END_EMERGENCY);
  } else if (!peer::IsPhoneNumber(number) || !tools_.records.till.RateOf(number)) {
    reply.set_refusal(wire::END_INVALID_NUMBER);
  } else {
    reply.set_by_service(kGatewayUser);
    for (const Login& login : tools_.records.logins.Of(kGatewayUser)) {
      if (login.reachable) *reply.add_devices() = ToWire(DeviceEntry{login.device, login.home});
    }
  }
  return reply;
}

wire::ServiceReply CallDesk::Authorise(const wire::AuthoriseCall& request) {
  if (!tools_.records.accounts.IsPerson(request.account())) return NoSuchUser(request.account());
  if (peer::IsEmergencyNumber(request.number())) {
    return Refused(wire::SERVICE_NOT_ALLOWED, "emergency numbers are not connected");
  }
  const auto rate = tools_.records.till.RateOf(request.number());
  if (!peer::IsPhoneNumber(request.number()) || !rate) {
    return Refused(wire::SERVICE_BAD_VALUE, "the number cannot be called");
  }
  const int64_t credit = tools_.records.till.CreditOf(request.account()).value_or(0);
  const auto grant = Till::Grant(*rate, credit);
  if (!grant) return Refused(wire::SERVICE_NO_CREDIT, "the credit does not pay the first minute");
  wire::ServiceReply reply = Done();
  *reply.mutable_grant() = *grant;
  return reply;
}

wire::ServiceReply CallDesk::Settle(const wire::SettleCall& request) {
  if (!tools_.records.accounts.IsPerson(request.account())) return NoSuchUser(request.account());
  const auto rate = tools_.records.till.RateOf(request.number());
  if (request.id().empty() || request.id().size() > Till::kMaxIdBytes || !rate) {
    return Refused(wire::SERVICE_BAD_VALUE, "an id of 1 to 64 bytes and a number with a rate");
  }
  tools_.newsroom.Expect(request.account());
  tools_.records.till.Settle(request.id(), request.account(),
                             Till::PriceOf(*rate, request.seconds()));
  return Done();
}

wire::ServiceReply CallDesk::Find(const wire::FindNumber& request) {
  const std::string owner = tools_.records.numbers.OwnerOf(request.number());
  if (owner.empty()) return Refused(wire::SERVICE_UNKNOWN_USER, "the number is nobody's");
  wire::ServiceReply reply = Done();
  reply.mutable_owner()->set_account(owner);
  return reply;
}

wire::ServiceReply CallDesk::Keep(const wire::KeepVoicemail& request) {
  const std::string& user = request.account();
  Voicemails& voicemails = tools_.records.voicemails;
  if (!tools_.records.accounts.IsPerson(user)) return NoSuchUser(user);
  if (!tools_.records.numbers.ReachOf(user).voicemail) {
    return Refused(wire::SERVICE_NOT_ALLOWED, user + " has no voicemail");
  }
  if (voicemails.Count(user) >= Voicemails::kMost) {
    return Refused(wire::SERVICE_TOO_MANY, "100 messages wait for " + user + " already");
  }
  if (request.id().size() > Till::kMaxIdBytes || (request.more() && request.id().empty()) ||
      request.from().size() > stream::kMaxNameBytes) {
    return Refused(wire::SERVICE_BAD_VALUE, "pieces of a message have an id of at most 64 bytes");
  }
  const auto seconds = voicemails.Keep(request);
  if (!seconds) return Done();
  wire::ServiceNews news;
  wire::VoicemailWaiting* const waiting = news.mutable_voicemail();
  waiting->set_from(request.from());
  waiting->set_seconds(*seconds);
  waiting->set_waiting(static_cast<uint32_t>(voicemails.Count(user)));
  tools_.newsroom.Tell(user, std::move(news));
  return Done();
}

void CallDesk::TellVoicemail(const Asker& login) {
  const auto last = tools_.records.voicemails.Last(login.user);
  if (!last) return;
  wire::ServiceNews news;
  wire::VoicemailWaiting* const waiting = news.mutable_voicemail();
  waiting->set_from(last->from);
  waiting->set_seconds(last->seconds);
  waiting->set_waiting(static_cast<uint32_t>(tools_.records.voicemails.Count(login.user)));
  tools_.newsroom.TellLogin(login.user, login.device, std::move(news));
}

}  // namespace sfa::community
