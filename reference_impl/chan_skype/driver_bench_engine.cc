// The engine that a driver's test plays.
#include <utility>

#include "chan_skype/driver_bench.h"

namespace sfa::skype {
namespace {

std::string CodecText(int codec) {
  switch (codec) {
    case control::CODEC_ULAW:
      return "ulaw";
    case control::CODEC_ALAW:
      return "alaw";
    case control::CODEC_G729:
      return "g729";
    default:
      return "none";
  }
}

std::string Text(const wire::ServiceRequest& request) {
  switch (request.body_case()) {
    case wire::ServiceRequest::kGetAccount:
      return "account";
    case wire::ServiceRequest::kSetProperties: {
      std::string text = "set";
      for (const wire::Property& property : request.set_properties().properties()) {
        text += " " + property.name() + "=" + property.value();
      }
      return text;
    }
    case wire::ServiceRequest::kGetBuddies:
      return std::string("buddies ") + (request.get_buddies().presence() ? "presence" : "names") +
             " after '" + request.get_buddies().after() + "'";
    case wire::ServiceRequest::kAddBuddy:
      return "add " + request.add_buddy().name() + " (" + request.add_buddy().text() + ")";
    case wire::ServiceRequest::kRemoveBuddy:
      return "remove " + request.remove_buddy().name();
    case wire::ServiceRequest::kAnswerBuddy: {
      static const char* const kAnswers[] = {"?", "accept", "deny", "block", "unblock"};
      return std::string(kAnswers[request.answer_buddy().answer()]) + " " +
             request.answer_buddy().name();
    }
    case wire::ServiceRequest::kSendChat:
      return "chat " + request.send_chat().to() + " " + request.send_chat().text();
    default:
      return "other";
  }
}

std::string Text(const control::Command& command) {
  switch (command.body_case()) {
    case control::Command::kConfigure:
      return "configure";
    case control::Command::kLogin:
      return "login " + command.login().account();
    case control::Command::kLogout:
      return "logout " + command.logout().account();
    case control::Command::kPlaceCall: {
      const control::PlaceCall& place = command.place_call();
      std::string text = "place " + std::to_string(place.call()) + " " + place.account() + " " +
                         place.destination();
      for (const int codec : place.codecs()) text += " " + CodecText(codec);
      text += " " + std::to_string(place.pbx_rtp().port());
      if (!place.topic().empty()) text += " topic=" + place.topic();
      if (!place.token().empty()) text += " token=" + place.token();
      return text;
    }
    case control::Command::kRingCall:
      return "ring " + std::to_string(command.ring_call().call()) + " " +
             CodecText(command.ring_call().codec()) + " " +
             std::to_string(command.ring_call().pbx_rtp().port());
    case control::Command::kProgressCall:
      return "progress " + std::to_string(command.progress_call().call());
    case control::Command::kAnswerCall:
      return "answer " + std::to_string(command.answer_call().call());
    case control::Command::kEndCall:
      return "end " + std::to_string(command.end_call().call()) + " " +
             std::to_string(command.end_call().reason());
    case control::Command::kAskService:
      return "ask " + command.ask_service().account() + " " + Text(command.ask_service().service());
    case control::Command::kHoldCall:
      return std::string(command.hold_call().held() ? "hold " : "unhold ") +
             std::to_string(command.hold_call().call());
    case control::Command::kTransferCall:
      return "transfer " + std::to_string(command.transfer_call().call()) + " " +
             command.transfer_call().to();
    case control::Command::kSetDebug: {
      const control::SetDebug& debug = command.set_debug();
      return std::string(debug.voice() ? "vedebug " : "debug ") + (debug.on() ? "on" : "off") +
             " " + debug.account();
    }
    default:
      return "other";
  }
}

}  // namespace

res::LicenseReport TwoLicences() {
  res::LicenseReport report;
  report.host_id = "59:af";
  report.channels = 5;
  report.licenses.resize(2);
  report.licenses[0] = {"S4A-00000001.lic", "OK", true, "S4A-00000001", "59:af", "2999-12-31", 5};
  report.licenses[1].file = "S4A-00000002.lic";
  report.licenses[1].status = "Truncated";
  return report;
}

void FakeEngineService::Send(std::string_view bytes) {
  control::Command command;
  command.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (command.has_configure()) configured = command.configure();
  if (command.has_login()) secrets[command.login().account()] = command.login().secret();
  if (command.has_ask_service()) {
    questions_[command.ask_service().request()] = command.ask_service();
  }
  commands_.push_back(Text(command));
}

void FakeEngineService::Reply(uint64_t request, const wire::ServiceReply& reply) {
  questions_.erase(request);
  control::Event event;
  event.mutable_service_done()->set_request(request);
  *event.mutable_service_done()->mutable_reply() = reply;
  Say(event);
}

void FakeEngineService::Reply(uint64_t request, wire::ServiceResult result,
                              const std::string& text) {
  wire::ServiceReply reply;
  reply.set_result(result);
  reply.set_text(text);
  Reply(request, reply);
}

void FakeEngineService::News(const std::string& account, const wire::ServiceNews& news) {
  control::Event event;
  event.mutable_service_news()->set_account(account);
  *event.mutable_service_news()->mutable_news() = news;
  Say(event);
}

void FakeEngineService::BuddyNews(const std::string& account, const std::string& buddy,
                                  wire::BuddyStatus status, const std::string& mood) {
  wire::ServiceNews news;
  news.mutable_buddy()->set_name(buddy);
  news.mutable_buddy()->set_status(status);
  if (!mood.empty()) {
    wire::Property& property = *news.mutable_buddy()->mutable_profile()->add_properties();
    property.set_name("mood_text");
    property.set_value(mood);
  }
  News(account, news);
}

void FakeEngineService::ChatNews(const std::string& account, const std::string& from,
                                 const std::string& to, const std::string& text) {
  wire::ServiceNews news;
  news.mutable_chat()->set_from(from);
  news.mutable_chat()->set_to(to);
  news.mutable_chat()->set_text(text);
  News(account, news);
}

void FakeEngineService::AskedToAuthorise(const std::string& account, const std::string& from,
                                         const std::string& text) {
  wire::ServiceNews news;
  news.mutable_authorisation_request()->set_from(from);
  news.mutable_authorisation_request()->set_text(text);
  News(account, news);
}

void FakeEngineService::AnswerFetches() {
  const std::map<uint64_t, control::AskService> open = questions_;
  for (const auto& [number, question] : open) {
    wire::ServiceReply reply;
    reply.set_result(wire::SERVICE_DONE);
    if (question.service().has_get_account()) {
      *reply.mutable_account() = account_state;
    } else if (question.service().has_get_buddies()) {
      *reply.mutable_buddies() = buddies;
    } else {
      continue;
    }
    Reply(number, reply);
  }
}

void FakeEngineService::Stop(Task stopped) {
  listener_ = nullptr;
  commands_.push_back("stop");
  runtime_.Post(std::move(stopped));
}

void FakeEngineService::Ready() {
  listener_->OnEngineReady("test engine");
  runtime_.RunPosted();
}

void FakeEngineService::Say(const control::Event& event) {
  listener_->OnEngineEvent(event.SerializeAsString());
  runtime_.RunPosted();
}

void FakeEngineService::Die(const std::string& reason) {
  questions_.clear();
  std::exchange(listener_, nullptr)->OnEngineGone(reason);
  runtime_.RunPosted();
}

void FakeEngineService::Account(const std::string& name, control::AccountState state,
                                const std::string& reason) {
  control::Event event;
  event.mutable_account_status()->set_account(name);
  event.mutable_account_status()->set_state(state);
  event.mutable_account_status()->set_reason(reason);
  Say(event);
}

void FakeEngineService::Incoming(uint64_t call, const std::string& account,
                                 const std::vector<control::Codec>& codecs) {
  control::Event event;
  control::IncomingCall& incoming = *event.mutable_incoming_call();
  incoming.set_call(call);
  incoming.set_account(account);
  incoming.set_caller("austin_powers");
  incoming.set_caller_fullname("Austin\r\nPowers");
  for (const control::Codec codec : codecs) incoming.add_codecs(codec);
  incoming.mutable_engine_rtp()->set_address(0x7F000001);
  incoming.mutable_engine_rtp()->set_port(4000);
  Say(event);
}

void FakeEngineService::Ringing(uint64_t call) {
  control::Event event;
  event.mutable_call_ringing()->set_call(call);
  Say(event);
}

void FakeEngineService::Media(uint64_t call, control::Codec codec) {
  control::Event event;
  event.mutable_call_media()->set_call(call);
  event.mutable_call_media()->set_codec(codec);
  event.mutable_call_media()->mutable_engine_rtp()->set_address(0x7F000001);
  event.mutable_call_media()->mutable_engine_rtp()->set_port(4002);
  Say(event);
}

void FakeEngineService::Answered(uint64_t call) {
  control::Event event;
  event.mutable_call_answered()->set_call(call);
  Say(event);
}

void FakeEngineService::Ended(uint64_t call, control::EndReason reason) {
  control::Event event;
  event.mutable_call_ended()->set_call(call);
  event.mutable_call_ended()->set_reason(reason);
  Say(event);
}

std::vector<std::string> FakeEngineService::TakeCommands() { return std::exchange(commands_, {}); }

}  // namespace sfa::skype
