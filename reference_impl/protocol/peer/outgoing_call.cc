#include "protocol/peer/outgoing_call.h"

#include <algorithm>
#include <utility>

#include "protocol/peer/description.h"
#include "protocol/peer/network.h"
#include "protocol/stream/credentials.h"

namespace sfa::peer {

OutgoingCall::OutgoingCall(CallHost& host, std::string call_id, std::string remote_user,
                           std::vector<media::Codec> codecs)
    : CallBase(host, std::move(call_id), std::move(remote_user), std::move(codecs)) {}

OutgoingCall::~OutgoingCall() {
  SetObserver(nullptr);
  Finish(answered() ? EndReason::kNormal : EndReason::kCancelled, true);
}

void OutgoingCall::Start() {
  looking_up_ = true;
  timer_->Start(kWaitForLookup);
  host_->SendLookup(remote_user());
}

void OutgoingCall::OnLookup(const wire::LookupReply& reply) {
  if (!looking_up_ || over()) return;
  looking_up_ = false;
  if (reply.unknown()) return Finish(EndReason::kUnknownUser, false);
  timer_->Start(kWaitForAnswer);
  const uint64_t own_device = stream::DeviceId(host_->credential());
  for (const wire::Device& device : reply.devices()) {
    if (device.id() == own_device || Find(device.id()) != branches_.end()) continue;
    if (branches_.size() == kMaxDevices) break;
    Offer(device);
  }
  if (branches_.empty()) Finish(EndReason::kOffline, false);
}

void OutgoingCall::Offer(const wire::Device& device) {
  Branch branch;
  branch.device = device;
  branch.leg = std::make_unique<Leg>(host_->runtime(), host_->port(), path::PathRole::kControlling,
                                     leg_owner());
  wire::MediaDescription description;
  *description.mutable_credential() = host_->credential();
  SetCodecs(codecs_, &description);
  branch.leg->Describe(&description);
  wire::CallMessage message = NewMessage();
  wire::CallOffer* offer = message.mutable_offer();
  *offer->mutable_media() =
      SignMedia(description, {call_id(), host_->user(), remote_user(), {}}, host_->signing_key());
  offer->mutable_caller()->set_fullname(host_->fullname());
  branch.offer = offer->media().description();
  branches_.push_back(std::move(branch));
  host_->SendCall(remote_user(), device, message);
}

OutgoingCall::Branches::iterator OutgoingCall::Find(uint64_t device) {
  return std::find_if(branches_.begin(), branches_.end(),
                      [device](const Branch& branch) { return branch.device.id() == device; });
}

void OutgoingCall::OnCallMessage(const wire::Device& from, const wire::CallMessage& message) {
  const auto branch = Find(from.id());
  if (branch == branches_.end() || over()) return;
  switch (message.body_case()) {
    case wire::CallMessage::kRinging:
      return OnRinging(branch, message.ringing());
    case wire::CallMessage::kAnswer:
      return OnAnswer(branch);
    case wire::CallMessage::kEnd: {
      const EndReason reason = FromWire(message.end().reason());
      // Somebody has decided for all devices; the other reasons concern the one device.
      const bool decided = answered() || agreed_ || reason == EndReason::kRejected;
      if (!decided) return Drop(branch, reason);
      BuryLegs();
      branches_.erase(branch);
      return Finish(reason, true);
    }
    default:
      return;
  }
}

void OutgoingCall::OnRinging(Branches::iterator branch, const wire::CallRinging& ringing) {
  if (branch->rings) return;
  auto keys = Agree(*branch, ringing.media());
  if (!keys) {
    host_->runtime().log().Write(LogLevel::kWarning, "peer", keys.error().message);
    SendEnd(branch->device, EndReason::kNetwork);
    return Drop(branch, EndReason::kNetwork);
  }
  branch->rings = true;
  branch->keys = *keys;
  if (ringing_) return;
  ringing_ = true;
  if (observer_ != nullptr) observer_->OnRinging();
}

Result<media::SrtpKeys> OutgoingCall::Agree(Branch& branch, const wire::SignedMedia& media) {
  const auto theirs = OpenMedia(media, {call_id(), remote_user(), host_->user(), branch.offer},
                                host_->root_key(), host_->runtime().WallNow());
  if (!theirs) return theirs.error();
  const auto codecs = CodecsOf(*theirs);
  if (codecs.size() != 1 || std::find(codecs_.begin(), codecs_.end(), codecs[0]) == codecs_.end()) {
    return Error{ErrorCode::kInvalid, "a media description chooses a codec that was not offered"};
  }
  branch.codec = codecs[0];
  branch.leg->SetRemote(*theirs);
  return MediaKeys(branch.leg->secret(), *theirs, call_id(), branch.offer, media.description(),
                   true);
}

void OutgoingCall::OnAnswer(Branches::iterator branch) {
  if (!branch->rings || agreed_) return;
  agreed_ = true;
  std::swap(branches_.front(), *branch);
  for (size_t i = 1; i < branches_.size(); ++i) {
    SendEnd(branches_[i].device, EndReason::kAnsweredElsewhere);
    host_->Bury(std::move(branches_[i].leg));
  }
  branches_.resize(1);
  timer_->Start(kWaitForPath);
  Branch& agreed = branches_.front();
  if (agreed.leg->open()) Establish(std::move(agreed.leg), agreed.codec, agreed.keys);
}

void OutgoingCall::OnLegOpen(Leg& leg) {
  if (!agreed_ || answered()) return;
  Branch& agreed = branches_.front();
  if (agreed.leg.get() == &leg) Establish(std::move(agreed.leg), agreed.codec, agreed.keys);
}

void OutgoingCall::OnLegFailed(Leg& leg) {
  if (answered()) return Finish(EndReason::kMediaLost, true);
  const auto branch = std::find_if(branches_.begin(), branches_.end(),
                                   [&leg](const Branch& each) { return each.leg.get() == &leg; });
  if (branch == branches_.end()) return;
  SendEnd(branch->device, EndReason::kNoPath);
  Drop(branch, EndReason::kNoPath);
}

void OutgoingCall::OnUndeliverable(const wire::Device& to) {
  const auto branch = Find(to.id());
  // What goes on between the ends of an answered call does not need the supernodes.
  if (branch == branches_.end() || over() || answered()) return;
  Drop(branch, EndReason::kOffline);
}

void OutgoingCall::Drop(Branches::iterator branch, EndReason reason) {
  host_->Bury(std::move(branch->leg));
  branches_.erase(branch);
  if (branches_.empty()) Finish(reason, false);
}

void OutgoingCall::TellEnd(EndReason reason) {
  for (const Branch& branch : branches_) SendEnd(branch.device, reason);
}

void OutgoingCall::BuryLegs() {
  for (Branch& branch : branches_) {
    if (branch.leg) host_->Bury(std::move(branch.leg));
  }
}

void OutgoingCall::OnTimeout() {
  if (looking_up_) return Finish(EndReason::kNetwork, false);
  Finish(agreed_ ? EndReason::kNoPath : EndReason::kNoAnswer, true);
}

}  // namespace sfa::peer
