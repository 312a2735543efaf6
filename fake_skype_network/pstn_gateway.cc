#include "fake_skype_network/pstn_gateway.h"

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "fake_skype_network/handset.h"
#include "fake_skype_network/telephone_wire.h"
#include "fake_skype_network/toll.h"
#include "fake_skype_network/words.h"

namespace sfa::community {
namespace {

class TelephoneImpl;

// What a telephone's wire ends at.
class Exchange {
 public:
  // The outcome comes by Connect() or Fail() of the telephone, later.
  virtual void Dial(TelephoneImpl& telephone, const std::string& number) = 0;
  virtual TollDesk& tolls() = 0;

 protected:
  ~Exchange() = default;
};

class TelephoneImpl final : public Telephone, private Handset::Owner {
 public:
  TelephoneImpl(Runtime& runtime, const TelephoneSettings& settings, Exchange& exchange,
                ClientObserver& observer)
      : runtime_(runtime),
        settings_(settings),
        exchange_(exchange),
        observer_(observer),
        cut_off_(runtime.NewTimer([this] { handset_.End(peer::EndReason::kNoCredit); })),
        handset_(runtime,
                 {settings.answer_after, settings.announcement, settings.voice_seed,
                  settings.record_audio},
                 owner()) {}

  const std::string& number() const { return settings_.number; }
  bool is_free() const { return !settings_.busy && !in_call(); }
  // Whether it still waits for that one of its attempts.
  bool is_dialling(uint64_t attempt) const { return dialling_ && attempt == attempts_; }
  uint64_t attempts() const { return attempts_; }

  // Telephone
  void Call(const std::string& number) override {
    if (in_call()) return;
    dialling_ = true;
    ++attempts_;
    exchange_.Dial(*this, number);
  }
  bool in_call() const override { return dialling_ || handset_.in_call(); }
  void Answer() override { handset_.Answer(); }
  void Reject() override { handset_.Reject(); }
  void HangUp() override {
    if (dialling_) return Fail(peer::EndReason::kCancelled);
    handset_.HangUp();
  }
  void SendDigits(const std::string& digits, Duration tone, Duration gap) override {
    handset_.SendDigits(digits, tone, gap);
  }
  const AudioRecord& audio() const override { return handset_.audio(); }
  peer::MediaStatistics statistics() const override { return handset_.statistics(); }

  // Of what it has dialled.
  peer::CallObserver& caller() { return handset_.observer(); }
  void Connect(std::unique_ptr<peer::Call> call) {
    dialling_ = false;
    call->SetObserver(&handset_.observer());
    handset_.Place(std::move(call));
  }
  void Fail(peer::EndReason reason) {
    dialling_ = false;
    OnSightOfCall("ended", {{"reason", ToText(reason)}});
  }
  // It is free. `toll`: what somebody pays for the call, if anybody does.
  void Ring(std::unique_ptr<peer::Call> call, media::Codec codec, std::optional<Toll> toll) {
    toll_ = std::move(toll);
    handset_.Ring(std::move(call), codec);
  }

 private:
  Handset::Owner& owner() { return *this; }

  void OnSightOfCall(std::string kind, Handset::Fields fields) override {
    if (kind == "answered") BeginToll();
    if (kind == "ended") EndToll();
    observer_.OnSight({runtime_.Now(), std::move(kind), std::move(fields)});
  }

  void BeginToll() {
    if (!toll_) return;
    toll_->answered = runtime_.Now();
    if (toll_->longest) cut_off_->Start(*toll_->longest);
  }

  void EndToll() {
    cut_off_->Cancel();
    if (toll_ && toll_->answered) exchange_.tolls().Settle(*toll_);
    toll_.reset();
  }

  Runtime& runtime_;
  const TelephoneSettings settings_;
  Exchange& exchange_;
  ClientObserver& observer_;
  bool dialling_ = false;  // it is not known yet whom
  uint64_t attempts_ = 0;
  std::optional<Toll> toll_;
  std::unique_ptr<Timer> cut_off_;
  Handset handset_;
};

class PstnGatewayImpl final : public PstnGateway, private peer::PeerObserver, private Exchange {
 public:
  PstnGatewayImpl(Runtime& runtime, GatewaySettings settings)
      : runtime_(runtime), settings_(std::move(settings)) {
    auto port = path::NewMediaPort(runtime, settings_.port);
    if (!port) {
      runtime.log().Write(LogLevel::kError, "gateway", port.error().message);
      return;
    }
    port_ = std::move(*port);
    peer::PeerSettings self;
    self.user = kGatewayUser;
    self.password = settings_.password;
    self.network = settings_.network;
    peer::PeerObserver& observer = *this;
    peer_ = peer::NewPeer(runtime, *port_, std::move(self), observer);
    tolls_ = std::make_unique<TollDesk>(runtime, *peer_);
    peer_->LogIn();
  }

  Telephone& AddTelephone(const TelephoneSettings& settings, ClientObserver& observer) override {
    Exchange& exchange = *this;
    telephones_.push_back(std::make_unique<TelephoneImpl>(runtime_, settings, exchange, observer));
    return *telephones_.back();
  }

 private:
  // A call from the network that waits for the permission to ring.
  struct WaitingCall final : peer::CallObserver {
    WaitingCall(PstnGatewayImpl& gateway, uint64_t number) : gateway(gateway), number(number) {}
    // The last of it.
    void OnEnded(peer::EndReason) override { gateway.waiting_.erase(number); }
    void OnAnswered(media::Codec) override {}
    void OnAudio(std::span<const uint8_t>) override {}
    void OnDigit(char, bool, Duration) override {}

    PstnGatewayImpl& gateway;
    const uint64_t number;
    TelephoneImpl* telephone = nullptr;
    media::Codec codec{};
    Toll toll;
    std::unique_ptr<peer::Call> call;
  };

  TelephoneImpl* Find(const std::string& number) {
    for (const auto& telephone : telephones_) {
      if (telephone->number() == number) return telephone.get();
    }
    return nullptr;
  }

  // PeerObserver
  void OnLoginState(peer::LoginState, const std::string& reason) override {
    if (!reason.empty()) runtime_.log().Write(LogLevel::kWarning, "gateway", reason);
  }

  void OnIncomingCall(std::unique_ptr<peer::Call> call) override {
    const std::string number = call->properties().target_identity;
    TelephoneImpl* const telephone = Find(number);
    if (telephone == nullptr) return call->End(peer::EndReason::kInvalidNumber);
    const auto codec = ChooseCodec(call->offered_codecs(), settings_.codecs);
    if (!codec) return call->End(peer::EndReason::kNoCommonCodec);
    if (waiting_.size() >= kMostWaiting) return call->End(peer::EndReason::kNetwork);
    auto waiting = std::make_unique<WaitingCall>(*this, next_++);
    waiting->telephone = telephone;
    waiting->codec = *codec;
    // A telephone pays nothing for what it is forwarded to: who has it forwarded does.
    const bool from_telephone = !call->properties().presented_caller.empty();
    waiting->toll.account = from_telephone ? call->properties().forwarded_by : call->remote_user();
    waiting->toll.number = number;
    waiting->call = std::move(call);
    waiting->call->SetObserver(waiting.get());
    const uint64_t id = waiting->number;
    tolls_->Authorise(waiting->toll,
                      [this, id](const TollDesk::Verdict& verdict) { OnVerdict(id, verdict); });
    waiting_.emplace(id, std::move(waiting));
  }

  void OnVerdict(uint64_t id, const TollDesk::Verdict& verdict) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return;  // the caller has given up
    const std::unique_ptr<WaitingCall> waiting = std::move(found->second);
    waiting_.erase(found);
    if (verdict.refusal) return waiting->call->End(*verdict.refusal);
    if (!waiting->telephone->is_free()) return waiting->call->End(peer::EndReason::kBusy);
    waiting->toll.longest = verdict.longest;
    waiting->telephone->Ring(std::move(waiting->call), waiting->codec, waiting->toll);
  }

  // Exchange
  TollDesk& tolls() override { return *tolls_; }

  void Dial(TelephoneImpl& telephone, const std::string& number) override {
    if (TelephoneImpl* const other = Find(number)) return ConnectTo(*other, telephone);
    if (!peer_) return telephone.Fail(peer::EndReason::kNetwork);
    wire::ServiceRequest request;
    request.mutable_find_number()->set_number(number);
    const uint64_t attempt = telephone.attempts();
    peer_->Ask(request, [this, &telephone, attempt, number](const wire::ServiceReply& reply) {
      // Otherwise it has hung up meanwhile.
      if (telephone.is_dialling(attempt)) OnOwner(telephone, number, reply);
    });
  }

  void ConnectTo(TelephoneImpl& other, TelephoneImpl& telephone) {
    if (!other.is_free()) return telephone.Fail(peer::EndReason::kBusy);
    TelephoneWire wire = NewTelephoneWire(runtime_, telephone.number(), other.number());
    telephone.Connect(std::move(wire.caller));
    other.Ring(std::move(wire.callee), media::Codec::kPcmu, std::nullopt);
  }

  void OnOwner(TelephoneImpl& telephone, const std::string& number,
               const wire::ServiceReply& reply) {
    const std::string& owner = reply.owner().account();
    if (reply.result() == wire::SERVICE_UNREACHABLE ||
        peer_->state() != peer::LoginState::kLoggedIn) {
      return telephone.Fail(peer::EndReason::kNetwork);
    }
    if (reply.result() != wire::SERVICE_DONE || owner.empty()) {
      return telephone.Fail(peer::EndReason::kInvalidNumber);
    }
    peer::CallProperties properties;
    properties.presented_caller = telephone.number();
    properties.target_identity = number;
    telephone.Connect(peer_->PlaceCall(owner, settings_.codecs, telephone.caller(), properties));
  }

  static constexpr size_t kMostWaiting = 1000;

  Runtime& runtime_;
  const GatewaySettings settings_;
  std::unique_ptr<path::MediaPort> port_;
  std::unique_ptr<peer::Peer> peer_;  // null without a port
  std::unique_ptr<TollDesk> tolls_;
  uint64_t next_ = 1;
  std::map<uint64_t, std::unique_ptr<WaitingCall>> waiting_;
  std::vector<std::unique_ptr<TelephoneImpl>> telephones_;
};

}  // namespace

std::unique_ptr<PstnGateway> NewPstnGateway(Runtime& runtime, GatewaySettings settings) {
  return std::make_unique<PstnGatewayImpl>(runtime, std::move(settings));
}

}  // namespace sfa::community
