#include "protocol/peer/far_end.h"

#include <algorithm>
#include <utility>

#include "protocol/peer/call_base.h"
#include "protocol/peer/description.h"

namespace sfa::peer {

FarEnd::FarEnd(CallHost& host, std::string call_id, std::string user, wire::Device device)
    : host_(host),
      call_id_(std::move(call_id)),
      user_(std::move(user)),
      device_(std::move(device)),
      look_up_(host.runtime().NewTimer([this] {
        pause_ = std::min(2 * pause_, kLongestLookup);
        look_up_->Start(pause_);
        host_.SendLookup(user_);
      })) {}

void FarEnd::SetIdentity(const wire::MediaDescription& theirs) {
  signing_key_ = stream::ToKey(theirs.credential().signing_key());
  ufrag_ = theirs.ice_ufrag();
}

wire::CallMessage FarEnd::NewMessage() const {
  wire::CallMessage message;
  message.set_call_id(call_id_);
  return message;
}

wire::CallMessage FarEnd::TransferTo(const std::string& to, const std::string& ufrag) const {
  wire::CallMessage message = NewMessage();
  *message.mutable_transfer() =
      SignTransfer(to, {call_id_, host_.user(), ufrag}, host_.signing_key());
  return message;
}

bool FarEnd::IsGenuine(const wire::CallTransfer& transfer) const {
  return signing_key_ && IsSigned(transfer, {call_id_, user_, ufrag_}, *signing_key_);
}

void FarEnd::Say(const wire::CallMessage& message, bool again) {
  if (again) again_.push_back(message);
  host_.SendCall(user_, device_, message);
}

void FarEnd::SayAgain() {
  for (const wire::CallMessage& message : again_) host_.SendCall(user_, device_, message);
}

void FarEnd::SayCandidates(const path::PathDescription& local) {
  wire::CallMessage message = NewMessage();
  *message.mutable_candidates() = SignCandidates(
      local.candidates, ++sent_, {call_id_, host_.user(), local.ufrag}, host_.signing_key());
  host_.SendCall(user_, device_, message);
}

std::optional<std::vector<path::Candidate>> FarEnd::OpenCandidates(
    const wire::SignedCandidates& message, const wire::Device& from, bool* moved) {
  *moved = false;
  if (!signing_key_) return {};
  auto opened = peer::OpenCandidates(message, heard_, {call_id_, user_, ufrag_}, *signing_key_);
  if (!opened) return {};
  heard_ = opened->number;
  *moved = MoveTo(from);
  return std::move(opened->candidates);
}

bool FarEnd::MoveTo(const wire::Device& from) {
  const bool moved = device_.home().address() != from.home().address() ||
                     device_.home().port() != from.home().port();
  *device_.mutable_home() = from.home();
  lost_ = false;
  pause_ = kFirstLookup;
  if (look_up_) look_up_->Cancel();
  return moved;
}

void FarEnd::OnUndeliverable() {
  if (lost_ || !look_up_) return;
  lost_ = true;
  look_up_->Start(pause_);
}

bool FarEnd::OnLookup(const wire::LookupReply& reply) {
  if (!lost_) return false;
  for (const wire::Device& device : reply.devices()) {
    if (device.id() != device_.id()) continue;
    *device_.mutable_home() = device.home();
    // It may come back once more: the pause is not forgotten.
    lost_ = false;
    if (look_up_) look_up_->Cancel();
    return true;
  }
  return false;
}

void FarEnd::Stop() {
  look_up_ = nullptr;
  again_.clear();
}

}  // namespace sfa::peer
