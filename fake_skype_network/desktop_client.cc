#include "fake_skype_network/desktop_client.h"

#include <map>
#include <optional>
#include <utility>

#include "fake_skype_network/handset.h"
#include "fake_skype_network/words.h"
#include "protocol/peer/service_names.h"

namespace sfa::community {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

class DesktopClientImpl final : public DesktopClient,
                                private peer::PeerObserver,
                                private Handset::Owner {
 public:
  DesktopClientImpl(Runtime& runtime, ClientSettings settings, ClientObserver& observer)
      : runtime_(runtime),
        settings_(std::move(settings)),
        observer_(observer),
        handset_(runtime,
                 {settings_.answer_after, false, settings_.voice_seed, settings_.record_audio},
                 owner()) {}

  void LogIn() override {
    if (!peer_ && !OpenPort()) return;
    peer_->LogIn();
  }

  void LogOut() override {
    if (peer_) peer_->LogOut();
  }

  void CallUser(const std::string& user, const peer::CallProperties& properties) override {
    if (handset_.in_call()) return;  // one call at a time
    auto call = PlaceCall(user, handset_.observer(), properties);
    handset_.Place(std::move(call));
    if (!handset_.in_call()) Report("ended", {{"reason", ToText(peer::EndReason::kNetwork)}});
  }

  bool in_call() const override { return handset_.in_call(); }
  void Answer() override { handset_.Answer(); }
  void Reject() override { handset_.Reject(); }
  void HangUp() override { handset_.HangUp(); }
  void SendDigits(const std::string& digits, Duration tone, Duration gap) override {
    handset_.SendDigits(digits, tone, gap);
  }
  void Hold(bool held) override { handset_.Hold(held); }
  void Transfer(const std::string& user) override { handset_.Transfer(user); }

  void SetProperty(const std::string& name, const std::string& value) override {
    wire::ServiceRequest request;
    wire::Property* property = request.mutable_set_properties()->add_properties();
    property->set_name(name);
    property->set_value(value);
    Ask("set " + name, request);
  }

  void AddBuddy(const std::string& user, const std::string& text) override {
    wire::ServiceRequest request;
    request.mutable_add_buddy()->set_name(user);
    request.mutable_add_buddy()->set_text(text);
    Ask("add buddy " + user, request);
  }

  void RemoveBuddy(const std::string& user) override {
    wire::ServiceRequest request;
    request.mutable_remove_buddy()->set_name(user);
    Ask("remove buddy " + user, request);
  }

  void AnswerBuddy(const std::string& user, wire::BuddyAnswer answer) override {
    wire::ServiceRequest request;
    request.mutable_answer_buddy()->set_name(user);
    request.mutable_answer_buddy()->set_answer(answer);
    Ask("answer " + user, request);
  }

  void Chat(const std::string& user, const std::string& text) override {
    wire::ServiceRequest request;
    request.mutable_send_chat()->set_to(user);
    request.mutable_send_chat()->set_text(text);
    Ask("chat " + user, request);
  }

  const AudioRecord& audio() const override { return handset_.audio(); }
  peer::MediaStatistics statistics() const override { return handset_.statistics(); }

  uint64_t dropped() const override {
    return (port_ ? port_->dropped() : 0) + (peer_ ? peer_->dropped() : 0) +
           handset_.packets_rejected();
  }

 private:
  Handset::Owner& owner() { return *this; }

  bool OpenPort() {
    auto port = path::NewMediaPort(runtime_, settings_.port);
    if (!port) {
      Report("login",
             {{"state", ToText(peer::LoginState::kLoggedOut)}, {"reason", port.error().message}});
      return false;
    }
    port_ = std::move(*port);
    peer::PeerSettings peer_settings;
    peer_settings.user = settings_.user;
    peer_settings.password = settings_.password;
    peer_settings.network = settings_.network;
    peer::PeerObserver& peer_observer = *this;
    peer_ = peer::NewPeer(runtime_, *port_, std::move(peer_settings), peer_observer);
    return true;
  }

  void Report(std::string kind, Fields fields) {
    observer_.OnSight({runtime_.Now(), std::move(kind), std::move(fields)});
  }

  void Ask(const std::string& what, const wire::ServiceRequest& request) {
    if (!peer_) return Report("done", {{"what", what}, {"result", "not logged in"}});
    peer_->Ask(request, [this, what](const wire::ServiceReply& reply) {
      Report("done", {{"what", what}, {"result", ToText(reply.result())}});
    });
  }

  // PeerObserver
  void OnNews(const wire::ServiceNews& news) override {
    switch (news.body_case()) {
      case wire::ServiceNews::kAccount:
        return OnAccount(news.account());
      case wire::ServiceNews::kBuddy:
        return OnBuddy(news.buddy());
      case wire::ServiceNews::kBuddyRemoved:
        buddies_.erase(news.buddy_removed());
        return Report("buddy-removed", {{"buddy", news.buddy_removed()}});
      case wire::ServiceNews::kAuthorisationRequest: {
        const wire::AuthorisationRequest& asked = news.authorisation_request();
        Report("asked", {{"from", asked.from()}, {"text", asked.text()}});
        if (settings_.answers_requests) AnswerBuddy(asked.from(), *settings_.answers_requests);
        return;
      }
      case wire::ServiceNews::kChat:
        return Report(
            "chat",
            {{"from", news.chat().from()}, {"to", news.chat().to()}, {"text", news.chat().text()}});
      case wire::ServiceNews::kVoicemail:
        return Report("voicemail", {{"from", news.voicemail().from()},
                                    {"seconds", std::to_string(news.voicemail().seconds())},
                                    {"waiting", std::to_string(news.voicemail().waiting())}});
      default:
        return;
    }
  }

  // Says what has changed.
  void OnAccount(const wire::AccountState& account) {
    Fields changed;
    for (const wire::Property& property : account.properties()) {
      if (peer::ValueOf(account_.properties(), property.name()) == property.value()) continue;
      changed.emplace_back(property.name(), property.value());
    }
    for (const wire::Property& property : account_.properties()) {
      if (peer::ValueOf(account.properties(), property.name()).empty()) {
        changed.emplace_back(property.name(), "");
      }
    }
    account_ = account;
    if (!changed.empty()) Report("account", std::move(changed));
  }

  void OnLoginState(peer::LoginState state, const std::string& reason) override {
    Report("login", {{"state", ToText(state)}, {"reason", reason}});
    if (state == peer::LoginState::kLoggedIn) LookAround();
  }

  // What there is already is known before there is news of it.
  void LookAround() {
    wire::ServiceRequest account, buddies;
    account.mutable_get_account();
    peer_->Ask(account, [this](const wire::ServiceReply& reply) {
      if (reply.has_account()) account_ = reply.account();
    });
    buddies.mutable_get_buddies()->set_presence(true);
    peer_->Ask(buddies, [this](const wire::ServiceReply& reply) {
      for (const wire::Buddy& buddy : reply.buddies().buddies()) OnBuddy(buddy);
    });
  }

  void OnBuddy(const wire::Buddy& buddy) {
    Fields fields{{"buddy", buddy.name()},
                  {"status", std::string(peer::BuddyStatusName(buddy.status()))},
                  {"fullname", buddy.profile().fullname()}};
    Fields& before = buddies_[buddy.name()];
    if (before == fields) return;
    before = fields;
    Report("buddy", std::move(fields));
  }

  void OnIncomingCall(std::unique_ptr<peer::Call> call) override {
    if (settings_.busy) return call->End(peer::EndReason::kBusy);
    const bool glare = handset_.is_calling() && handset_.call()->GivesWayTo(*call);
    if (handset_.in_call() && !glare) return call->End(peer::EndReason::kBusy);
    const auto codec = ChooseCodec(call->offered_codecs(), settings_.codecs);
    if (!codec) return call->End(peer::EndReason::kNoCommonCodec);
    if (glare) handset_.GiveWay();
    handset_.Ring(std::move(call), *codec);
    // This person has called that one: the answer is given already.
    if (glare) Answer();
  }

  // Null when nobody is logged in.
  std::unique_ptr<peer::Call> PlaceCall(const std::string& user, peer::CallObserver& observer,
                                        const peer::CallProperties& properties) {
    if (!peer_ || peer_->state() != peer::LoginState::kLoggedIn) return nullptr;
    return peer_->PlaceCall(user, settings_.codecs, observer, properties);
  }

  // Handset::Owner
  void OnSightOfCall(std::string kind, Fields fields) override {
    Report(std::move(kind), std::move(fields));
  }
  std::unique_ptr<peer::Call> CallInstead(const std::string& user,
                                          peer::CallObserver& observer) override {
    return PlaceCall(user, observer, {});
  }

  Runtime& runtime_;
  const ClientSettings settings_;
  ClientObserver& observer_;
  wire::AccountState account_;             // as last heard
  std::map<std::string, Fields> buddies_;  // likewise, by name
  std::unique_ptr<path::MediaPort> port_;
  std::unique_ptr<peer::Peer> peer_;
  Handset handset_;  // before the peer, whose calls it has
};

}  // namespace

std::unique_ptr<DesktopClient> NewDesktopClient(Runtime& runtime, ClientSettings settings,
                                                ClientObserver& observer) {
  return std::make_unique<DesktopClientImpl>(runtime, std::move(settings), observer);
}

}  // namespace sfa::community
