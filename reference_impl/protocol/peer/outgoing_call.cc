#include "protocol/peer/outgoing_call.h"

#include <algorithm>
#include <utility>

#include "protocol/peer/description.h"
#include "protocol/peer/network.h"
#include "protocol/peer/properties.h"
#include "protocol/stream/credentials.h"

namespace sfa::peer {

OutgoingCall::OutgoingCall(CallHost& host, std::string call_id, std::string remote_user,
                           std::vector<media::Codec> codecs, CallProperties properties)
    : CallBase(host, std::move(call_id), std::move(remote_user), std::move(codecs),
               std::move(properties)),
      hunt_(host.runtime(), *this) {}

OutgoingCall::~OutgoingCall() {
  SetObserver(nullptr);
  Finish(answered() ? EndReason::kNormal : EndReason::kCancelled, true);
}

void OutgoingCall::Start() { hunt_.Start(remote_user()); }

void OutgoingCall::OnLookup(const wire::LookupReply& reply) {
  if (over()) return;
  // Of those that ring only who has moved is asked for.
  for (const Branch& branch : branches_) {
    if (branch.far_end->user() == reply.user() && branch.far_end->OnLookup(reply)) SayAgain(branch);
  }
  hunt_.OnLookup(reply);
}

bool OutgoingCall::RingAt(size_t target, const wire::LookupReply& found) {
  const uint64_t own_device = stream::DeviceId(host_->credential());
  const std::string id = IdFor(target);
  int rung = 0;
  for (const wire::Device& device : found.devices()) {
    if (device.id() == own_device ||
        Find(hunt_[target].addressee, device.id(), id) != branches_.end()) {
      continue;
    }
    if (rung == kMaxDevices) break;
    Offer(target, id, device);
    ++rung;
  }
  return rung > 0;
}

// A gateway connects two numbers of one call, and knows a call by its id: each target has its own.
std::string OutgoingCall::IdFor(size_t target) {
  if (target == 0) return call_id();
  std::string id = stream::ToString(host_->runtime().random().Bytes<kCallIdBytes>());
  ids_.push_back(id);
  host_->AlsoKnownAs(id, *this);
  return id;
}

std::string OutgoingCall::id() const {
  return agreed_ && !branches_.empty() ? branches_.front().far_end->call_id() : call_id();
}

void OutgoingCall::StopRinging(size_t target, EndReason reason) {
  for (Branch& branch : branches_) {
    if (branch.target != target) continue;
    SendEnd(*branch.far_end, reason);
    branch.far_end->Stop();
    host_->Bury(std::move(branch.leg));
  }
  branches_.erase(std::remove_if(branches_.begin(), branches_.end(),
                                 [target](const Branch& each) { return each.target == target; }),
                  branches_.end());
}

// Glare. Both ends see both ids, so both apply the rule to the same call; one that has not gone out
// yet is unknown to the other end and gives way at once.
bool OutgoingCall::GivesWayTo(const Call& incoming) const {
  return !agreed_ && incoming.remote_user() == remote_user() &&
         (branches_.empty() || call_id() > incoming.id());
}

void OutgoingCall::SayAgain() {
  if (!agreed_) hunt_.AskAgain();
  for (const Branch& branch : branches_) SayAgain(branch);
  SayTalkAgain();
}

void OutgoingCall::SayAgain(const Branch& branch) {
  branch.far_end->SayAgain();
  if (const Leg* leg = LegOf(branch)) branch.far_end->SayCandidates(leg->description());
}

CallProperties OutgoingCall::PropertiesFor(const Target& target) const {
  CallProperties properties = this->properties();
  if (properties.languages.empty()) properties.languages = host_->languages();
  if (!host_->credential().service()) {
    properties.presented_caller.clear();
    properties.target_identity.clear();
  }
  if (target.name != remote_user()) properties.forwarded_by = remote_user();
  // The service is told which number it shall connect.
  if (target.addressee != target.name) properties.target_identity = target.name;
  return properties;
}

void OutgoingCall::Offer(size_t target, const std::string& id, const wire::Device& device) {
  Branch branch;
  branch.target = target;
  const std::string& addressee = hunt_[target].addressee;
  branch.far_end = std::make_unique<FarEnd>(*host_, id, addressee, device);
  branch.leg = std::make_unique<Leg>(host_->runtime(), host_->port(), path::PathRole::kControlling,
                                     leg_owner());
  wire::MediaDescription description;
  *description.mutable_credential() = host_->credential();
  SetCodecs(codecs_, &description);
  branch.leg->Describe(&description);
  wire::CallMessage message = branch.far_end->NewMessage();
  wire::CallOffer* offer = message.mutable_offer();
  SetProperties(PropertiesFor(hunt_[target]), offer);
  offer->mutable_caller()->set_fullname(host_->fullname());
  *offer->mutable_media() = SignMedia(
      description, {id, host_->user(), addressee, SignedWords(*offer)}, host_->signing_key());
  branch.offer = offer->media().description();
  branches_.push_back(std::move(branch));
  branches_.back().far_end->Say(message, true);
}

OutgoingCall::Branches::iterator OutgoingCall::Find(const std::string& name, uint64_t device,
                                                    const std::string& id) {
  return std::find_if(branches_.begin(), branches_.end(), [&](const Branch& branch) {
    return branch.far_end->id() == device && branch.far_end->user() == name &&
           branch.far_end->call_id() == id;
  });
}

void OutgoingCall::OnCallMessage(const std::string& name, const wire::Device& from,
                                 const wire::CallMessage& message) {
  const auto branch = Find(name, from.id(), message.call_id());
  if (branch == branches_.end() || over()) return host_->CountDropped();
  switch (message.body_case()) {
    case wire::CallMessage::kRinging:
      return OnRinging(branch, from, message.ringing());
    case wire::CallMessage::kCandidates:
      return OnCandidates(branch, from, message.candidates());
    case wire::CallMessage::kProgress:
      return OnProgress(branch);
    case wire::CallMessage::kAnswer:
      return OnAnswer(branch);
    case wire::CallMessage::kEnd:
      return OnEnd(branch, FromWire(message.end().reason()));
    default:
      return OnTalkMessage(message);
  }
}

void OutgoingCall::OnEnd(Branches::iterator branch, EndReason reason) {
  if (agreed_) {
    BuryLegs();
    branches_.erase(branch);
    return Finish(reason, true);
  }
  const size_t target = branch->target;
  // Somebody has decided for all devices; the other reasons concern the one device.
  if (reason != EndReason::kRejected) return Drop(branch, reason);
  branch->far_end->Stop();
  if (branch->leg) host_->Bury(std::move(branch->leg));
  branches_.erase(branch);
  StopRinging(target, reason);
  hunt_.OnTargetOver(target, reason);
}

void OutgoingCall::OnRinging(Branches::iterator branch, const wire::Device& from,
                             const wire::CallRinging& ringing) {
  // Once more, in case it had been lost.
  if (branch->rings) return;
  auto keys = Agree(*branch, ringing.media());
  if (!keys) {
    host_->CountDropped();
    host_->runtime().log().Write(LogLevel::kWarning, "peer", keys.error().message);
    SendEnd(*branch->far_end, EndReason::kNetwork);
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

void OutgoingCall::OnProgress(Branches::iterator branch) {
  if (!branch->rings || agreed_) return host_->CountDropped();
  if (std::exchange(branch->progress, true)) return;
  if (branch->leg->open()) HearEarly(*branch);
}

void OutgoingCall::HearEarly(Branch& branch) {
  const bool another = std::any_of(branches_.begin(), branches_.end(), [](const Branch& each) {
    return each.leg && each.leg->session() != nullptr;
  });
  if (another) return;
  const media::Codec codec = branch.codec;
  branch.leg->StartMedia(codec, branch.keys);
  Hear();
  if (observer_ != nullptr) observer_->OnProgress(codec);
}

void OutgoingCall::OnCandidates(Branches::iterator branch, const wire::Device& from,
                                const wire::SignedCandidates& message) {
  bool moved = false;
  const auto candidates = branch->far_end->OpenCandidates(message, from, &moved);
  Leg* leg = LegOf(*branch);
  if (!candidates || leg == nullptr) return host_->CountDropped();
  leg->UpdateRemote(*candidates);
  if (moved) SayAgain(*branch);
  if (moved) SayTalkAgain();
}

void OutgoingCall::OnLegCandidates(Leg& leg) {
  for (const Branch& branch : branches_) {
    if (LegOf(branch) == &leg) branch.far_end->SayCandidates(leg.description());
  }
}

Result<media::SrtpKeys> OutgoingCall::Agree(Branch& branch, const wire::SignedMedia& media) {
  const auto theirs = OpenMedia(
      media, {branch.far_end->call_id(), branch.far_end->user(), host_->user(), branch.offer},
      host_->root_key(), host_->runtime().WallNow());
  if (!theirs) return theirs.error();
  const auto codecs = CodecsOf(*theirs);
  if (codecs.size() != 1 || std::find(codecs_.begin(), codecs_.end(), codecs[0]) == codecs_.end()) {
    return Error{ErrorCode::kInvalid, "a media description chooses a codec that was not offered"};
  }
  branch.codec = codecs[0];
  branch.far_end->SetIdentity(*theirs);
  branch.leg->SetRemote(*theirs);
  return MediaKeys(branch.leg->secret(), *theirs, branch.far_end->call_id(), branch.offer,
                   media.description(), true);
}

void OutgoingCall::OnAnswer(Branches::iterator branch) {
  if (agreed_) return;
  if (!branch->rings) return host_->CountDropped();
  agreed_ = true;
  hunt_.Stop();
  std::swap(branches_.front(), *branch);
  for (size_t i = 1; i < branches_.size(); ++i) {
    SendEnd(*branches_[i].far_end, EndReason::kAnsweredElsewhere);
    host_->Bury(std::move(branches_[i].leg));
  }
  branches_.resize(1);
  timer_->Start(kWaitForPath);
  if (!TellParty(hunt_[branches_.front().target])) return;
  Branch& agreed = branches_.front();
  if (agreed.leg->open()) Establish(std::move(agreed.leg), agreed.codec, agreed.keys);
}

// False when that was the end of the call, or of this.
bool OutgoingCall::TellParty(const Target& target) {
  if (target.name == remote_user() || observer_ == nullptr) return true;
  const auto alive = self();
  observer_->OnParty(target.name, {});
  return *alive != nullptr && !over();
}

void OutgoingCall::OnLegOpen(Leg& leg) {
  if (answered()) return;
  const auto branch = std::find_if(branches_.begin(), branches_.end(),
                                   [&leg](const Branch& each) { return each.leg.get() == &leg; });
  if (branch == branches_.end()) return;
  if (agreed_) return Establish(std::move(branch->leg), branch->codec, branch->keys);
  if (branch->progress) HearEarly(*branch);
}

void OutgoingCall::OnLegFailed(Leg& leg) {
  if (answered()) return Finish(EndReason::kMediaLost, true);
  const auto branch = std::find_if(branches_.begin(), branches_.end(),
                                   [&leg](const Branch& each) { return each.leg.get() == &leg; });
  if (branch == branches_.end()) return;
  SendEnd(*branch->far_end, EndReason::kNoPath);
  Drop(branch, EndReason::kNoPath);
}

void OutgoingCall::OnUndeliverable(const wire::Undeliverable& message) {
  const auto branch = Find(message.to(), message.to_device().id(), message.call_id());
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
  const size_t target = branch->target;
  branch->far_end->Stop();
  if (branch->leg) host_->Bury(std::move(branch->leg));
  branches_.erase(branch);
  if (agreed_) return Finish(reason, false);
  const bool left = std::any_of(branches_.begin(), branches_.end(),
                                [target](const Branch& each) { return each.target == target; });
  if (!left) hunt_.OnTargetOver(target, reason);
}

void OutgoingCall::TellEnd(EndReason reason) {
  for (const Branch& branch : branches_) SendEnd(*branch.far_end, reason);
}

void OutgoingCall::BuryLegs() {
  hunt_.Stop();
  for (Branch& branch : branches_) {
    branch.far_end->Stop();
    if (branch.leg) host_->Bury(std::move(branch.leg));
  }
}

}  // namespace sfa::peer
