#include "fake_skype_network/account_desk.h"

namespace sfa::community {

wire::ServiceReply AccountDesk::Get(const Asker& asker) {
  wire::ServiceReply reply = Done();
  *reply.mutable_account() = tools_.views.StateOf(asker.user);
  return reply;
}

wire::ServiceReply AccountDesk::Set(const Asker& asker, const wire::SetProperties& request) {
  for (const wire::Property& each : request.properties()) {
    const peer::PropertyName* const property = peer::FindProperty(each.name());
    if (property == nullptr) {
      return Refused(wire::SERVICE_UNKNOWN_PROPERTY,
                     "there is no property \"" + each.name().substr(0, 64) + "\"");
    }
    if (!property->writable) {
      return Refused(wire::SERVICE_READ_ONLY, each.name() + " cannot be set");
    }
    const std::string_view why = peer::WhyNotValue(*property, each.value());
    if (!why.empty()) {
      return Refused(wire::SERVICE_BAD_VALUE, each.name() + ": expected " + std::string(why));
    }
  }
  tools_.newsroom.Expect(asker.user);
  for (const wire::Property& each : request.properties()) {
    tools_.records.profiles.Set(asker.user, each.name(), each.value());
  }
  return Get(asker);
}

wire::ServiceReply AccountDesk::Read(const Asker& asker, const wire::GetProfile& request) {
  if (!tools_.records.accounts.IsPerson(request.name())) return NoSuchUser(request.name());
  wire::ServiceReply reply = Done();
  *reply.mutable_profile() = tools_.views.ProfileFor(asker.user, request.name());
  return reply;
}

}  // namespace sfa::community
