#include "fake_skype_network/presence_reporter.h"

#include <algorithm>

#include "fake_skype_network/lookup_desk.h"

namespace sfa::community {

PresenceReporter::PresenceReporter(Runtime& runtime, const Endpoint& self, Neighbours& neighbours)
    : runtime_(runtime),
      self_(self),
      neighbours_(neighbours),
      step_(runtime.NewTimer([this] { Step(); })),
      grace_(runtime.NewTimer([this] { OnGraceOver(); })) {}

void PresenceReporter::LoggedIn(const UserKey& user) {
  broken_.erase(user);
  Tell(user, true);
}

void PresenceReporter::LoggedOut(const UserKey& user, bool broken) {
  to_tell_.erase(std::remove(to_tell_.begin(), to_tell_.end(), user), to_tell_.end());
  if (!broken) return Tell(user, false);
  broken_[user] = runtime_.Now() + kGrace;
  if (!grace_->running()) grace_->Start(kGrace);
}

void PresenceReporter::Begin(const std::map<UserKey, uint64_t>& users) {
  to_tell_.clear();
  for (const auto& [user, connection] : users) to_tell_.push_back(user);
  Step();
}

void PresenceReporter::Tell(const UserKey& user, bool online) {
  // A login server that is not there hears all anew when it is.
  if (!neighbours_.login_server_open()) return;
  wire::Message message;
  wire::PublishRequest* const publish = message.mutable_publish();
  publish->set_user(user.first);
  *publish->mutable_device() = ToWire(DeviceEntry{user.second, self_});
  publish->set_online(online);
  neighbours_.SendToLoginServer(message);
}

void PresenceReporter::Step() {
  for (int i = 0; i < kPerStep && !to_tell_.empty(); ++i) {
    const UserKey user = std::move(to_tell_.front());
    to_tell_.pop_front();
    Tell(user, true);
  }
  if (!to_tell_.empty()) step_->Start(kStep);
}

void PresenceReporter::OnGraceOver() {
  MonotonicTime next = MonotonicTime::max();
  for (auto each = broken_.begin(); each != broken_.end();) {
    if (each->second > runtime_.Now()) {
      next = std::min(next, each->second);
      ++each;
      continue;
    }
    Tell(each->first, false);
    each = broken_.erase(each);
  }
  if (!broken_.empty()) grace_->StartAt(next);
}

}  // namespace sfa::community
