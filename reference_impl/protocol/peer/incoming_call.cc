#include "protocol/peer/incoming_call.h"

#include <algorithm>
#include <utility>

#include "protocol/peer/description.h"
#include "protocol/peer/network.h"
#include "protocol/peer/properties.h"

namespace sfa::peer {
namespace {

// A name that people see; nobody checks it, so at least it has an end.
constexpr size_t kMaxFullname = 256;
// Repeated offers are no means of making us speak.
constexpr std::chrono::seconds kLeastRepetition{1};

// A telephone calls through a service.
std::string Presented(const std::string& caller, const wire::CallOffer& offer,
                      const wire::MediaDescription& description) {
  const std::string telephone =
      PropertiesOf(offer, description.credential().service(), false).presented_caller;
  return telephone.empty() ? caller : telephone;
}

}  // namespace

IncomingCall::IncomingCall(CallHost& host, std::string call_id, const std::string& caller,
                           const wire::Device& device, const wire::CallOffer& offer,
                           wire::MediaDescription description)
    : CallBase(
          host, std::move(call_id), Presented(caller, offer, description), CodecsOf(description),
          PropertiesOf(offer, description.credential().service(), host.credential().service())),
      far_end_(host, this->call_id(), caller, device),
      offer_(offer.media().description()),
      theirs_(std::move(description)) {
  remote_fullname_ = BoundedText(offer.caller().fullname(), kMaxFullname);
  far_end_.SetIdentity(theirs_);
  timer_->Start(kRingTime);
}

IncomingCall::~IncomingCall() {
  SetObserver(nullptr);
  Finish(answered() ? EndReason::kNormal : EndReason::kRejected, true);
}

void IncomingCall::OnCallMessage(const std::string& name, const wire::Device& from,
                                 const wire::CallMessage& message) {
  if (from.id() != far_end_.id() || name != far_end_.user() || over()) return host_->CountDropped();
  switch (message.body_case()) {
    case wire::CallMessage::kEnd:
      return Finish(FromWire(message.end().reason()), false);
    case wire::CallMessage::kCandidates:
      return OnCandidates(from, message.candidates());
    case wire::CallMessage::kOffer:
      // Said again because the caller has moved; what is not the same is another's.
      if (message.offer().media().description() != offer_) return host_->CountDropped();
      if (!far_end_.MoveTo(from) && host_->runtime().Now() - said_ < kLeastRepetition) {
        return host_->CountDropped();
      }
      return SayAgain();
    default:
      return OnTalkMessage(message);
  }
}

void IncomingCall::OnCandidates(const wire::Device& from, const wire::SignedCandidates& message) {
  bool moved = false;
  auto candidates = far_end_.OpenCandidates(message, from, &moved);
  if (!candidates) return host_->CountDropped();
  if (leg() != nullptr) {
    leg()->UpdateRemote(*candidates);
  } else {
    candidates_ = std::move(candidates);
  }
  if (moved) SayAgain();
}

void IncomingCall::OnFarEndLost() {
  if (far_end_.lost()) Finish(EndReason::kOffline, true);
}

void IncomingCall::SayAgain() {
  said_ = host_->runtime().Now();
  // Whose media is here has heard our answer.
  if (answered() && statistics().packets_received > 0) far_end_.Settle();
  far_end_.SayAgain();
  if (leg() != nullptr) far_end_.SayCandidates(leg()->description());
  SayTalkAgain();
}

void IncomingCall::OnUndeliverable(const wire::Undeliverable& message) {
  if (message.to_device().id() != far_end_.id() || message.to() != far_end_.user() || over())
    return;
  far_end_.OnUndeliverable();
  BePatient();
}

void IncomingCall::OnLookup(const wire::LookupReply& reply) {
  if (over() || reply.user() != far_end_.user()) return;
  if (far_end_.OnLookup(reply)) SayAgain();
}

void IncomingCall::Ring(media::Codec codec) {
  if (leg_ || over() || answered()) return;
  if (std::find(codecs_.begin(), codecs_.end(), codec) == codecs_.end()) {
    return Finish(EndReason::kNoCommonCodec, true);
  }
  codec_ = codec;
  leg_ = std::make_unique<Leg>(host_->runtime(), host_->port(), path::PathRole::kControlled,
                               leg_owner());
  wire::MediaDescription description;
  *description.mutable_credential() = host_->credential();
  SetCodecs({codec}, &description);
  leg_->Describe(&description);
  wire::CallMessage message = far_end_.NewMessage();
  wire::SignedMedia* media = message.mutable_ringing()->mutable_media();
  *media = SignMedia(description, {call_id(), host_->user(), far_end_.user(), offer_},
                     host_->signing_key());
  const auto keys =
      MediaKeys(leg_->secret(), theirs_, call_id(), offer_, media->description(), false);
  if (!keys) return Finish(EndReason::kNetwork, true);
  keys_ = *keys;
  said_ = host_->runtime().Now();
  far_end_.Say(message, true);
  leg_->SetRemote(theirs_);
  if (candidates_) leg_->UpdateRemote(*candidates_);
}

void IncomingCall::Progress() {
  if (!leg_ || over() || agreed_ || progress_) return;
  progress_ = true;
  wire::CallMessage message = far_end_.NewMessage();
  message.mutable_progress();
  far_end_.Say(message, true);
  if (leg_->open()) SpeakEarly();
}

void IncomingCall::SpeakEarly() {
  leg_->StartMedia(codec_, keys_);
  Speak(leg_.get());
}

void IncomingCall::Answer() {
  if (over() || agreed_) return;
  if (!leg_) {
    if (codecs_.empty()) return Finish(EndReason::kNoCommonCodec, true);
    Ring(codecs_.front());
    if (over()) return;
  }
  agreed_ = true;
  wire::CallMessage message = far_end_.NewMessage();
  message.mutable_answer();
  far_end_.Say(message, true);
  timer_->Start(kWaitForPath);
  if (!leg_->open()) return;
  // OnAnswered() does not come from inside this.
  host_->runtime().Post([this, alive = std::weak_ptr<int>(alive_)] {
    if (alive.lock() && leg_) Establish(std::move(leg_), codec_, keys_);
  });
}

void IncomingCall::OnLegOpen(Leg&) {
  if (answered()) return;
  if (agreed_) return Establish(std::move(leg_), codec_, keys_);
  if (progress_) SpeakEarly();
}

void IncomingCall::OnLegFailed(Leg&) {
  Finish(answered() ? EndReason::kMediaLost : EndReason::kNoPath, true);
}

void IncomingCall::TellEnd(EndReason reason) { SendEnd(far_end_, reason); }

void IncomingCall::BuryLegs() {
  far_end_.Stop();
  if (leg_) host_->Bury(std::move(leg_));
}

void IncomingCall::OnTimeout() {
  Finish(agreed_ ? EndReason::kNoPath : EndReason::kNoAnswer, true);
}

}  // namespace sfa::peer
