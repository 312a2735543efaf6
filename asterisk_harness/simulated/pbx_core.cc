#include "asterisk_harness/simulated/pbx_core.h"

#include <cstdio>

#include "asterisk_harness/simulated/channel_events.h"
#include "asterisk_harness/simulated/messages.h"
#include "asterisk_harness/simulated/pbx_thread.h"
#include "asterisk_harness/simulated/states.h"
#include "asterisk_harness/simulated/text.h"

namespace sfa::harness {

PbxCore::PbxCore(Runtime& runtime, PbxObserver& observer)
    : runtime_(runtime),
      observer_(observer),
      states_(std::make_unique<States>(*this)),
      messages_(std::make_unique<Messages>(*this)),
      reaper_(runtime.NewTimer([this] { Reap(); })) {}

PbxCore::~PbxCore() {
  threads_.clear();
  channels_.clear();
}

std::string PbxCore::NewUniqueId() {
  if (!chosen_unique_id.empty()) return std::exchange(chosen_unique_id, "");
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(runtime_.WallNow().time_since_epoch());
  return std::to_string(seconds.count()) + "." + std::to_string(last_unique_id_++);
}

std::string PbxCore::NextSuffix(const std::string& technology) {
  char text[16];
  std::snprintf(text, sizeof text, "%08x", suffixes_[technology]++);
  return text;
}

Channel& PbxCore::NewChannel(const ChannelInit& init) {
  const uint64_t number = ++last_channel_;
  auto channel = std::make_unique<Channel>(*this, number, init.name, NewUniqueId());
  channel->linked_id = init.linked_id.empty() ? channel->unique_id() : init.linked_id;
  channel->caller = init.caller;
  channel->context = init.context.empty() ? "default" : init.context;
  channel->exten = init.exten.empty() ? "s" : init.exten;
  channel->account_code = init.account_code;
  channel->created = runtime_.Now();
  channel->BeginIn(init.state);
  Channel& made = *channel;
  channels_[number] = std::move(channel);
  made.Emit("Newchannel", kClassCall);
  return made;
}

void PbxCore::HangupChannel(Channel& channel) {
  channel.SetWaiter(nullptr);
  channel.SetVoiceTarget(nullptr);
  if (channel.has_tech()) channel.tech().Hangup(channel.hangup_cause);
  channel.TellHangup();
  const std::string name = channel.name();
  channels_.erase(channel.number());
  states_->ChannelChanged(name);
  if (idle_ && channels_.empty()) reaper_->Start(Duration::zero());
}

Channel* PbxCore::FindChannel(const std::string& name) {
  for (const auto& [number, channel] : channels_) {
    if (EqualsIgnoreCase(channel->name(), name)) return channel.get();
  }
  return nullptr;
}

void PbxCore::RegisterTechnology(const std::string& name, Technology technology) {
  technologies_[ToLower(name)] = std::move(technology);
  suffixes_.erase(ToLower(name));
}

void PbxCore::UnregisterTechnology(const std::string& name) { technologies_.erase(ToLower(name)); }

bool PbxCore::HasTechnology(const std::string& name) const {
  return technologies_.count(ToLower(name)) > 0;
}

Channel* PbxCore::RequestChannel(const std::string& technology, const std::string& address,
                                 Channel* requestor, pbx_codec preferred, int* cause) {
  const auto found = technologies_.find(ToLower(technology));
  if (found == technologies_.end()) {
    Warn("No channel type registered for '" + technology + "'");
    *cause = 66;  // Q.850: channel type not implemented
    return nullptr;
  }
  *cause = 0;
  return found->second(address, requestor, preferred, cause);
}

ThreadStart PbxCore::StartThread(Channel& channel, const std::string& application,
                                 const std::string& data) {
  if (stopping_) return ThreadStart::kStopping;
  int running = 0;
  for (const auto& [number, other] : channels_) running += other->has_thread ? 1 : 0;
  if (max_calls > 0 && running >= max_calls) {
    Warn("Maximum call limit of " + std::to_string(max_calls) + " calls exceeded");
    return ThreadStart::kLimit;
  }
  channel.has_thread = true;
  ++calls_processed_;
  Channel* const pointer = &channel;
  StartJob([this, pointer, application, data](Wakeup& wakeup) {
    if (application.empty()) return RunDialplan(*this, *pointer, wakeup);
    return RunApplication(*this, *pointer, wakeup, application, data);
  });
  return ThreadStart::kStarted;
}

void PbxCore::StartJob(std::function<Routine<void>(Wakeup&)> job) {
  const uint64_t number = ++last_thread_;
  threads_[number] = std::make_unique<PbxThread>(*this, std::move(job));
}

void PbxCore::OnThreadFinished() { reaper_->Start(Duration::zero()); }

void PbxCore::Reap() {
  for (auto thread = threads_.begin(); thread != threads_.end();) {
    thread = thread->second->finished() ? threads_.erase(thread) : std::next(thread);
  }
  if (idle_ && threads_.empty() && channels_.empty()) {
    if (patience_) patience_->Cancel();
    const auto idle = std::exchange(idle_, nullptr);
    idle();
  }
}

void PbxCore::Drain(Duration patience, std::function<void()> idle) {
  stopping_ = true;
  idle_ = std::move(idle);
  messages_->Stop();
  std::vector<Channel*> open;
  for (const auto& [number, channel] : channels_) open.push_back(channel.get());
  for (Channel* channel : open) channel->SoftHangup(HangupAsker::kShutdown, 0);
  patience_ = runtime_.NewTimer([this] {
    Warn("Some channels did not end; they are ended by force");
    threads_.clear();
    while (!channels_.empty()) HangupChannel(*channels_.begin()->second);
    Reap();
  });
  patience_->Start(patience);
  reaper_->Start(Duration::zero());
}

void PbxCore::SetVariable(Channel* channel, const std::string& name, const std::string& value) {
  const Headers what = {{"Variable", std::string(VariableList::Bare(name))}, {"Value", value}};
  if (channel != nullptr) {
    channel->variables.Set(name, value);
    channel->Emit("VarSet", kClassDialplan, what);
  } else {
    globals.Set(name, value);
    manager_.Emit("VarSet", kClassDialplan, what);
  }
}

}  // namespace sfa::harness
