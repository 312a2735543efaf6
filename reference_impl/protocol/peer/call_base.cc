#include "protocol/peer/call_base.h"

#include <utility>

#include "protocol/peer/network.h"

namespace sfa::peer {

CallBase::CallBase(CallHost& host, std::string call_id, std::string remote_user,
                   std::vector<media::Codec> codecs, CallProperties properties)
    : host_(&host),
      call_id_(std::move(call_id)),
      remote_user_(std::move(remote_user)),
      codecs_(std::move(codecs)),
      properties_(std::move(properties)),
      timer_(host.runtime().NewTimer([this] { OnTimeout(); })),
      patience_(host.runtime().NewTimer([this] {
        if (stranded_) return Finish(EndReason::kNetwork, true);
        OnFarEndLost();
      })),
      transfer_timer_(
          host.runtime().NewTimer([this] { TellTransferred(false, EndReason::kNoAnswer); })) {}

CallBase::~CallBase() { *self_ = nullptr; }

void CallBase::OnSupernodeLost() {
  if (answered_) return;
  stranded_ = true;
  patience_->Start(kPatience);
}

void CallBase::OnHome() {
  stranded_ = false;
  patience_->Cancel();
  SayAgain();
}

void CallBase::BePatient() {
  if (!answered_ && !patience_->running()) patience_->Start(kPatience);
}

void CallBase::Detach() {
  if (host_ == nullptr) return;
  observer_ = nullptr;
  Finish(EndReason::kNormal, true);
  timer_ = nullptr;
  patience_ = nullptr;
  transfer_timer_ = nullptr;
  host_ = nullptr;
}

void CallBase::End(EndReason reason) { Finish(reason, true); }

void CallBase::SendAudio(std::span<const uint8_t> encoded_20ms) {
  if (speaks_by_ != nullptr) speaks_by_->session()->SendAudio(encoded_20ms);
}

void CallBase::BeginDigit(char digit) {
  if (speaks_by_ != nullptr) speaks_by_->session()->BeginDigit(digit);
}

void CallBase::EndDigit(Duration duration) {
  if (speaks_by_ != nullptr) speaks_by_->session()->EndDigit(duration);
}

MediaStatistics CallBase::statistics() const {
  MediaStatistics statistics = last_;
  if (media_leg_) media_leg_->FillStatistics(&statistics);
  return statistics;
}

void CallBase::SendEnd(const FarEnd& far_end, EndReason reason) {
  wire::CallMessage message = far_end.NewMessage();
  message.mutable_end()->set_reason(ToWire(reason));
  host_->SendFarewell(far_end.user(), far_end.device(), message);
}

void CallBase::Finish(EndReason reason, bool tell) {
  if (over_ || host_ == nullptr) return;
  over_ = true;
  timer_->Cancel();
  patience_->Cancel();
  transfer_timer_->Cancel();
  speaks_by_ = nullptr;
  const bool transferring = transfer_.has_value();
  if (tell) TellEnd(reason);
  if (media_leg_) {
    media_leg_->FillStatistics(&last_);
    host_->Bury(std::move(media_leg_));
  }
  BuryLegs();
  host_->Forget(*this);
  if (observer_ == nullptr) return;
  host_->runtime().Post([self = self_, reason, transferring] {
    if (transferring && *self != nullptr) (*self)->TellTransferred(false, reason);
    if (*self != nullptr && (*self)->observer_ != nullptr) (*self)->observer_->OnEnded(reason);
  });
}

void CallBase::Establish(std::unique_ptr<Leg> leg, media::Codec codec,
                         const media::SrtpKeys& keys) {
  timer_->Cancel();
  patience_->Cancel();
  answered_ = true;
  media_leg_ = std::move(leg);
  media_leg_->StartMedia(codec, keys);
  Speak(media_leg_.get());
  Hear();
  if (observer_ == nullptr) return;
  const auto self = self_;
  observer_->OnAnswered(codec);
  if (*self == nullptr || observer_ == nullptr || !media_leg_) return;
  observer_->OnPath(media_leg_->path());
}

void CallBase::OnLegPath(Leg& leg, bool replaced) {
  if (host_ != nullptr) host_->Hasten();
  if (replaced && media_leg_.get() == &leg && observer_ != nullptr) observer_->OnPath(leg.path());
}

void CallBase::OnLegSilent(Leg&) {
  if (host_ != nullptr) host_->Suspect();
}

void CallBase::OnLegAudio(std::span<const uint8_t> encoded_20ms) {
  if (observer_ != nullptr && hears_) observer_->OnAudio(encoded_20ms);
}

void CallBase::OnLegDigit(char digit, bool ended, Duration duration) {
  if (observer_ != nullptr && hears_) observer_->OnDigit(digit, ended, duration);
}

}  // namespace sfa::peer
