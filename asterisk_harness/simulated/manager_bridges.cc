// Bridge.
#include "asterisk_harness/simulated/bridge.h"
#include "asterisk_harness/simulated/manager_families.h"

namespace sfa::harness {
namespace {

using Reply = std::shared_ptr<AmiReply>;

// One that has been asked for, and whether a dialplan has had it.
struct Member {
  Channel* channel = nullptr;
  bool from_dialplan = false;
};
struct Pair {
  Member first, second;
  int expected = 2;  // of whom nobody has let go yet
};

// Whoever is left goes on behind the application that it was taken from, or begins.
void GoOn(PbxCore& core, const Member& member) {
  Channel& channel = *member.channel;
  channel.SetWaiter(nullptr);
  if (channel.HandOver()) return;
  if (!channel.TakeRedirect() && member.from_dialplan) ++channel.priority;
  channel.outgoing = false;
  if (channel.gone() || core.StartThread(channel) != ThreadStart::kStarted) {
    if (channel.hangup_cause == 0) channel.hangup_cause = PBX_CAUSE_NORMAL_CLEARING;
    core.HangupChannel(channel);
  }
}

Routine<void> Join(PbxCore& core, std::shared_ptr<Pair> pair, Wakeup& wakeup) {
  Channel& first = *pair->first.channel;
  Channel& second = *pair->second.channel;
  first.SetWaiter(&wakeup);
  second.SetWaiter(&wakeup);
  Routine<BridgeResult> bridge = RunBridge(core, first, second, wakeup, [&] {
    Introduce(second, first);
    Introduce(first, second);
  });
  const BridgeResult result = co_await bridge;
  GoOn(core, pair->first);
  if (result.peer == &second) GoOn(core, pair->second);
  // Somebody has come in the place of the second one: it has no dialplan to go on with.
  if (result.peer != nullptr && result.peer != &second) GoOn(core, {result.peer, false});
}

void BridgeChannels(PbxCore& core, const AmiMessage& action, const Reply& reply) {
  const auto pair = std::make_shared<Pair>();
  Member* const members[] = {&pair->first, &pair->second};
  const char* const keys[] = {"Channel1", "Channel2"};
  for (int i = 0; i < 2; ++i) {
    const std::string& name = action.Get(keys[i]);
    if (name.empty()) return reply->Error("Missing channel parameter in request");
    Channel* const channel = core.FindChannel(name);
    if (channel == nullptr) return reply->Error(keys[i] + (" does not exist: " + name));
    *members[i] = {channel, channel->has_thread};
  }
  // In Asterisk one that is not answered yet is answered; here only who can be taken away is taken.
  for (int i = 0; i < 2; ++i) {
    const Channel& channel = *members[i]->channel;
    const bool able = channel.state() == ChannelState::kUp && !channel.hung_up();
    if (able && pair->first.channel != pair->second.channel) continue;
    return reply->Error(std::string("Unable to add ") + keys[i] + " to bridge: " + channel.name());
  }
  for (const Member* member : members) {
    member->channel->Fetch([&core, pair] {
      if (--pair->expected > 0) return;
      core.StartJob([&core, pair](Wakeup& wakeup) { return Join(core, pair, wakeup); });
    });
  }
  reply->Success("Channels have been bridged");
}

}  // namespace

void RegisterBridgeActions(PbxCore& core) { AddAction(core, "Bridge", kClassCall, BridgeChannels); }

}  // namespace sfa::harness
