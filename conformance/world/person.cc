#include "conformance/world/person.h"

#include <utility>

namespace sfa::conformance {
namespace {

community::ClientSettings SettingsFor(const AccountSpec& account,
                                      const peer::NetworkSettings& network, uint64_t voice_seed) {
  community::ClientSettings settings;
  settings.user = account.name;
  settings.password = account.password;
  settings.network = network;
  if (!account.codecs.empty()) {
    settings.codecs.clear();
    for (const std::string& codec : account.codecs) {
      settings.codecs.push_back(codec == "alaw" ? media::Codec::kPcma : media::Codec::kPcmu);
    }
  }
  if (account.answers_after) settings.answer_after = *account.answers_after;
  settings.busy = account.busy;
  settings.voice_seed = voice_seed;
  return settings;
}

}  // namespace

Person::Person(const AccountSpec& account, std::unique_ptr<Computer> computer,
               const peer::NetworkSettings& network, uint64_t voice_seed, Trace& trace)
    : name_(account.name),
      settings_(SettingsFor(account, network, voice_seed)),
      trace_(trace),
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
    client_->CallUser(step.argument);
  } else if (step.verb == "dtmf") {
    if (!client_->in_call()) return "there is no call to send digits into";
    client_->SendDigits(step.argument);
  } else {
    return DoInCall(step.verb);
  }
  return "";
}

std::string Person::DoInCall(const std::string& verb) {
  if (verb == "hangup") {
    client_->HangUp();
    return "";
  }
  if (!client_->in_call()) return "there is no call to " + verb;
  if (verb == "answer") {
    client_->Answer();
  } else if (verb == "reject") {
    client_->Reject();
  } else if (verb == "cancel") {
    if (answered_) return "the call to cancel has been answered";
    client_->HangUp();
  } else {
    return "a client cannot do that";
  }
  return "";
}

void Person::Vanish() {
  const MonotonicTime now = computer_->runtime().Now();
  computer_->CutPower();
  if (answered_) KeepRecording(now);
  client_ = nullptr;
  logged_in_ = answered_ = false;
  relayed_ends_.clear();
}

void Person::OnSight(const community::ClientSight& sight) {
  trace_.Add({sight.at, Observer::kClient, name_, sight.kind, sight.fields});
  const Observation& seen = trace_.observations().back();
  if (sight.kind == "login") logged_in_ = seen.Get("state") == "Logged In";
  if (sight.kind == "answered") answered_ = true;
  if (sight.kind == "path") OnPath(seen);
  if (sight.kind == "ended") {
    if (answered_) KeepRecording(sight.at);
    answered_ = false;
    relayed_ends_.clear();
  }
}

void Person::OnPath(const Observation& seen) {
  relayed_ends_.clear();
  if (seen.Get("path") != "relay") return;
  for (const char* const end : {"local", "remote"}) {
    if (const auto endpoint = Endpoint::Parse(seen.Get(end))) relayed_ends_.push_back(*endpoint);
  }
}

void Person::KeepRecording(MonotonicTime at) {
  const community::AudioRecord& audio = client_->audio();
  const peer::MediaStatistics statistics = client_->statistics();
  trace_.AddRecording(at, {name_, audio.sent_start, audio.heard_start, audio.sent, audio.heard,
                           statistics.packets_received, statistics.packets_lost});
}

}  // namespace sfa::conformance
