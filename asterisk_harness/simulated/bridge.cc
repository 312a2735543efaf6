#include "asterisk_harness/simulated/bridge.h"

#include <cstdio>

#include "asterisk_harness/simulated/channel_events.h"

namespace sfa::harness {
namespace {

// A version 4 UUID (RFC 9562 5.4).
std::string NewBridgeId(Random& random) {
  auto bytes = random.Bytes<16>();
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3F) | 0x80);
  std::string text;
  for (size_t i = 0; i < bytes.size(); ++i) {
    char hex[4];
    std::snprintf(hex, sizeof hex, "%02x", bytes[i]);
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += hex;
  }
  return text;
}

}  // namespace

Bridge::Bridge(PbxCore& core, Channel& caller, Channel& peer, Wakeup& wakeup)
    : core_(core),
      caller_(caller),
      peer_(&peer),
      wakeup_(wakeup),
      id_(NewBridgeId(core.runtime().random())) {
  core_.manager().Emit("BridgeCreate", kClassCall, Describe());
  Enter(peer, 1);
  Enter(caller_, 2);
  Meet();
}

Bridge::~Bridge() {
  for (Channel* channel : {&caller_, peer_}) {
    if (channel == nullptr) continue;
    channel->SetVoiceTarget(nullptr);
    channel->bridge = nullptr;
  }
}

Headers Bridge::Describe(const std::string& prefix) const {
  return {{prefix + "BridgeUniqueid", id_},
          {prefix + "BridgeType", "basic"},
          {prefix + "BridgeTechnology", "simple_bridge"},
          {prefix + "BridgeCreator", "<unknown>"},
          {prefix + "BridgeName", "<unknown>"},
          {prefix + "BridgeNumChannels", std::to_string(members_)},
          {prefix + "BridgeVideoSourceMode", "none"}};
}

void Bridge::Meet() {
  core_.SetVariable(&caller_, "BRIDGEPEER", peer_->name());
  core_.SetVariable(peer_, "BRIDGEPEER", caller_.name());
  caller_.SetVoiceTarget(peer_);
  peer_->SetVoiceTarget(&caller_);
}

Channel& Bridge::Part() {
  Channel& peer = *std::exchange(peer_, nullptr);
  Exit(peer, 1);
  caller_.SetVoiceTarget(nullptr);
  peer.SetVoiceTarget(nullptr);
  peer.SetWaiter(nullptr);
  return peer;
}

void Bridge::Attach(Channel& newcomer) {
  peer_ = &newcomer;
  Enter(newcomer, 2);
  Meet();
  newcomer.SetWaiter(&wakeup_);
}

void Bridge::Leave(bool caller_first) {
  Channel* const first = caller_first ? &caller_ : peer_;
  Channel* const second = caller_first ? peer_ : &caller_;
  // Who was asked to hold is not left with music.
  for (Channel* channel : {first, second}) {
    if (channel != nullptr && channel->held()) channel->Indicate(Control::kUnhold);
  }
  // Who goes on to another bridge is told its new peer there.
  for (Channel* channel : {first, second}) {
    if (channel == nullptr) continue;
    if (!channel->fetched()) core_.SetVariable(channel, "BRIDGEPEER", "");
    Exit(*channel, members_ - 1);
  }
  core_.manager().Emit("BridgeDestroy", kClassCall, Describe());
}

void Bridge::Enter(Channel& channel, int count) {
  members_ = count;
  channel.bridge_id = id_;
  channel.bridge = this;
  Headers headers = Describe();
  Append(&headers, ChannelHeaders(channel));
  core_.manager().Emit("BridgeEnter", kClassCall, std::move(headers));
  // Whoever was transferred has arrived.
  const std::string* const transfer = channel.variables.Find("BLINDTRANSFER");
  if (transfer != nullptr && !transfer->empty()) core_.SetVariable(&channel, "BLINDTRANSFER", "");
}

void Bridge::Exit(Channel& channel, int count) {
  members_ = count;
  channel.bridge_id.clear();
  channel.bridge = nullptr;
  channel.TellTransfer();
  Headers headers = Describe();
  Append(&headers, ChannelHeaders(channel));
  core_.manager().Emit("BridgeLeave", kClassCall, std::move(headers));
}

namespace {

// One that was let in before it had answered.
void FollowState(PbxCore& core, const Frame& frame, Channel& from, const Channel& to) {
  if (frame.kind != Frame::Kind::kControl || from.state() == ChannelState::kUp) return;
  if (frame.control == Control::kRinging) from.SetState(ChannelState::kRinging);
  if (frame.control != Control::kAnswer) return;
  from.SetState(ChannelState::kUp);
  core.SetVariable(&from, "BRIDGEPEER", to.name());
}

void PassOn(PbxCore& core, const Frame& frame, Channel& from, Channel& to) {
  const bool answers = from.state() != ChannelState::kUp;
  FollowState(core, frame, from, to);
  switch (frame.kind) {
    case Frame::Kind::kDigitBegin:
      to.PassDigitBegin(frame.digit);
      break;
    case Frame::Kind::kDigitEnd:
      to.PassDigitEnd(frame.digit, frame.duration_ms);
      break;
    case Frame::Kind::kControl:
      if (frame.control != Control::kAnswer) {
        to.Indicate(frame);
      } else if (answers) {
        core.SetVariable(&to, "BRIDGEPEER", from.name());
      }
      break;
    case Frame::Kind::kText:
      to.tech().SendText(frame.text);
      break;
    default:
      break;
  }
}

}  // namespace

Routine<BridgeResult> RunBridge(PbxCore& core, Channel& caller, Channel& peer, Wakeup& wakeup,
                                std::function<void()> met) {
  Bridge bridge(core, caller, peer, wakeup);
  if (met) met();
  while (true) {
    Channel* const now = bridge.peer();
    Frame frame;
    while (caller.PopFrame(&frame)) {
      if (now != nullptr) PassOn(core, frame, caller, *now);
    }
    while (now != nullptr && now->PopFrame(&frame)) PassOn(core, frame, *now, caller);
    if (caller.hung_up() || (now != nullptr && now->hung_up())) {
      const bool caller_gone = caller.hung_up();
      bridge.Leave(caller_gone);
      co_return {caller_gone ? BridgeEnd::kCallerGone : BridgeEnd::kPeerGone, now};
    }
    co_await wakeup.Wait(std::nullopt);
  }
}

void Introduce(Channel& channel, const Channel& other) {
  Frame party;
  party.kind = Frame::Kind::kControl;
  party.control = Control::kConnectedLine;
  party.text = other.caller.number;
  party.name = other.caller.name;
  channel.Indicate(party);
}

}  // namespace sfa::harness
