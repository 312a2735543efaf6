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
  if (over()) return;
  if (!looking_up_) {
    for (const Branch& branch : branches_) {
      if (branch.far_end->OnLookup(reply)) SayAgain(branch);
    }
    return;
  }
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

// Glare. Both ends see both ids, so both apply the rule to the same call; one that has not gone out
// yet is unknown to the other end and gives way at once.
bool OutgoingCall::GivesWayTo(const Call& incoming) const {
  return !agreed_ && incoming.remote_user() == remote_user() &&
         (branches_.empty() || call_id() > incoming.id());
}

void OutgoingCall::SayAgain() {
  if (looking_up_) {
    timer_->Start(kWaitForLookup);
    return host_->SendLookup(remote_user());
  }
  for (const Branch& branch : branches_) SayAgain(branch);
}

void OutgoingCall::SayAgain(const Branch& branch) {
  branch.far_end->SayAgain();
  if (const Leg* leg = LegOf(branch)) branch.far_end->SayCandidates(leg->description());
}

void OutgoingCall::Offer(const wire::Device& device) {
  Branch branch;
  branch.far_end = std::make_unique<FarEnd>(*host_, call_id(), remote_user(), device);
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
  branches_.back().far_end->Say(message, true);
}

OutgoingCall::Branches::iterator OutgoingCall::Find(uint64_t device) {
  return std::find_if(branches_.begin(), branches_.end(),
                      [device](const Branch& branch) { return branch.far_end->id() == device; });
}

void OutgoingCall::OnCallMessage(const wire::Device& from, const wire::CallMessage& message) {
  const auto branch = Find(from.id());
  if (branch == branches_.end() || over()) return host_->CountDropped();
  switch (message.body_case()) {
    case wire::CallMessage::kRinging:
      return OnRinging(branch, from, message.ringing());
    case wire::CallMessage::kCandidates:
      return OnCandidates(branch, from, message.candidates());
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
      return host_->CountDropped();
  }
}

void OutgoingCall::OnRinging(Branches::iterator branch, const wire::Device& from,
                             const wire::CallRinging& ringing) {
  // Once more, in case it had been lost.
  if (branch->rings) return;
  auto keys = Agree(*branch, ringing.media());
  if (!keys) {
    host_->CountDropped();
    host_->runtime().log().Write(LogLevel::kWarning, "peer", keys.error().message);
    SendEnd(branch->far_end->device(), EndReason::kNetwork);
    return Drop(branch, EndReason::kNetwork);
  }
  branch->rings = true;
  branch->keys = *keys;
  branch->far_end->Settle();
  branch->far_end->MoveTo(from);
  if (ringing_) return;
  ringing_ = true;
  if (observer_ != nullptr) observer_->OnRinging();
}

void OutgoingCall::OnCandidates(Branches::iterator branch, const wire::Device& from,
                                const wire::SignedCandidates& message) {
  bool moved = false;
  const auto candidates = branch->far_end->OpenCandidates(message, from, &moved);
  Leg* leg = LegOf(*branch);
  if (!candidates || leg == nullptr) return host_->CountDropped();
  leg->UpdateRemote(*candidates);
  if (moved) SayAgain(*branch);
}

void OutgoingCall::OnLegCandidates(Leg& leg) {
  for (const Branch& branch : branches_) {
    if (LegOf(branch) == &leg) branch.far_end->SayCandidates(leg.description());
  }
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
  branch.far_end->SetIdentity(*theirs);
  branch.leg->SetRemote(*theirs);
  return MediaKeys(branch.leg->secret(), *theirs, call_id(), branch.offer, media.description(),
                   true);
}

void OutgoingCall::OnAnswer(Branches::iterator branch) {
  if (agreed_) return;
  if (!branch->rings) return host_->CountDropped();
  agreed_ = true;
  std::swap(branches_.front(), *branch);
  for (size_t i = 1; i < branches_.size(); ++i) {
    SendEnd(branches_[i].far_end->device(), EndReason::kAnsweredElsewhere);
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
  SendEnd(branch->far_end->device(), EndReason::kNoPath);
  Drop(branch, EndReason::kNoPath);
}

void OutgoingCall::OnUndeliverable(const wire::Device& to) {
  const auto branch = Find(to.id());
  if (branch == branches_.end() || over()) return;
  // The directory is behind: it has never been reached.
  if (!branch->rings) return Drop(branch, EndReason::kOffline);
  branch->far_end->OnUndeliverable();
  BePatient();
}

void OutgoingCall::OnFarEndLost() {
  // From the back: the last one's end may end the call.
  for (size_t i = branches_.size(); i > 0 && !over(); --i) {
    const auto branch = branches_.begin() + static_cast<Branches::difference_type>(i - 1);
    if (branch->far_end->lost()) Drop(branch, EndReason::kOffline);
  }
}

void OutgoingCall::Drop(Branches::iterator branch, EndReason reason) {
  if (branch->leg) host_->Bury(std::move(branch->leg));
  branches_.erase(branch);
  if (branches_.empty()) Finish(reason, false);
}

void OutgoingCall::TellEnd(EndReason reason) {
  for (const Branch& branch : branches_) SendEnd(branch.far_end->device(), reason);
}

void OutgoingCall::BuryLegs() {
  for (Branch& branch : branches_) {
    branch.far_end->Stop();
    if (branch.leg) host_->Bury(std::move(branch.leg));
  }
}

void OutgoingCall::OnTimeout() {
  if (looking_up_) return Finish(EndReason::kNetwork, false);
  Finish(agreed_ ? EndReason::kNoPath : EndReason::kNoAnswer, true);
}

}  // namespace sfa::peer
