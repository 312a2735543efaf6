#include "protocol/peer/hunt.h"

#include <algorithm>

#include "protocol/peer/call_base.h"
#include "protocol/peer/network.h"
#include "protocol/peer/properties.h"

namespace sfa::peer {
namespace {

bool IsDiverted(EndReason reason) {
  return reason == EndReason::kOffline || reason == EndReason::kBusy ||
         reason == EndReason::kNoAnswer;
}

bool IsName(const std::string& name) { return !name.empty() && name.size() <= kMaxCallNameBytes; }

}  // namespace

void Hunt::Start(const std::string& name) {
  // One that is too long is nobody's, and the directory says so of an empty one.
  if (!Add(name.size() <= kMaxCallNameBytes ? name : std::string(), 0, false)) {
    owner_.OnHuntOver(EndReason::kUnknownUser);
  }
}

bool Hunt::Add(const std::string& name, int hops, bool voicemail) {
  if (targets_.size() == kMaxTargets || !IsName(name)) return false;
  const bool known = std::any_of(targets_.begin(), targets_.end(),
                                 [&name](const Target& each) { return each.name == name; });
  if (known) return false;
  const size_t number = targets_.size();
  Target& target = targets_.emplace_back();
  target.name = target.addressee = name;
  target.hops = hops;
  target.voicemail = voicemail;
  target.timer = runtime_.NewTimer([this, number] { OnTimer(number); });
  target.timer->Start(kWaitForLookup);
  owner_.LookUp(name);
  return true;
}

void Hunt::AskAgain() {
  for (Target& target : targets_) {
    if (target.state != Target::State::kLookingUp || !target.timer) continue;
    target.timer->Start(kWaitForLookup);
    owner_.LookUp(target.name);
  }
}

void Hunt::Stop() {
  for (Target& target : targets_) target.timer = nullptr;
}

void Hunt::OnLookup(const wire::LookupReply& reply) {
  for (size_t i = 0; i < targets_.size(); ++i) {
    if (targets_[i].state != Target::State::kLookingUp || targets_[i].name != reply.user() ||
        !targets_[i].timer) {
      continue;
    }
    return OnFound(i, reply);
  }
}

void Hunt::OnFound(size_t number, const wire::LookupReply& reply) {
  Target& target = targets_[number];
  if (reply.unknown()) return Over(number, EndReason::kUnknownUser);
  if (reply.refusal() != wire::END_UNSPECIFIED) return Over(number, FromWire(reply.refusal()));
  if (IsName(reply.by_service())) target.addressee = reply.by_service();
  for (const std::string& name : reply.forward_to()) {
    if (target.forward_to.size() == kMaxTargets) break;
    target.forward_to.push_back(name);
  }
  target.its_voicemail = reply.voicemail();
  if (!owner_.RingAt(number, reply)) return Over(number, EndReason::kOffline);
  target.state = Target::State::kRinging;
  target.rang = true;
  const bool divertible = !target.forward_to.empty() || !target.its_voicemail.empty();
  const Duration patience = std::chrono::seconds(reply.forward_after_seconds());
  target.timer->Start(divertible && patience > Duration::zero() ? std::min(patience, kWaitForAnswer)
                                                                : kWaitForAnswer);
}

void Hunt::OnTimer(size_t number) {
  if (targets_[number].state == Target::State::kLookingUp) {
    return Over(number, EndReason::kNetwork);
  }
  owner_.StopRinging(number, EndReason::kNoAnswer);
  Over(number, EndReason::kNoAnswer);
}

void Hunt::OnTargetOver(size_t number, EndReason reason) {
  if (targets_[number].state == Target::State::kRinging && targets_[number].timer) {
    Over(number, reason);
  }
}

void Hunt::Over(size_t number, EndReason reason) {
  Target& target = targets_[number];
  target.state = Target::State::kOver;
  target.reason = reason;
  target.timer->Cancel();
  if (IsDiverted(reason) && target.hops < kMaxHops && !target.voicemail) {
    // Add() keeps references valid, a deque's end grows.
    for (const std::string& name : target.forward_to) Add(name, target.hops + 1, false);
  }
  Conclude();
}

void Hunt::Conclude() {
  const bool active = std::any_of(targets_.begin(), targets_.end(), [](const Target& target) {
    return target.state != Target::State::kOver;
  });
  if (active) return;
  const Target& named = targets_.front();
  if (IsDiverted(named.reason) && !targets_.back().voicemail && Add(named.its_voicemail, 0, true)) {
    return;
  }
  EndReason reason = named.reason;
  for (const Target& target : targets_) {
    if (target.hops > 0 && target.rang) reason = target.reason;
  }
  owner_.OnHuntOver(reason);
}

}  // namespace sfa::peer
