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

Headers BridgeHeaders(const std::string& id, int channels) {
  return {{"BridgeUniqueid", id},
          {"BridgeType", "basic"},
          {"BridgeTechnology", "simple_bridge"},
          {"BridgeCreator", "<unknown>"},
          {"BridgeName", "<unknown>"},
          {"BridgeNumChannels", std::to_string(channels)},
          {"BridgeVideoSourceMode", "none"}};
}

// Enters both channels, and takes both out again however it ends.
class Bridge {
 public:
  Bridge(PbxCore& core, Channel& caller, Channel& peer)
      : core_(core), caller_(caller), peer_(peer), id_(NewBridgeId(core.runtime().random())) {
    core_.manager().Emit("BridgeCreate", kClassCall, BridgeHeaders(id_, 0));
    Enter(peer_, 1);
    Enter(caller_, 2);
    core_.SetVariable(&caller_, "BRIDGEPEER", peer_.name());
    core_.SetVariable(&peer_, "BRIDGEPEER", caller_.name());
    caller_.SetVoiceTarget(&peer_);
    peer_.SetVoiceTarget(&caller_);
  }
  ~Bridge() {
    caller_.SetVoiceTarget(nullptr);
    peer_.SetVoiceTarget(nullptr);
  }
  Bridge(const Bridge&) = delete;
  Bridge& operator=(const Bridge&) = delete;

  void Leave(BridgeEnd end) {
    Channel& first = end == BridgeEnd::kCallerGone ? caller_ : peer_;
    Channel& second = end == BridgeEnd::kCallerGone ? peer_ : caller_;
    Exit(first, 1);
    Exit(second, 0);
    // Who was asked to hold is not left with music.
    for (Channel* channel : {&first, &second}) {
      if (channel->held()) channel->Indicate(Control::kUnhold);
    }
    core_.manager().Emit("BridgeDestroy", kClassCall, BridgeHeaders(id_, 0));
  }

 private:
  void Enter(Channel& channel, int count) {
    channel.bridge_id = id_;
    Headers headers = BridgeHeaders(id_, count);
    Append(&headers, ChannelHeaders(channel));
    core_.manager().Emit("BridgeEnter", kClassCall, std::move(headers));
  }
  void Exit(Channel& channel, int count) {
    // Who goes on to another bridge is told its new peer there.
    if (!channel.fetched()) core_.SetVariable(&channel, "BRIDGEPEER", "");
    channel.bridge_id.clear();
    Headers headers = BridgeHeaders(id_, count);
    Append(&headers, ChannelHeaders(channel));
    core_.manager().Emit("BridgeLeave", kClassCall, std::move(headers));
  }

  PbxCore& core_;
  Channel& caller_;
  Channel& peer_;
  const std::string id_;
};

void PassOn(const Frame& frame, Channel& to) {
  switch (frame.kind) {
    case Frame::Kind::kDigitBegin:
      to.PassDigitBegin(frame.digit);
      break;
    case Frame::Kind::kDigitEnd:
      to.PassDigitEnd(frame.digit, frame.duration_ms);
      break;
    case Frame::Kind::kControl:
      if (frame.control != Control::kAnswer) to.Indicate(frame);
      break;
    case Frame::Kind::kText:
      to.tech().SendText(frame.text);
      break;
    default:
      break;
  }
}

}  // namespace

Routine<BridgeEnd> RunBridge(PbxCore& core, Channel& caller, Channel& peer, Wakeup& wakeup,
                             std::function<void()> met) {
  Bridge bridge(core, caller, peer);
  if (met) met();
  while (true) {
    Frame frame;
    while (caller.PopFrame(&frame)) PassOn(frame, peer);
    while (peer.PopFrame(&frame)) PassOn(frame, caller);
    if (caller.hung_up() || peer.hung_up()) {
      const BridgeEnd end = caller.hung_up() ? BridgeEnd::kCallerGone : BridgeEnd::kPeerGone;
      bridge.Leave(end);
      co_return end;
    }
    co_await wakeup.Wait(std::nullopt);
  }
}

}  // namespace sfa::harness
