#include "protocol/peer/incoming_call.h"

#include <algorithm>
#include <utility>

#include "protocol/peer/description.h"
#include "protocol/peer/network.h"

namespace sfa::peer {
namespace {

// A name that people see; nobody checks it, so at least it has an end.
constexpr size_t kMaxFullname = 256;

}  // namespace

IncomingCall::IncomingCall(CallHost& host, std::string call_id, std::string caller,
                           const wire::Device& device, const wire::CallOffer& offer,
                           wire::MediaDescription description)
    : CallBase(host, std::move(call_id), std::move(caller), CodecsOf(description)),
      device_(device),
      offer_(offer.media().description()),
      theirs_(std::move(description)) {
  if (offer.caller().fullname().size() <= kMaxFullname)
    remote_fullname_ = offer.caller().fullname();
  timer_->Start(kRingTime);
}

IncomingCall::~IncomingCall() {
  SetObserver(nullptr);
  Finish(answered() ? EndReason::kNormal : EndReason::kRejected, true);
}

void IncomingCall::OnCallMessage(const wire::Device& from, const wire::CallMessage& message) {
  if (from.id() != device_.id() || over()) return;
  if (message.has_end()) Finish(FromWire(message.end().reason()), false);
}

void IncomingCall::OnUndeliverable(const wire::Device& to) {
  if (to.id() == device_.id() && !answered()) Finish(EndReason::kOffline, false);
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
  wire::CallMessage message = NewMessage();
  wire::SignedMedia* media = message.mutable_ringing()->mutable_media();
  *media = SignMedia(description, {call_id(), host_->user(), remote_user(), offer_},
                     host_->signing_key());
  const auto keys =
      MediaKeys(leg_->secret(), theirs_, call_id(), offer_, media->description(), false);
  if (!keys) return Finish(EndReason::kNetwork, true);
  keys_ = *keys;
  host_->SendCall(remote_user(), device_, message);
  leg_->SetRemote(theirs_);
}

void IncomingCall::Answer() {
  if (over() || agreed_) return;
  if (!leg_) {
    if (codecs_.empty()) return Finish(EndReason::kNoCommonCodec, true);
    Ring(codecs_.front());
    if (over()) return;
  }
  agreed_ = true;
  wire::CallMessage message = NewMessage();
  message.mutable_answer();
  host_->SendCall(remote_user(), device_, message);
  timer_->Start(kWaitForPath);
  if (!leg_->open()) return;
  // OnAnswered() does not come from inside this.
  host_->runtime().Post([this, alive = std::weak_ptr<int>(alive_)] {
    if (alive.lock() && leg_) Establish(std::move(leg_), codec_, keys_);
  });
}

void IncomingCall::OnLegOpen(Leg&) {
  if (agreed_ && !answered()) Establish(std::move(leg_), codec_, keys_);
}

void IncomingCall::OnLegFailed(Leg&) {
  Finish(answered() ? EndReason::kMediaLost : EndReason::kNoPath, true);
}

void IncomingCall::TellEnd(EndReason reason) { SendEnd(device_, reason); }

void IncomingCall::BuryLegs() {
  if (leg_) host_->Bury(std::move(leg_));
}

void IncomingCall::OnTimeout() {
  Finish(agreed_ ? EndReason::kNoPath : EndReason::kNoAnswer, true);
}

}  // namespace sfa::peer
