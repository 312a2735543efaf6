#include "conformance/world/person.h"

#include <optional>
#include <utility>

namespace sfa::conformance {
namespace {

community::ClientSettings SettingsFor(const AccountSpec& account,
                                      const peer::NetworkSettings& network, uint64_t voice_seed) {
  community::ClientSettings settings;
  settings.user = account.user();
  settings.password = account.password;
  settings.network = network;
  if (!account.codecs.empty()) settings.codecs = CodecsOf(account.codecs);
  if (account.answers_requests == "accept") settings.answers_requests = wire::ANSWER_ACCEPT;
  if (account.answers_requests == "deny") settings.answers_requests = wire::ANSWER_DENY;
  if (account.answers_requests == "block") settings.answers_requests = wire::ANSWER_BLOCK;
  if (account.answers_after) settings.answer_after = *account.answers_after;
  settings.busy = account.busy;
  settings.voice_seed = voice_seed;
  return settings;
}

// The value of a step's detail; "" when it has none of that name.
std::string Detail(const Step& step, const char* name) {
  for (const auto& [key, value] : step.headers) {
    if (key == name) return value;
  }
  return "";
}

bool IsOfCall(const std::string& verb) {
  for (const char* each : {"answer", "reject", "cancel", "dtmf", "hold", "unhold", "transfer"}) {
    if (verb == each) return true;
  }
  return false;
}

// Nothing for a verb that answers no request.
std::optional<wire::BuddyAnswer> AnswerFor(const std::string& verb) {
  if (verb == "authorise") return wire::ANSWER_ACCEPT;
  if (verb == "deny") return wire::ANSWER_DENY;
  if (verb == "block") return wire::ANSWER_BLOCK;
  if (verb == "unblock") return wire::ANSWER_UNBLOCK;
  return std::nullopt;
}

}  // namespace

Person::Person(const AccountSpec& account, std::unique_ptr<Computer> computer,
               const peer::NetworkSettings& network, uint64_t voice_seed, Trace& trace)
    : Actor(account.name, trace),
      settings_(SettingsFor(account, network, voice_seed)),
      computer_(std::move(computer)),
      client_(community::NewDesktopClient(computer_->runtime(), settings_, observer())) {}

void Person::LogIn() {
  if (!client_) {
    computer_->Restart();
    client_ = community::NewDesktopClient(computer_->runtime(), settings_, observer());
  }
  client_->LogIn();
}

void Person::LogOut() {
  if (client_) client_->LogOut();
}

std::string Person::Do(const Step& step) {
  if (step.verb == "login") {
    LogIn();
    return "";
  }
  if (!client_) return "the client has vanished";
  if (step.verb == "vanish") {
    Vanish();
  } else if (step.verb == "logout") {
    client_->LogOut();
  } else if (step.verb == "call") {
    if (!logged_in_) return "the client is not logged in";
    if (client_->in_call()) return "the client is in another call";
    peer::CallProperties properties;
    properties.topic = Detail(step, "topic");
    properties.token = Detail(step, "token");
    client_->CallUser(step.argument, properties);
  } else if (step.verb == "hangup") {
    client_->HangUp();
  } else if (IsOfCall(step.verb)) {
    return DoInCall(step);
  } else {
    return DoInCommunity(step);
  }
  return "";
}

std::string Person::DoInCall(const Step& step) {
  if (!client_->in_call()) return "there is no call to " + step.verb;
  if (step.verb == "answer") {
    client_->Answer();
  } else if (step.verb == "reject") {
    client_->Reject();
  } else if (step.verb == "cancel") {
    if (answered()) return "the call to cancel has been answered";
    client_->HangUp();
  } else if (step.verb == "dtmf") {
    client_->SendDigits(step.argument);
  } else if (!answered()) {
    return "the call to " + step.verb + " is not answered";
  } else if (step.verb == "transfer") {
    client_->Transfer(step.argument);
  } else {
    client_->Hold(step.verb == "hold");
  }
  return "";
}

std::string Person::DoInCommunity(const Step& step) {
  if (!logged_in_) return "the client is not logged in";
  if (step.verb == "status") {
    client_->SetProperty("availability", step.argument);
  } else if (step.verb == "mood") {
    client_->SetProperty("mood_text", step.argument);
  } else if (step.verb == "set" && !step.headers.empty()) {
    client_->SetProperty(step.headers[0].first, step.headers[0].second);
  } else if (step.verb == "add-buddy") {
    client_->AddBuddy(step.argument, Detail(step, "text"));
  } else if (step.verb == "remove-buddy") {
    client_->RemoveBuddy(step.argument);
  } else if (step.verb == "chat") {
    client_->Chat(step.argument, Detail(step, "text"));
  } else if (const auto answer = AnswerFor(step.verb)) {
    client_->AnswerBuddy(step.argument, *answer);
  } else {
    return "a client cannot do that";
  }
  return "";
}

void Person::Vanish() {
  const MonotonicTime now = computer_->runtime().Now();
  computer_->CutPower();
  BreakOff(now);
  client_ = nullptr;
  logged_in_ = false;
  relayed_ends_.clear();
}

void Person::OnSeen(const Observation& seen) {
  if (seen.kind == "login") logged_in_ = seen.Get("state") == "Logged In";
  if (seen.kind == "path") OnPath(seen);
  if (seen.kind == "ended") relayed_ends_.clear();
}

void Person::OnPath(const Observation& seen) {
  relayed_ends_.clear();
  if (seen.Get("path") != "relay") return;
  for (const char* const end : {"local", "remote"}) {
    if (const auto endpoint = Endpoint::Parse(seen.Get(end))) relayed_ends_.push_back(*endpoint);
  }
}

}  // namespace sfa::conformance
