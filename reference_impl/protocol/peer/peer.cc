#include "protocol/peer/peer.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include "protocol/peer/attachment.h"
#include "protocol/peer/call_base.h"
#include "protocol/peer/description.h"
#include "protocol/peer/farewells.h"
#include "protocol/peer/incoming_call.h"
#include "protocol/peer/network.h"
#include "protocol/peer/outgoing_call.h"
#include "protocol/peer/port_share.h"
#include "protocol/peer/properties.h"
#include "protocol/peer/questions.h"
#include "protocol/peer/service_names.h"

namespace sfa::peer {
namespace {

// More at once are nobody's telephone: bounds what a flood of offers costs.
constexpr size_t kMaxCalls = 1000;
// Incoming calls that are over: an offer that comes once more does not ring again.
constexpr size_t kMaxRemembered = 256;
// To messages of calls that are over.
constexpr int kRepliesPerSecond = 20;
// A supernode has patience for some hundred messages in ten seconds, and each call says up to
// three.
constexpr size_t kGreetedAtOnce = 50;
constexpr std::chrono::milliseconds kGreetingPause{3000};
// News that come between registration and login: a list of buddies, and what has waited.
constexpr size_t kMaxNewsWaiting = 10'000;

PeerSettings WithShare(Runtime& runtime, path::MediaPort& port, PeerSettings settings) {
  if (!settings.share) settings.share = std::make_shared<PortShare>(runtime, port);
  return settings;
}

class PeerImpl final : public Peer, private CallHost, private AttachmentObserver {
 public:
  PeerImpl(Runtime& runtime, path::MediaPort& port, PeerSettings settings, PeerObserver& observer)
      : runtime_(runtime),
        port_(port),
        settings_(WithShare(runtime, port, std::move(settings))),
        observer_(observer),
        attachment_(runtime, port, settings_, *this),
        greeting_(runtime.NewTimer([this] { GreetSome(); })),
        farewells_(
            runtime,
            [this](const std::string& to, const wire::Device& device,
                   const wire::CallMessage& message) { SendCall(to, device, message); },
            [this](const std::string& other) { SendLookup(other); }),
        questions_(runtime, [this](const wire::Message& message) {
          return state() == LoginState::kLoggedIn && attachment_.Send(message);
        }) {}

  ~PeerImpl() override {
    *self_ = nullptr;
    while (!calls_.empty()) calls_.begin()->second->Detach();
  }

  void LogIn() override { attachment_.Start(); }

  void LogOut() override {
    ForEachCall([](CallBase& call) { call.Shut(EndReason::kNormal); });
    farewells_.Clear();
    attachment_.Stop();
  }

  LoginState state() const override { return attachment_.state(); }
  uint64_t dropped() const override { return dropped_; }
  const std::string& fullname() const override { return attachment_.fullname(); }
  Endpoint home() const override { return attachment_.home(); }
  std::vector<Endpoint> hosts() const override { return attachment_.hosts(); }

  std::unique_ptr<Call> PlaceCall(const std::string& user, const std::vector<media::Codec>& codecs,
                                  CallObserver& observer,
                                  const CallProperties& properties) override {
    const auto id = runtime_.random().Bytes<kCallIdBytes>();
    auto call =
        std::make_unique<OutgoingCall>(host(), stream::ToString(id), user, codecs, properties);
    call->SetObserver(&observer);
    calls_[call->call_id()] = call.get();
    if (state() == LoginState::kLoggedIn) {
      call->Start();
    } else {
      call->End(EndReason::kNetwork);
    }
    return call;
  }

  void Ask(const wire::ServiceRequest& request, ServiceDone done) override {
    questions_.Ask(request, std::move(done));
  }

 private:
  CallHost& host() { return *this; }

  // CallHost
  Runtime& runtime() override { return runtime_; }
  path::MediaPort& port() override { return port_; }
  const std::string& user() const override { return settings_.user; }
  const stream::Key& root_key() const override { return settings_.network.root_key; }
  const stream::SigningKey& signing_key() const override { return attachment_.signing_key(); }
  const wire::UserCredential& credential() const override { return attachment_.credential(); }

  const std::vector<std::string>& languages() const override { return languages_; }

  void Suspect() override { attachment_.Suspect(); }
  void Hasten() override { attachment_.Hasten(); }
  void CountDropped() override { ++dropped_; }

  void SendFarewell(const std::string& to, const wire::Device& device,
                    const wire::CallMessage& end) override {
    farewells_.Say(to, device, end);
  }

  void SendCall(const std::string& to, const wire::Device& device,
                const wire::CallMessage& call) override {
    wire::Message message;
    wire::Envelope* envelope = message.mutable_envelope();
    envelope->set_to(to);
    *envelope->mutable_to_device() = device;
    *envelope->mutable_call() = call;
    attachment_.Send(message);
  }

  void SendLookup(const std::string& user) override {
    wire::Message message;
    message.mutable_lookup()->set_user(user);
    attachment_.Send(message);
  }

  void Bury(std::unique_ptr<Leg> leg) override {
    leg->Retire();
    graves_.push_back(std::move(leg));
    if (graves_.size() > 1) return;
    runtime_.Post([self = self_] {
      if (*self != nullptr) (*self)->graves_.clear();
    });
  }

  void AlsoKnownAs(const std::string& id, CallBase& call) override { calls_[id] = &call; }

  void Forget(const CallBase& call) override {
    calls_.erase(call.call_id());
    for (const std::string& id : call.other_ids()) calls_.erase(id);
  }

  void Remember(const std::string& call_id) {
    if (remembered_.size() == kMaxRemembered) remembered_.pop_front();
    remembered_.push_back(call_id);
  }

  // AttachmentObserver
  void OnState(LoginState state, const std::string& reason) override {
    if (state == LoginState::kLoggedIn) {
      languages_ = LanguagesOf(ValueOf(attachment_.profile().properties(), "languages"));
      GreetAll();
      farewells_.SayAgain();
      TellNewsSoon();
    } else {
      questions_.Fail();
      if (state != LoginState::kInitializing) news_.clear();
    }
    observer_.OnLoginState(state, reason);
  }

  // What has come before the login was complete, after the news of that.
  void TellNewsSoon() {
    if (news_.empty()) return;
    runtime_.Post([self = self_] {
      if (*self != nullptr && (*self)->state() == LoginState::kLoggedIn) (*self)->TellNews();
    });
  }

  void TellNews() {
    const auto self = self_;
    while (*self != nullptr && !news_.empty()) {
      const wire::ServiceNews news = std::move(news_.front());
      news_.pop_front();
      Learn(news.account());
      observer_.OnNews(news);
    }
  }

  void OnNews(const wire::ServiceNews& news) {
    if (news.body_case() == wire::ServiceNews::BODY_NOT_SET) return CountDropped();
    if (news_.size() == kMaxNewsWaiting) return CountDropped();
    news_.push_back(news);
    // In their order, also while some of before the login wait still.
    if (state() == LoginState::kLoggedIn && news_.size() == 1) TellNews();
  }

  // The account as it is now: an empty state says nothing of it.
  void Learn(const wire::AccountState& account) {
    if (account.properties_size() == 0) return;
    languages_ = LanguagesOf(ValueOf(account.properties(), "languages"));
  }

  void OnServiceReply(uint32_t request, const wire::ServiceReply& reply) {
    Learn(reply.account());
    if (!questions_.OnReply(request, reply)) CountDropped();
  }

  // Back at home: the other ends must learn where. Those that wait for an answer first.
  void GreetAll() {
    to_greet_.clear();
    for (const bool answered : {false, true}) {
      for (const auto& [id, call] : calls_) {
        if (call->answered() == answered && id == call->call_id()) to_greet_.push_back(id);
      }
    }
    GreetSome();
  }

  void GreetSome() {
    for (size_t i = 0; i < kGreetedAtOnce && !to_greet_.empty(); ++i) {
      const std::string id = to_greet_.front();
      to_greet_.pop_front();
      if (CallBase* call = Find(id)) call->OnHome();
    }
    if (!to_greet_.empty()) greeting_->Start(kGreetingPause);
  }

  void OnSupernodeLost() override {
    to_greet_.clear();
    greeting_->Cancel();
    ForEachCall([](CallBase& call) { call.OnSupernodeLost(); });
  }

  void OnNetworkMessage(const wire::Message& message) override {
    switch (message.body_case()) {
      case wire::Message::kEnvelope:
        return OnEnvelope(message.envelope());
      case wire::Message::kUndeliverable:
        return OnUndeliverable(message.undeliverable());
      case wire::Message::kLookupReply:
        farewells_.OnLookup(message.lookup_reply());
        return ForEachCall([&message](CallBase& call) { call.OnLookup(message.lookup_reply()); });
      case wire::Message::kServiceReply:
        return OnServiceReply(message.request(), message.service_reply());
      case wire::Message::kServiceNews:
        return OnNews(message.service_news());
      default:
        return;
    }
  }

  void OnUndeliverable(const wire::Undeliverable& undeliverable) {
    CallBase* call = Find(undeliverable.call_id());
    if (call == nullptr) {
      return farewells_.OnUndeliverable(undeliverable.call_id(), undeliverable.to_device());
    }
    // Those that were told that somebody else has answered are part of it no more.
    farewells_.OnUndeliverable(undeliverable.call_id(), undeliverable.to_device());
    call->OnUndeliverable(undeliverable);
  }

  void OnEnvelope(const wire::Envelope& envelope) {
    const wire::CallMessage& message = envelope.call();
    if (CallBase* call = Find(message.call_id())) {
      return call->OnCallMessage(envelope.from(), envelope.from_device(), message);
    }
    if (message.has_offer()) return OnOffer(envelope);
    // An End crosses ours, or is said again.
    if (message.has_end()) return;
    if (Repeat(envelope)) return;
    CountDropped();
    // Of a call that is over here: the other end shall not wait for it.
    if ((message.has_ringing() || message.has_answer()) && MayReply()) {
      SendEnd(envelope, EndReason::kCancelled);
    }
  }

  // Whoever makes us answer to noise could make our supernode tire of us.
  bool MayReply() {
    const MonotonicTime now = runtime_.Now();
    if (now - replies_since_ >= std::chrono::seconds(1)) {
      replies_since_ = now;
      replies_ = 0;
    }
    return ++replies_ <= kRepliesPerSecond;
  }

  // The last word in a call that is over, to those who still speak of it.
  bool Repeat(const wire::Envelope& envelope) {
    return MayReply() && farewells_.SayTo(envelope.call().call_id(), envelope.from_device());
  }

  void OnOffer(const wire::Envelope& envelope) {
    const wire::CallMessage& message = envelope.call();
    if (message.call_id().size() != kCallIdBytes) return CountDropped();
    if (std::find(remembered_.begin(), remembered_.end(), message.call_id()) != remembered_.end()) {
      if (!Repeat(envelope)) CountDropped();
      return;
    }
    // Registered already, but not logged in yet.
    if (state() != LoginState::kLoggedIn) return SendEnd(envelope, EndReason::kOffline);
    if (calls_.size() >= kMaxCalls) return SendEnd(envelope, EndReason::kBusy);
    auto description = OpenMedia(
        message.offer().media(),
        {message.call_id(), envelope.from(), settings_.user, SignedWords(message.offer())},
        root_key(), runtime_.WallNow());
    if (!description) {
      CountDropped();
      runtime_.log().Write(LogLevel::kWarning, "peer", description.error().message);
      return SendEnd(envelope, EndReason::kNetwork);
    }
    auto call = std::make_unique<IncomingCall>(host(), message.call_id(), envelope.from(),
                                               envelope.from_device(), message.offer(),
                                               std::move(*description));
    Remember(message.call_id());
    if (call->offered_codecs().empty()) return call->End(EndReason::kNoCommonCodec);
    calls_[call->call_id()] = call.get();
    observer_.OnIncomingCall(std::move(call));
  }

  void SendEnd(const wire::Envelope& about, EndReason reason) {
    wire::CallMessage message;
    message.set_call_id(about.call().call_id());
    message.mutable_end()->set_reason(ToWire(reason));
    SendCall(about.from(), about.from_device(), message);
  }

  CallBase* Find(const std::string& call_id) {
    const auto found = calls_.find(call_id);
    return found == calls_.end() ? nullptr : found->second;
  }

  // `visit` may end any call, that one included.
  template <typename Visit>
  void ForEachCall(Visit visit) {
    std::vector<std::string> ids;
    for (const auto& [id, call] : calls_) {
      if (id == call->call_id()) ids.push_back(id);
    }
    for (const std::string& id : ids) {
      if (CallBase* call = Find(id)) visit(*call);
    }
  }

  Runtime& runtime_;
  path::MediaPort& port_;
  const PeerSettings settings_;
  PeerObserver& observer_;
  Attachment attachment_;
  std::deque<std::string> to_greet_;  // call ids
  std::unique_ptr<Timer> greeting_;
  Farewells farewells_;
  Questions questions_;
  std::deque<wire::ServiceNews> news_;      // not told yet
  std::vector<std::string> languages_;      // of the account
  std::map<std::string, CallBase*> calls_;  // by call id; those that are not over
  std::vector<std::unique_ptr<Leg>> graves_;
  std::deque<std::string> remembered_;
  uint64_t dropped_ = 0;
  MonotonicTime replies_since_{};
  int replies_ = 0;
  std::shared_ptr<PeerImpl*> self_ = std::make_shared<PeerImpl*>(this);
};

}  // namespace

std::unique_ptr<Peer> NewPeer(Runtime& runtime, path::MediaPort& port, PeerSettings settings,
                              PeerObserver& observer) {
  return std::make_unique<PeerImpl>(runtime, port, std::move(settings), observer);
}

}  // namespace sfa::peer
