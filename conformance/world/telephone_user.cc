#include "conformance/world/telephone_user.h"

namespace sfa::conformance {
namespace {

community::TelephoneSettings SettingsFor(const AccountSpec& account, uint64_t voice_seed) {
  community::TelephoneSettings settings;
  settings.number = account.name;
  if (account.answers_after) settings.answer_after = *account.answers_after;
  settings.busy = account.busy;
  settings.announcement = account.announcement;
  settings.voice_seed = voice_seed;
  return settings;
}

}  // namespace

TelephoneUser::TelephoneUser(const AccountSpec& account, community::PstnGateway& gateway,
                             uint64_t voice_seed, Trace& trace)
    : Actor(account.name, trace),
      telephone_(gateway.AddTelephone(SettingsFor(account, voice_seed), observer())) {}

std::string TelephoneUser::Do(const Step& step) {
  if (step.verb == "call") {
    if (telephone_.in_call()) return "the telephone is in another call";
    telephone_.Call(step.argument);
    return "";
  }
  if (step.verb == "hangup") {
    telephone_.HangUp();
    return "";
  }
  if (!telephone_.in_call()) return "there is no call to " + step.verb;
  if (step.verb == "answer") {
    telephone_.Answer();
  } else if (step.verb == "reject") {
    telephone_.Reject();
  } else if (step.verb == "cancel") {
    if (answered()) return "the call to cancel has been answered";
    telephone_.HangUp();
  } else if (step.verb == "dtmf") {
    telephone_.SendDigits(step.argument);
  } else {
    return "a telephone cannot do that";
  }
  return "";
}

}  // namespace sfa::conformance
