// The media port with all its ways, and a path agent on it: datagrams and frames of strangers, of a
// peer that knows the passwords but not the rules, and through a relay that comes and goes.
#include "fuzz/stranger.h"
#include "fuzz/target.h"
#include "protocol/path/path_agent.h"
#include "protocol/stream/test_world.h"
#include "protocol/stun/builder.h"
#include "protocol/turn/test_server.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;
using stun::AttributeType;

const Endpoint kTarget{Ipv4Address::Of(192, 0, 2, 1), 5000};
const Endpoint kRelay{Ipv4Address::Of(198, 51, 100, 1), 33033};
constexpr uint32_t kSsrc = 0x01020304;
constexpr char kPeerPassword[] = "peerpeerpeerpeerpeerpe";

class Call final : public path::PathObserver, public path::MediaReceiver {
 public:
  Call(Runtime& runtime, path::MediaPort& port, path::PathRole role, bool hangs_up)
      : agent(NewPathAgent(runtime, port, role, *this)), hangs_up_(hangs_up) {}
  void OnPathOpen(const path::PathInfo& path) override {
    SFA_FUZZ_CHECK(agent != nullptr && agent->is_open() && path.remote.port != 0);
    if (hangs_up_) agent.reset();
  }
  void OnLocalCandidates() override {
    SFA_FUZZ_CHECK(agent != nullptr && agent->local().candidates.size() <= 40);
  }
  void OnPathSilent() override { SFA_FUZZ_CHECK(agent != nullptr && agent->is_open()); }
  void OnPathFailed() override {
    SFA_FUZZ_CHECK(agent != nullptr && !agent->is_open());
    agent.reset();
  }
  void OnMedia(const path::Route& from, std::span<const uint8_t> packet) override {
    SFA_FUZZ_CHECK(packet.size() >= 12);
    heard_from = from;
  }
  std::unique_ptr<path::PathAgent> agent;
  path::Route heard_from;

 private:
  const bool hangs_up_;
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
    switch (input.Below(9)) {
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
      case 7:
        builder.Add32(AttributeType::kNomination, input.U32());
        break;
      default: {
        const auto type = static_cast<AttributeType>(input.U16());
        builder.Add(type, input.Take(input.Below(64)));
      }
    }
  }
  const bool answers =
      message_class == stun::MessageClass::kSuccess || message_class == stun::MessageClass::kError;
  builder.AddIntegrity(stun::ShortTermKey(answers ? kPeerPassword : local.password));
  builder.AddFingerprint();
  return Bytes(builder.bytes().begin(), builder.bytes().end());
}

// RFC 4571.
Bytes Framed(const Bytes& packet) { return Script().Block(packet).bytes(); }

path::PathDescription Remote(Input& input) {
  path::PathDescription remote{"peer", kPeerPassword, {}};
  for (size_t candidates = input.Below(20); candidates > 0; --candidates) {
    constexpr path::CandidateKind kKinds[] = {
        path::CandidateKind::kHost, path::CandidateKind::kServerReflexive,
        path::CandidateKind::kPeerReflexive, path::CandidateKind::kRelayed};
    const uint8_t choice = input.Byte();
    path::Candidate candidate;
    candidate.kind = kKinds[choice & 3];
    candidate.transport =
        (choice & 4) != 0 ? path::CandidateTransport::kTcpPassive : path::CandidateTransport::kUdp;
    candidate.endpoint = {kStranger.address,
                          static_cast<uint16_t>(kStranger.port + (choice >> 3 & 3))};
    if (choice >> 5 == 0) candidate.endpoint = {{input.U32()}, input.U16()};
    candidate.priority = input.U32();
    candidate.foundation = "f";
    remote.candidates.push_back(candidate);
  }
  return remote;
}

class Bench {
 public:
  explicit Bench(uint8_t choices) : port_(NewPort(choices)) {
    path::Surroundings surroundings;
    surroundings.mapping = static_cast<path::Mapping>(choices >> 5 & 3);
    if ((choices >> 5 & 3) == 3) surroundings.mapping = path::Mapping::kSequential;
    surroundings.port_step = 1;
    surroundings.nodes.push_back({kRelay, milliseconds(20)});
    port_->SetSurroundings(surroundings);
    port_->SetRelays({{kRelay}, turn::kTestName, turn::kTestPassword});
    port_->UseStunServer(kRelay);
    call_.emplace(runtime_, *port_,
                  (choices & 1) != 0 ? path::PathRole::kControlling : path::PathRole::kControlled,
                  (choices & 2) != 0);
    port_->AddReceiver(kSsrc, &*call_);
    local_ = call_->agent->local();
  }
  void Step(Input& input);
  void End() {
    world_.RunFor(std::chrono::seconds(1));
    SFA_FUZZ_CHECK(disturbed_ || port_->dropped() <= given_);
    call_->agent.reset();
    world_.RunFor(std::chrono::seconds(10));
    // Nobody wants a relay any more.
    SFA_FUZZ_CHECK(!relay_.answers || relay_.allocations() == 0 || disturbed_);
  }

 private:
  std::unique_ptr<path::MediaPort> NewPort(uint8_t choices) {
    path::PortSettings settings;
    settings.bind.port = kTarget.port;
    settings.udp = (choices & 4) == 0;
    settings.listen_tcp = (choices & 8) == 0;
    settings.tcp_auto = (choices & 16) != 0;
    return path::NewMediaPort(runtime_, settings).value();
  }
  void SendByStream(Input& input);
  void Relay(Input& input);
  void Use(Input& input);

  stream::TestWorld world_;
  stream::TestRuntime runtime_{world_, kTarget.address, 1},
      relay_runtime_{world_, kRelay.address, 2};
  turn::TestServer relay_{relay_runtime_, kRelay, {kRelay.port, 80, 443}};
  Stranger stranger_{world_};
  std::unique_ptr<path::MediaPort> port_;
  std::optional<Call> call_;
  path::PathDescription local_;
  uint64_t given_ = 0;  // packets that may be nobody's
  // The relay did not always behave, or checks were sent that may come back to us.
  bool disturbed_ = false;
};

void Bench::SendByStream(Input& input) {
  const size_t number = input.Byte();
  Bytes bytes;
  switch (input.Below(3)) {
    case 0: {
      const auto raw = input.Block();
      bytes.assign(raw.begin(), raw.end());
      given_ += bytes.size();  // frames, at most
      break;
    }
    case 1:
      bytes = Framed(Message(input, local_, stranger_.heard));
      break;
    default: {
      const auto packet = input.Block();
      bytes = Framed({packet.begin(), packet.end()});
    }
  }
  ++given_;
  if (ByteStream* stream = stranger_.stream(number)) stream->Write(bytes);
}

void Bench::Relay(Input& input) {
  disturbed_ = true;
  switch (input.Below(9)) {
    case 0:
      relay_.answers = !relay_.answers;
      break;
    case 1:
      relay_.Forget();
      break;
    case 2:
      relay_.CloseConnections();
      break;
    case 3:
      relay_.nonce += 'n';
      break;
    case 4:
      relay_.port_shift = input.Byte();
      break;
    case 5: {
      const auto method = static_cast<uint16_t>(input.Below(10));
      relay_.refused[method] = 300 + input.Byte();
      break;
    }
    case 6:
      relay_.lie = Endpoint{{input.U32()}, input.U16()};
      break;
    case 7:
      relay_.Inject(kTarget, input.Block());
      break;
    default: {
      const Endpoint peer{kStranger.address,
                          static_cast<uint16_t>(kStranger.port + input.Below(3))};
      const auto channel = static_cast<uint16_t>(input.Below(3));
      const Bytes message = Message(input, local_, stranger_.heard);
      relay_.FromPeer(peer, message, channel == 0 ? channel : uint16_t(0x3FFF + channel));
    }
  }
}

void Bench::Use(Input& input) {
  switch (input.Below(6)) {
    case 0:
      if (call_->agent) call_->agent->SendMedia(Bytes(172, 0x80));
      break;
    case 1:
      if (call_->agent) call_->agent->OnMediaHeard(call_->heard_from);
      break;
    case 2:
      port_->UseStunServer(input.Flag() ? kRelay : kStranger);
      disturbed_ = true;  // nobody waits for the earlier one's answer
      break;
    case 3:
      port_->AskMapping(input.Flag() ? kRelay : kStranger, milliseconds(500), [](const auto&) {});
      break;
    case 4:
      world_.udp_works = !world_.udp_works;
      disturbed_ = true;
      break;
    default:
      static_cast<void>(port_->SendMedia(call_->heard_from, Bytes(172, 0x80)));
  }
}

void Bench::Step(Input& input) {
  const uint64_t before = stranger_.datagrams;
  Duration passed = milliseconds(0);
  switch (input.Below(10)) {
    case 0: {
      const size_t from = input.Byte();
      stranger_.Send(from, kTarget, input.Block());
      ++given_;
      break;
    }
    case 1:
    case 2: {
      const size_t from = input.Byte();
      stranger_.Send(from, kTarget, Message(input, local_, stranger_.heard));
      ++given_;
      break;
    }
    case 3:
      passed = milliseconds(20 * input.Byte());
      break;
    case 4: {
      const path::PathDescription remote = Remote(input);
      disturbed_ = true;
      if (!call_->agent) break;
      call_->agent->SetRemote(remote);
      call_->agent->UpdateRemote(remote.candidates);
      break;
    }
    case 5:
      stranger_.Connect({kTarget.address, input.Flag() ? kTarget.port : uint16_t{80}});
      break;
    case 6:
      SendByStream(input);
      break;
    case 7: {
      const size_t number = input.Byte();
      if (input.Flag()) {
        stranger_.Drop(number);
      } else if (ByteStream* stream = stranger_.stream(number)) {
        stream->Abort();
      }
      break;
    }
    case 8:
      Relay(input);
      break;
    default:
      Use(input);
  }
  passed += milliseconds(20);
  world_.RunFor(passed);
  // A stranger is not flooded, whatever is said to us: 48 pairs, each asked every 20 ms at most.
  SFA_FUZZ_CHECK(stranger_.datagrams - before <=
                 200 + 50 * static_cast<uint64_t>(passed / milliseconds(1000) + 1));
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  Bench bench(input.Byte());
  while (!input.empty()) bench.Step(input);
  bench.End();
}

constexpr uint8_t kListens = 16;  // on 80 and 443 too

Seeds MakeSeeds() {
  Script call;
  call.Byte(1);
  call.Byte(4).Byte(2).Byte(32).U32(100).Byte(40).U32(90);  // a description
  call.Byte(3).Byte(4);
  // A check with USERNAME, PRIORITY, ICE-CONTROLLED; then an answer to theirs.
  call.Byte(1).Byte(0).Byte(0).Byte(0).Byte(7).Byte(3).Byte(0).Byte(1).U32(77).Byte(3).U32(5);
  call.Byte(3).Byte(2);
  call.Byte(1).Byte(0).Byte(2).Byte(1).Byte(1).Byte(5).U32(kTarget.address.value).U16(5000);
  call.Byte(9).Byte(0).Byte(3).Byte(50).Byte(3).Byte(200);
  Script media;
  media.Byte(kListens);
  const Bytes packet{0x80, 0, 0, 1, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6};
  media.Byte(0).Byte(0).Block(packet);
  media.Byte(0).Byte(1).Block(Bytes{0x80, 0, 0, 1, 0, 0, 0, 1, 9, 2, 3, 4, 5, 6});
  media.Byte(0).Byte(2).Block(Bytes{20, 1, 2, 3}).Byte(0).Byte(2).Block(Bytes{});
  media.Byte(5).Byte(0).Byte(3).Byte(1).Byte(6).Byte(0).Byte(2).Block(packet);
  media.Byte(6).Byte(0).Byte(0).Block(Bytes{0, 3, 1}).Byte(9).Byte(5).Byte(7).Byte(0).Byte(1);
  Script roles;
  roles.Byte(0).Byte(4).Byte(1).Byte(32).U32(100).Byte(3).Byte(2);
  roles.Byte(1).Byte(0).Byte(3).Byte(1).Byte(1).Byte(6).Byte(1);  // a role conflict
  roles.Byte(1).Byte(1).Byte(0).Byte(0).Byte(9).Byte(4).Byte(0).Byte(2).U32(9).Byte(4).Byte(1);
  roles.U32(1).Byte(3).Byte(9);
  Script tcp;  // no UDP; a check comes by TCP, another goes out
  tcp.Byte(1 | 4);
  tcp.Byte(4).Byte(1).Byte(36).U32(100).Byte(3).Byte(20);
  tcp.Byte(6).Byte(0).Byte(1).Byte(2).Byte(1).Byte(1).Byte(5).U32(kTarget.address.value).U16(5000);
  tcp.Byte(5).Byte(1).Byte(3).Byte(1);
  tcp.Byte(6).Byte(1).Byte(1).Byte(0).Byte(0).Byte(7).Byte(3).Byte(0).Byte(1).U32(77).Byte(3);
  tcp.U32(5).Byte(3).Byte(10).Byte(7).Byte(0).Byte(0).Byte(3).Byte(100);
  Script relayed;
  relayed.Byte(1).Byte(4).Byte(1).Byte(35).U32(100).Byte(3).Byte(50);
  relayed.Byte(8).Byte(8).Byte(0).Byte(0).Byte(0).Byte(0).Byte(7).Byte(3).Byte(0).Byte(1).U32(77);
  relayed.Byte(3).U32(5).Byte(3).Byte(10).Byte(8).Byte(3).Byte(3).Byte(250);
  relayed.Byte(9).Byte(4).Byte(3).Byte(250).Byte(9).Byte(4).Byte(8).Byte(1).Byte(3).Byte(250);
  return {{"call", call.bytes()},
          {"media", media.bytes()},
          {"roles", roles.bytes()},
          {"tcp", tcp.bytes()},
          {"relayed", relayed.bytes()}};
}

}  // namespace

const Target kMediaPort = {"media_port", Run, MakeSeeds};

}  // namespace sfa::fuzz
