#include "fake_skype_network/lookup_desk.h"

#include <utility>

#include "protocol/peer/network.h"
#include "protocol/peer/service_names.h"

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

bool IsDialled(const std::string& name) {
  return !name.empty() && (name[0] == '+' || peer::IsPhoneNumber(name));
}

void LookupDesk::Ask(uint64_t connection, const std::string& asker, const std::string& user) {
  const uint32_t request = next_++;
  Question& question = questions_[request];
  question.connection = connection;
  question.asker = asker;
  question.user = user;
  if (peer::IsEmergencyNumber(user)) question.known.set_refusal(wire::END_EMERGENCY);
  if (questions_.size() > kMaxQuestions || question.known.refusal() != wire::END_UNSPECIFIED) {
    return Finish(request);
  }
  if (!IsDialled(user)) question.keepers = KeepersOf(user, neighbours_.nodes());
  if (neighbours_.login_server_open() && AskLoginServer(request, question)) {
    question.login_server = LoginServer::kAsked;
  }
  AskKeepers(request);
}

void LookupDesk::AskKeepers(uint32_t request) {
  Question& question = questions_.at(request);
  ++question.step;
  while (!question.keepers.empty()) {
    const Endpoint keeper = question.keepers.front();
    question.keepers.erase(question.keepers.begin());
    question.asked = keeper;
    if (keeper != self_) {
      if (!AskKeeper(request, keeper, question.user)) continue;
      return Await(request, question.step, kPatience);
    }
    for (const DeviceEntry& device : directory_.Find(question.user)) {
      *question.known.add_devices() = ToWire(device);
    }
    if (question.known.devices_size() > 0) break;
  }
  question.asked = {};
  question.keepers_done = true;
  GoOn(request);
}

void LookupDesk::GoOn(uint32_t request) {
  Question& question = questions_.at(request);
  if (!question.keepers_done) return;
  const bool found = question.known.devices_size() > 0;
  if (question.login_server == LoginServer::kNotAsked) {
    if (found || !AskLoginServer(request, question)) return Finish(request);
    question.login_server = LoginServer::kAsked;
  }
  if (question.login_server == LoginServer::kDone) return Finish(request);
  Await(request, kLoginServersStep, found ? kPatienceForMore : kPatience);
}

bool LookupDesk::AskKeeper(uint32_t request, const Endpoint& keeper, const std::string& user) {
  wire::Message message;
  message.set_request(request);
  message.mutable_lookup()->set_user(user);
  return neighbours_.SendToNode(keeper, message);
}

bool LookupDesk::AskLoginServer(uint32_t request, const Question& question) {
  wire::Message message;
  message.set_request(request);
  message.mutable_lookup()->set_user(question.user);
  message.mutable_lookup()->set_asker(question.asker);
  return neighbours_.SendToLoginServer(message);
}

void LookupDesk::Await(uint32_t request, int step, Duration patience) {
  const MonotonicTime at = runtime_.Now() + patience;
  deadlines_.emplace(at, Deadline{request, step});
  timer_->StartAt(deadlines_.begin()->first);
}

void LookupDesk::OnKeepersReply(const Endpoint& keeper, const wire::Message& reply) {
  const auto found = questions_.find(reply.request());
  if (found == questions_.end() || found->second.keepers_done) return;
  Question& question = found->second;
  for (const wire::Device& device : reply.lookup_reply().devices()) {
    if (question.known.devices_size() < static_cast<int>(Directory::kMaxDevices)) {
      *question.known.add_devices() = ToWire(FromWire(device));
    }
  }
  if (question.known.devices_size() > 0) {
    question.keepers_done = true;
    GoOn(reply.request());
  } else if (question.asked == keeper) {
    AskKeepers(reply.request());
  }
}

void LookupDesk::OnLoginServersReply(const wire::Message& reply) {
  const auto found = questions_.find(reply.request());
  if (found == questions_.end()) return;
  Question& question = found->second;
  // Where a user is, the keepers say; where a service is that connects a number, the login server.
  wire::LookupReply known = reply.lookup_reply();
  if (!IsDialled(question.user)) *known.mutable_devices() = question.known.devices();
  question.known = std::move(known);
  question.login_server = LoginServer::kDone;
  GoOn(reply.request());
}

void LookupDesk::Finish(uint32_t request) {
  const auto found = questions_.find(request);
  Question question = std::move(found->second);
  questions_.erase(found);
  wire::Message message;
  *message.mutable_lookup_reply() = std::move(question.known);
  message.mutable_lookup_reply()->set_user(question.user);
  wire::LookupReply* const reply = message.mutable_lookup_reply();
  // Somebody who is logged in exists, whatever the login server has lost.
  if (reply->devices_size() > 0) reply->set_unknown(false);
  if (reply->refusal() != wire::END_UNSPECIFIED) reply->clear_devices();
  answer_(question.connection, message);
}

void LookupDesk::OnDeadline() {
  while (!deadlines_.empty() && deadlines_.begin()->first <= runtime_.Now()) {
    const Deadline deadline = deadlines_.begin()->second;
    deadlines_.erase(deadlines_.begin());
    const auto found = questions_.find(deadline.request);
    if (found == questions_.end()) continue;
    if (deadline.step == kLoginServersStep) {
      Finish(deadline.request);
    } else if (found->second.step == deadline.step && !found->second.keepers_done) {
      AskKeepers(deadline.request);
    }
  }
  if (!deadlines_.empty()) timer_->StartAt(deadlines_.begin()->first);
}

}  // namespace sfa::community
