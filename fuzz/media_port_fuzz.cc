// The media port and the path agents on it: any datagram from anywhere, and a peer that knows the
// passwords but not the rules.
#include "fuzz/target.h"
#include "protocol/path/path_agent.h"
#include "protocol/path/test_world.h"
#include "protocol/stun/builder.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;
using stun::AttributeType;

const Endpoint kStunServer{Ipv4Address::Of(198, 51, 100, 1), 33033};
constexpr uint32_t kSsrc = 0x01020304;

class Call final : public path::PathObserver, public path::MediaReceiver {
 public:
  Call(path::TestHost& host, path::MediaPort& port, path::PathRole role, bool hangs_up)
      : agent(NewPathAgent(host, port, role, *this)), hangs_up_(hangs_up) {}
  void OnPathOpen(const path::PathInfo& path) override {
    SFA_FUZZ_CHECK(agent != nullptr && path.remote.port != 0);
    if (hangs_up_) agent.reset();
  }
  void OnLocalCandidates() override { SFA_FUZZ_CHECK(agent != nullptr); }
  void OnPathSilent() override { SFA_FUZZ_CHECK(agent != nullptr && agent->open()); }
  void OnPathFailed() override {
    SFA_FUZZ_CHECK(agent != nullptr);
    agent.reset();
  }
  void OnMedia(const path::Route&, std::span<const uint8_t> packet) override {
    SFA_FUZZ_CHECK(packet.size() >= 12);
  }
  std::unique_ptr<path::PathAgent> agent;

 private:
  const bool hangs_up_;
};

// Somebody on the Internet; sends from any of its ports.
class Stranger final : private UdpReceiver {
 public:
  explicit Stranger(path::TestHost& host) {
    for (auto& socket : sockets_) socket = host.OpenUdp({host.address(), port_++}, *this).value();
  }
  void Send(size_t from, const Endpoint& to, std::span<const uint8_t> bytes) {
    static_cast<void>(sockets_[from % sockets_.size()]->Send(to, bytes));
  }
  Bytes heard;  // the last datagram

 private:
  void OnDatagram(const Endpoint&, std::span<const uint8_t> bytes) override {
    heard.assign(bytes.begin(), bytes.end());
  }
  uint16_t port_ = 7000;
  std::array<std::unique_ptr<UdpSocket>, 3> sockets_;
};

stun::TransactionId IdFrom(Input& input, const Bytes& heard) {
  stun::TransactionId id{};
  if (input.Flag() && heard.size() >= stun::kHeaderBytes) {
    std::copy_n(heard.begin() + 8, id.size(), id.begin());  // an answer to what was asked
  } else {
    id[0] = input.Byte();
  }
  return id;
}

// A message of somebody who knows the password, with attributes as they come.
Bytes Message(Input& input, const path::PathDescription& local, const Bytes& heard) {
  const auto message_class = static_cast<stun::MessageClass>(input.Below(4));
  stun::Builder builder(message_class, stun::kBinding, IdFrom(input, heard));
  for (size_t attributes = input.Below(6); attributes > 0; --attributes) {
    switch (input.Below(8)) {
      case 0:
        builder.AddText(AttributeType::kUsername, local.ufrag + ":peer");
        break;
      case 1:
        builder.Add32(AttributeType::kPriority, input.U32());
        break;
      case 2:
        builder.Add64(AttributeType::kIceControlling, input.U32());
        break;
      case 3:
        builder.Add64(AttributeType::kIceControlled, input.U32());
        break;
      case 4:
        builder.AddFlag(AttributeType::kUseCandidate);
        break;
      case 5:
        builder.AddXorMappedAddress({{input.U32()}, input.U16()});
        break;
      case 6:
        builder.AddErrorCode(input.Flag() ? stun::kErrorRoleConflict : 300 + input.Byte(), "x");
        break;
      default: {
        const auto type = static_cast<AttributeType>(input.U16());
        builder.Add(type, input.Take(input.Below(64)));
      }
    }
  }
  const bool answers =
      message_class == stun::MessageClass::kSuccess || message_class == stun::MessageClass::kError;
  builder.AddIntegrity(stun::ShortTermKey(answers ? "peerpeerpeerpeerpeerpe" : local.password));
  builder.AddFingerprint();
  return Bytes(builder.bytes().begin(), builder.bytes().end());
}

path::PathDescription Remote(Input& input) {
  path::PathDescription remote{"peer", "peerpeerpeerpeerpeerpe", {}};
  for (size_t candidates = input.Below(20); candidates > 0; --candidates) {
    path::Candidate candidate;
    candidate.kind = path::CandidateKind::kHost;
    candidate.endpoint = {Ipv4Address::Of(198, 51, 100, 9),
                          static_cast<uint16_t>(7000 + input.Below(4))};
    if (input.Below(4) == 0) candidate.endpoint = {{input.U32()}, input.U16()};
    candidate.priority = input.U32();
    candidate.foundation = "f";
    remote.candidates.push_back(candidate);
  }
  return remote;
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  path::TestWorld world;
  auto& host = world.AddHost("192.0.2.1");
  Stranger stranger(world.AddHost("198.51.100.9"));
  path::PortSettings settings;
  settings.bind.port = 5000;
  const auto port = path::NewMediaPort(host, settings).value();
  port->UseStunServer(kStunServer);
  const Endpoint target{host.address(), 5000};
  Call call(host, *port, input.Flag() ? path::PathRole::kControlling : path::PathRole::kControlled,
            input.Flag());
  port->AddReceiver(kSsrc, &call);
  const path::PathDescription local = call.agent->local();
  size_t given = 0;
  while (!input.empty()) {
    switch (input.Below(5)) {
      case 0:
        stranger.Send(input.Byte(), target, input.Block());
        ++given;
        break;
      case 1:
      case 2: {
        const size_t from = input.Byte();
        stranger.Send(from, target, Message(input, local, stranger.heard));
        ++given;
        break;
      }
      case 3:
        world.RunFor(milliseconds(20 * input.Byte()));
        break;
      default: {
        const path::PathDescription remote = Remote(input);
        if (call.agent) call.agent->SetRemote(remote);
      }
    }
  }
  world.RunFor(std::chrono::seconds(1));
  SFA_FUZZ_CHECK(port->dropped() <= given);
  // A stranger's datagram brings a few of ours at most, however often it is repeated.
  SFA_FUZZ_CHECK(world.sent() <= 40000);
}

Seeds MakeSeeds() {
  Script call;
  call.Byte(1).Byte(0);
  call.Byte(4).Byte(2).Byte(0).Byte(1).U32(100).Byte(1).Byte(1).U32(90);  // a description
  call.Byte(3).Byte(4);
  // A check with USERNAME, PRIORITY, ICE-CONTROLLED; then an answer to theirs.
  call.Byte(1).Byte(0).Byte(0).Byte(0).Byte(7).Byte(3).Byte(0).Byte(1).U32(77).Byte(3).U32(5);
  call.Byte(3).Byte(2);
  call.Byte(1).Byte(0).Byte(2).Byte(1).Byte(1).Byte(5).U32(0xC0000201).U16(5000);
  call.Byte(3).Byte(50);
  Script media;
  media.Byte(0).Byte(1);
  media.Byte(0).Byte(0).Block(Bytes{0x80, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6});
  media.Byte(0).Byte(1).Block(Bytes{0x80, 0, 0, 1, 0, 0, 0, 1, 9, 2, 3, 4, 5, 6});
  media.Byte(0).Byte(2).Block(Bytes{20, 1, 2, 3}).Byte(0).Byte(2).Block(Bytes{});
  media.Byte(3).Byte(10);
  Script roles;
  roles.Byte(1).Byte(1).Byte(4).Byte(1).Byte(0).Byte(1).U32(100).Byte(3).Byte(2);
  roles.Byte(1).Byte(0).Byte(3).Byte(1).Byte(1).Byte(6).Byte(1);  // a role conflict
  roles.Byte(1).Byte(1).Byte(0).Byte(0).Byte(9).Byte(4).Byte(0).Byte(2).U32(9).Byte(4).Byte(1).U32(
      1);
  roles.Byte(3).Byte(9);
  return {{"call", call.bytes()}, {"media", media.bytes()}, {"roles", roles.bytes()}};
}

}  // namespace

const Target kMediaPort = {"media_port", Run, MakeSeeds};

}  // namespace sfa::fuzz
