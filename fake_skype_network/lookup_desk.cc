#include "fake_skype_network/lookup_desk.h"

#include <utility>

#include "protocol/peer/network.h"

namespace sfa::community {

wire::Device ToWire(const DeviceEntry& device) {
  wire::Device result;
  result.set_id(device.id);
  *result.mutable_home() = peer::ToWire(device.home);
  return result;
}

DeviceEntry FromWire(const wire::Device& device) {
  return {device.id(), peer::FromWire(device.home())};
}

LookupDesk::LookupDesk(Runtime& runtime, const Endpoint& self, const Directory& directory,
                       Neighbours& neighbours, Answer answer)
    : runtime_(runtime),
      self_(self),
      directory_(directory),
      neighbours_(neighbours),
      answer_(std::move(answer)),
      timer_(runtime.NewTimer([this] { OnDeadline(); })) {}

void LookupDesk::Ask(uint64_t connection, const std::string& user) {
  const uint32_t request = next_++;
  questions_[request] = {connection, user, KeepersOf(user, neighbours_.nodes()), {}};
  if (questions_.size() > kMaxQuestions) {
    Finish(request, {});
  } else {
    GoOn(request);
  }
}

void LookupDesk::GoOn(uint32_t request) {
  const auto found = questions_.find(request);
  if (found == questions_.end()) return;
  Question& question = found->second;
  ++question.step;
  while (!question.keepers.empty()) {
    const Endpoint keeper = question.keepers.front();
    question.keepers.erase(question.keepers.begin());
    question.asked = keeper;
    if (keeper != self_) {
      if (Send(request, &keeper, question.user)) return;
      continue;
    }
    const auto devices = directory_.Find(question.user);
    if (devices.empty()) continue;
    wire::LookupReply reply;
    for (const DeviceEntry& device : devices) *reply.add_devices() = ToWire(device);
    return Finish(request, reply);
  }
  question.asked = {};
  if (!std::exchange(question.login_server_asked, true) && Send(request, nullptr, question.user)) {
    return;
  }
  Finish(request, {});
}

bool LookupDesk::Send(uint32_t request, const Endpoint* keeper, const std::string& user) {
  wire::Message message;
  message.set_request(request);
  message.mutable_lookup()->set_user(user);
  if (!(keeper != nullptr ? neighbours_.SendToNode(*keeper, message)
                          : neighbours_.SendToLoginServer(message))) {
    return false;
  }
  deadlines_.push_back({runtime_.Now() + kPatience, request, questions_.at(request).step});
  if (!timer_->running()) timer_->Start(kPatience);
  return true;
}

void LookupDesk::OnKeepersReply(const Endpoint& keeper, const wire::Message& reply) {
  if (reply.lookup_reply().devices_size() == 0) {
    const auto found = questions_.find(reply.request());
    if (found != questions_.end() && found->second.asked == keeper) GoOn(reply.request());
    return;
  }
  wire::LookupReply known;
  for (const wire::Device& device : reply.lookup_reply().devices()) {
    if (known.devices_size() < static_cast<int>(Directory::kMaxDevices)) {
      *known.add_devices() = ToWire(FromWire(device));
    }
  }
  Finish(reply.request(), known);
}

void LookupDesk::OnLoginServersReply(const wire::Message& reply) {
  wire::LookupReply known;
  known.set_unknown(reply.lookup_reply().unknown());
  Finish(reply.request(), known);
}

void LookupDesk::Finish(uint32_t request, const wire::LookupReply& reply) {
  const auto found = questions_.find(request);
  if (found == questions_.end()) return;
  const Question question = std::move(found->second);
  questions_.erase(found);
  wire::Message message;
  *message.mutable_lookup_reply() = reply;
  message.mutable_lookup_reply()->set_user(question.user);
  answer_(question.connection, message);
}

void LookupDesk::OnDeadline() {
  while (!deadlines_.empty() && deadlines_.front().at <= runtime_.Now()) {
    const Deadline deadline = deadlines_.front();
    deadlines_.pop_front();
    const auto found = questions_.find(deadline.request);
    if (found != questions_.end() && found->second.step == deadline.step) GoOn(deadline.request);
  }
  if (!deadlines_.empty()) timer_->StartAt(deadlines_.front().at);
}

}  // namespace sfa::community
