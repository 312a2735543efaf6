#include "fake_skype_network/desktop_client.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>

#include "fake_skype_network/headset.h"
#include "fake_skype_network/words.h"
#include "protocol/peer/service_names.h"

namespace sfa::community {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

class DesktopClientImpl final : public DesktopClient,
                                private peer::PeerObserver,
                                private peer::CallObserver {
 public:
  DesktopClientImpl(Runtime& runtime, ClientSettings settings, ClientObserver& observer)
      : runtime_(runtime),
        settings_(std::move(settings)),
        observer_(observer),
        answer_timer_(runtime.NewTimer([this] { Answer(); })),
        digit_timer_(runtime.NewTimer([this] { NextDigitStep(); })) {}

  void LogIn() override {
    if (!peer_ && !OpenPort()) return;
    peer_->LogIn();
  }

  void LogOut() override {
    if (peer_) peer_->LogOut();
  }

  void CallUser(const std::string& user, const peer::CallProperties& properties) override {
    if (call_) return;  // one call at a time
    record_ = {};
    if (!peer_ || peer_->state() != peer::LoginState::kLoggedIn) {
      return Report("ended", {{"reason", ToText(peer::EndReason::kNetwork)}});
    }
    call_ = peer_->PlaceCall(user, settings_.codecs, call_observer(), properties);
  }

  bool in_call() const override { return call_ != nullptr; }

  void Answer() override {
    if (call_ && incoming_) call_->Answer();
  }

  void Reject() override {
    if (call_ && incoming_ && !headset_) call_->End(peer::EndReason::kRejected);
  }

  void HangUp() override {
    if (!call_) return;
    if (headset_) return call_->End(peer::EndReason::kNormal);
    call_->End(incoming_ ? peer::EndReason::kRejected : peer::EndReason::kCancelled);
  }

  void SendDigits(const std::string& digits, Duration tone, Duration gap) override {
    for (const char digit : digits) digits_.push_back({digit, tone, gap});
    if (headset_ && !digit_timer_->running()) NextDigitStep();
  }

  void Hold(bool held) override {
    if (call_ && headset_) call_->Hold(held);
  }

  void Transfer(const std::string& user) override {
    if (call_ && headset_) call_->Transfer(user);
  }

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

  const AudioRecord& audio() const override { return record_; }
  peer::MediaStatistics statistics() const override {
    return call_ ? call_->statistics() : statistics_;
  }

  uint64_t dropped() const override {
    return (port_ ? port_->dropped() : 0) + (peer_ ? peer_->dropped() : 0) + rejected_ +
           (call_ ? call_->statistics().packets_rejected : 0);
  }

 private:
  struct Digit {
    char digit;
    Duration tone, gap;
  };

  peer::CallObserver& call_observer() { return *this; }

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
        return Report("buddy",
                      {{"buddy", news.buddy().name()},
                       {"status", std::string(peer::BuddyStatusName(news.buddy().status()))},
                       {"fullname", news.buddy().profile().fullname()}});
      case wire::ServiceNews::kBuddyRemoved:
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
  }

  void OnIncomingCall(std::unique_ptr<peer::Call> call) override {
    if (settings_.busy) return call->End(peer::EndReason::kBusy);
    const bool glare = call_ && !incoming_ && call_->GivesWayTo(*call);
    if (call_ && !glare) return call->End(peer::EndReason::kBusy);
    const std::optional<media::Codec> codec = Choose(call->offered_codecs());
    if (!codec) return call->End(peer::EndReason::kNoCommonCodec);
    if (glare) GiveWay();
    record_ = {};
    call_ = std::move(call);
    incoming_ = true;
    call_->SetObserver(this);
    call_->Ring(*codec);
    if (settings_.answer_after.count() >= 0) answer_timer_->Start(settings_.answer_after);
    Fields fields{{"from", call_->remote_user()}, {"fullname", call_->remote_fullname()}};
    const auto add = [&fields](const char* name, const std::string& value) {
      if (!value.empty()) fields.emplace_back(name, value);
    };
    const peer::CallProperties& properties = call_->properties();
    add("topic", properties.topic);
    add("token", properties.token);
    add("forwarded_by", properties.forwarded_by);
    add("target_identity", properties.target_identity);
    Report("incoming", std::move(fields));
    // This person has called that one: the answer is given already.
    if (glare) Answer();
  }

  void GiveWay() {
    call_->SetObserver(nullptr);
    call_->End(peer::EndReason::kAnsweredElsewhere);
    call_ = nullptr;
    Report("ended", {{"reason", ToText(peer::EndReason::kAnsweredElsewhere)}});
  }

  // The caller's order, of what this client can do.
  std::optional<media::Codec> Choose(const std::vector<media::Codec>& offered) const {
    for (const media::Codec codec : offered) {
      if (std::find(settings_.codecs.begin(), settings_.codecs.end(), codec) !=
          settings_.codecs.end()) {
        return codec;
      }
    }
    return {};
  }

  // CallObserver
  void OnRinging() override { Report("ringing", {}); }

  void OnProgress(media::Codec) override { Report("progress", {}); }

  void OnParty(const std::string& user, const std::string& fullname) override {
    Report("party", {{"user", user}, {"fullname", fullname}});
  }

  void OnHold(bool held) override { Report("held", {{"on", held ? "yes" : "no"}}); }

  void OnTransferred(bool done, peer::EndReason reason) override {
    Report("transferred", {{"result", done ? "done" : ToText(reason)}});
  }

  void OnAnswered(media::Codec codec) override {
    headset_ = std::make_unique<Headset>(
        runtime_, codec, settings_.voice_seed, settings_.record_audio ? &record_ : nullptr,
        [this](std::span<const uint8_t> encoded_20ms) { call_->SendAudio(encoded_20ms); });
    if (!digits_.empty()) NextDigitStep();
    Report("answered", {{"codec", ToText(codec)}});
  }

  void OnPath(const path::PathInfo& path) override {
    Report("path", {{"path", path.name()},
                    {"local", path.local.ToString()},
                    {"remote", path.remote.ToString()},
                    {"local_kind", path::ToString(path.local_kind)},
                    {"remote_kind", path::ToString(path.remote_kind)}});
  }

  void OnEnded(peer::EndReason reason) override {
    answer_timer_->Cancel();
    digit_timer_->Cancel();
    digits_.clear();
    sounding_ = false;
    headset_ = nullptr;
    statistics_ = call_->statistics();
    rejected_ += statistics_.packets_rejected;
    call_ = nullptr;
    incoming_ = false;
    Report("ended", {{"reason", ToText(reason)}});
  }

  void OnAudio(std::span<const uint8_t> encoded_20ms) override {
    if (headset_) headset_->Hear(encoded_20ms);
  }

  void OnDigit(char digit, bool ended, Duration duration) override {
    if (!ended) return;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    Report("digit", {{"digit", std::string(1, digit)}, {"duration_ms", std::to_string(ms)}});
  }

  // A digit begins, or the one that sounds ends.
  void NextDigitStep() {
    if (!call_ || digits_.empty()) return;
    const Digit digit = digits_.front();
    sounding_ = !sounding_;
    if (sounding_) {
      call_->BeginDigit(digit.digit);
      digit_timer_->Start(digit.tone);
    } else {
      call_->EndDigit(digit.tone);
      digits_.pop_front();
      digit_timer_->Start(digit.gap);
    }
  }

  Runtime& runtime_;
  const ClientSettings settings_;
  ClientObserver& observer_;
  AudioRecord record_;
  uint64_t rejected_ = 0;             // media packets, in calls that have ended
  peer::MediaStatistics statistics_;  // of the latest call, once it has ended
  std::deque<Digit> digits_;          // the first one sounds when `sounding_`
  bool sounding_ = false;
  bool incoming_ = false;
  wire::AccountState account_;  // as last heard
  std::unique_ptr<Timer> answer_timer_, digit_timer_;
  std::unique_ptr<path::MediaPort> port_;
  std::unique_ptr<peer::Peer> peer_;
  std::unique_ptr<Headset> headset_;  // of an answered call
  std::unique_ptr<peer::Call> call_;  // before the peer, whose it is
};

}  // namespace

std::unique_ptr<DesktopClient> NewDesktopClient(Runtime& runtime, ClientSettings settings,
                                                ClientObserver& observer) {
  return std::make_unique<DesktopClientImpl>(runtime, std::move(settings), observer);
}

}  // namespace sfa::community
