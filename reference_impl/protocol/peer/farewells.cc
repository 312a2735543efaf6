#include "protocol/peer/farewells.h"

#include <algorithm>
#include <set>
#include <utility>

namespace sfa::peer {

Farewells::Farewells(Runtime& runtime, Send send, LookUp look_up)
    : runtime_(runtime),
      send_(std::move(send)),
      look_up_(std::move(look_up)),
      timer_(runtime.NewTimer([this] { OnTimer(); })) {}

void Farewells::Say(const std::string& to, const wire::Device& device,
                    const wire::CallMessage& end) {
  if (kept_.size() == kMax) kept_.pop_front();
  Kept kept;
  kept.to = to;
  kept.device = device;
  kept.end = end;
  kept.until = runtime_.Now() + kKeep;
  kept_.push_back(std::move(kept));
  Rearm();
  send_(to, device, end);
}

void Farewells::SayAgain() {
  const size_t first = kept_.size() - std::min(kept_.size(), kMaxAgain);
  for (size_t i = first; i < kept_.size(); ++i) {
    send_(kept_[i].to, kept_[i].device, kept_[i].end);
  }
}

bool Farewells::SayTo(const std::string& call_id, const wire::Device& device) {
  for (Kept& each : kept_) {
    if (each.end.call_id() != call_id || each.device.id() != device.id()) continue;
    *each.device.mutable_home() = device.home();
    each.undelivered = false;
    send_(each.to, each.device, each.end);
    return true;
  }
  return false;
}

void Farewells::OnUndeliverable(const std::string& call_id, const wire::Device& device) {
  for (Kept& each : kept_) {
    if (each.undelivered || each.end.call_id() != call_id || each.device.id() != device.id()) {
      continue;
    }
    each.undelivered = true;
    each.look_up_at = runtime_.Now() + each.pause;
    each.pause *= 2;
  }
  Rearm();
}

void Farewells::OnLookup(const wire::LookupReply& reply) {
  for (Kept& each : kept_) {
    if (each.to != reply.user()) continue;
    for (const wire::Device& device : reply.devices()) {
      if (device.id() != each.device.id()) continue;
      const bool moved = device.home().address() != each.device.home().address() ||
                         device.home().port() != each.device.home().port();
      if (!moved && !each.undelivered) break;
      *each.device.mutable_home() = device.home();
      each.undelivered = false;
      send_(each.to, each.device, each.end);
      break;
    }
  }
}

void Farewells::Clear() {
  kept_.clear();
  timer_->Cancel();
}

void Farewells::OnTimer() {
  const MonotonicTime now = runtime_.Now();
  while (!kept_.empty() && kept_.front().until <= now) kept_.pop_front();
  std::set<std::string> users;
  for (Kept& each : kept_) {
    if (!each.undelivered || each.look_up_at > now) continue;
    each.look_up_at = now + each.pause;
    each.pause *= 2;
    users.insert(each.to);
  }
  Rearm();
  for (const std::string& user : users) look_up_(user);
}

void Farewells::Rearm() {
  if (kept_.empty()) return timer_->Cancel();
  MonotonicTime next = kept_.front().until;
  for (const Kept& each : kept_) {
    if (each.undelivered) next = std::min(next, each.look_up_at);
  }
  timer_->StartAt(next);
}

}  // namespace sfa::peer
