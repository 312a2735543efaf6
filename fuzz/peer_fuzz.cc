// A user on a network whose supernode and other users mean no good: the answers to the login, and
// every message of a call.
#include "fuzz/hostile_stream.h"
#include "fuzz/target.h"
#include "protocol/peer/description.h"
#include "protocol/peer/network.h"
#include "protocol/peer/peer.h"
#include "protocol/peer/properties.h"
#include "protocol/stream/test_world.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;

const Endpoint kNode{Ipv4Address::Of(198, 51, 100, 1), 33033};
const Endpoint kLogin{Ipv4Address::Of(198, 51, 100, 2), 33033};

// One node; answers a login as it should unless told otherwise.
class Node final : private AcceptHandler {
 public:
  Node(stream::TestWorld& world, const Endpoint& listen, wire::NodeRole role, uint64_t seed)
      : runtime_(world, listen.address, seed),
        identity_(stream::NewNodeIdentity(runtime_.random(), kRootSeed, "node", role)),
        listener_(runtime_.ListenTcp(listen, *this).value()) {}

  void Send(const wire::Message& message) {
    if (!streams_.empty()) streams_.back()->Send(message);
  }
  void SendRaw(std::string_view bytes) {
    if (!streams_.empty()) streams_.back()->Send(bytes);
  }
  const wire::Message& last() const { return last_; }
  std::string call_id;  // of the latest offer that the user has sent
  bool honest = true;

 private:
  void OnAccept(std::unique_ptr<ByteStream> accepted) override {
    auto stream = std::make_unique<HostileStream>(runtime_, std::move(accepted), identity_);
    stream->heard = [this](const wire::Message& message) {
      last_ = message;
      if (message.has_envelope()) call_id = message.envelope().call().call_id();
      if (honest) Answer(message);
    };
    streams_.push_back(std::move(stream));
  }

  void Answer(const wire::Message& question) {
    wire::Message reply;
    reply.set_request(question.request());
    if (question.has_network_request()) {
      *reply.mutable_network_reply()->mutable_login_server() = peer::ToWire(kLogin);
      *reply.mutable_network_reply()->add_supernodes() = peer::ToWire(kNode);
    } else if (question.has_login_request()) {
      const auto key = stream::ToKey(question.login_request().signing_key());
      SFA_FUZZ_CHECK(key.has_value());
      *reply.mutable_login_reply()->mutable_credential() =
          stream::IssueCredential(kRootSeed, question.login_request().user(), *key,
                                  runtime_.WallNow() + std::chrono::hours(1));
      *reply.mutable_login_reply()->add_supernodes() = peer::ToWire(kNode);
    } else if (question.has_register_request()) {
      *reply.mutable_register_reply()->mutable_mapped() =
          peer::ToWire(Endpoint{Ipv4Address::Of(192, 0, 2, 1), 40000});
    } else if (question.has_keepalive()) {
      reply.mutable_keepalive();
    } else if (question.has_lookup()) {
      reply.mutable_lookup_reply()->set_user(question.lookup().user());
      auto& device = *reply.mutable_lookup_reply()->add_devices();
      device.set_id(7);
      *device.mutable_home() = peer::ToWire(kNode);
    } else {
      return;
    }
    Send(reply);
  }

  stream::TestRuntime runtime_;
  const stream::NodeIdentity identity_;
  std::unique_ptr<TcpListener> listener_;
  std::vector<std::unique_ptr<HostileStream>> streams_;
  wire::Message last_;
};

class User final : public peer::PeerObserver {
 public:
  void OnLoginState(peer::LoginState, const std::string&) override {}
  void OnIncomingCall(std::unique_ptr<peer::Call> call) override {
    auto telephone = std::make_unique<Telephone>();
    call->SetObserver(telephone.get());
    telephone->call = std::move(call);
    telephones.push_back(std::move(telephone));
    SFA_FUZZ_CHECK(telephones.size() < 2000);
  }

  struct Telephone final : public peer::CallObserver {
    void OnAnswered(media::Codec) override { SFA_FUZZ_CHECK(!ended); }
    void OnEnded(peer::EndReason) override {
      SFA_FUZZ_CHECK(!ended);
      ended = true;
      call.reset();
    }
    void OnAudio(std::span<const uint8_t> encoded) override {
      SFA_FUZZ_CHECK(encoded.size() == media::kFrameSamples);
    }
    void OnDigit(char, bool, Duration) override {}
    std::unique_ptr<peer::Call> call;
    bool ended = false;
  };
  std::vector<std::unique_ptr<Telephone>> telephones;
};

struct Bench {
  stream::TestWorld world;
  Node node{world, kNode, wire::NODE_SUPERNODE, 1};
  Node login{world, kLogin, wire::NODE_LOGIN_SERVER, 2};
  stream::TestRuntime runtime{world, Ipv4Address::Of(192, 0, 2, 1), 3};
  // The other user, who has a good credential of his own.
  const stream::SigningKey evil_key = stream::NewSigningKey(runtime.random());
  const stream::ExchangeKey evil_share = stream::NewExchangeKey(runtime.random());
  std::unique_ptr<path::MediaPort> port =
      std::move(path::NewMediaPort(runtime, {Ipv4Address::Any(), 5000}).value());
  User user;
  std::unique_ptr<peer::Peer> peer;
};

// Whatever is in `raw`, made a description that opens.
wire::SignedMedia Signed(const Bench& bench, std::span<const uint8_t> raw,
                         const std::string& call_id, const std::string& offer) {
  wire::MediaDescription media;
  static_cast<void>(media.ParseFromArray(raw.data(), static_cast<int>(raw.size())));
  *media.mutable_credential() =
      stream::IssueCredential(kRootSeed, "dr_evil", bench.evil_key.public_key,
                              bench.runtime.WallNow() + std::chrono::hours(1));
  media.set_key_share(stream::ToString(bench.evil_share.public_key));
  if (media.ice_ufrag().empty()) media.set_ice_ufrag("evil");
  if (media.ice_password().empty()) media.set_ice_password("0123456789012345678901");
  if (media.codecs().empty()) peer::SetCodecs({media::Codec::kPcmu}, &media);
  return peer::SignMedia(media, {call_id, "dr_evil", "james_bond", offer}, bench.evil_key);
}

void SendCallMessage(Input& input, Bench& bench) {
  wire::Message message;
  wire::Envelope& envelope = *message.mutable_envelope();
  envelope.set_from(input.Below(8) == 0 ? "somebody" : "dr_evil");
  envelope.set_to("james_bond");
  envelope.mutable_from_device()->set_id(7 + input.Below(2));
  *envelope.mutable_from_device()->mutable_home() = peer::ToWire(kNode);
  wire::CallMessage& call = *envelope.mutable_call();
  std::string call_id(16, static_cast<char>('a' + input.Below(3)));
  std::string offer;
  if (input.Flag() && !bench.node.call_id.empty()) {
    // Of the call that the user has placed.
    call_id = bench.node.call_id;
    offer = bench.node.last().envelope().call().offer().media().description();
  }
  call.set_call_id(call_id);
  const auto raw = input.Block();
  switch (input.Below(6)) {
    case 0:
      *call.mutable_offer()->mutable_media() =
          Signed(bench, raw, call_id, peer::SignedWords(call.offer()));
      break;
    case 1:
      *call.mutable_ringing()->mutable_media() = Signed(bench, raw, call_id, offer);
      break;
    case 2:
      call.mutable_answer();
      break;
    case 3:
      call.mutable_end()->set_reason(static_cast<wire::EndReason>(input.Byte()));
      break;
    default:
      static_cast<void>(call.ParseFromArray(raw.data(), static_cast<int>(raw.size())));
      if (call.call_id().empty()) call.set_call_id(call_id);
  }
  bench.node.Send(message);
}

void Handle(Input& input, Bench& bench) {
  auto& telephones = bench.user.telephones;
  if (telephones.empty()) return;
  const size_t number = input.Byte() % telephones.size();
  User::Telephone& telephone = *telephones[number];
  switch (input.Below(6)) {
    case 0:
      if (telephone.call) telephone.call->Ring(media::Codec::kPcmu);
      break;
    case 1:
      if (telephone.call) telephone.call->Answer();
      break;
    case 2:
      if (telephone.call) telephone.call->End(peer::EndReason::kBusy);
      break;
    case 3:
      if (telephone.call) telephone.call->SendAudio(Bytes(160, 0x55));
      break;
    case 4:
      if (telephone.call) static_cast<void>(telephone.call->statistics());
      break;
    default:
      telephones.erase(telephones.begin() + static_cast<long>(number));
  }
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  Bench bench;
  bench.node.honest = input.Below(4) != 0;
  bench.login.honest = input.Below(4) != 0;
  peer::PeerSettings settings{"james_bond", "shaken", true, {}};
  settings.network.bootstrap_nodes = {kNode};
  settings.network.root_key = stream::SigningKeyOf(kRootSeed).public_key;
  bench.peer = NewPeer(bench.runtime, *bench.port, settings, bench.user);
  bench.peer->LogIn();
  bench.world.RunFor(milliseconds(2000));
  while (!input.empty()) {
    switch (input.Below(8)) {
      case 0:
        bench.node.SendRaw(TextOf(input.Block()));
        break;
      case 1: {
        // An answer of any kind to what was asked last.
        const auto raw = input.Block();
        Node& node = input.Flag() ? bench.login : bench.node;
        wire::Message message;
        static_cast<void>(message.ParseFromArray(raw.data(), static_cast<int>(raw.size())));
        message.set_request(node.last().request());
        node.Send(message);
        break;
      }
      case 2:
      case 3:
        SendCallMessage(input, bench);
        break;
      case 4:
        Handle(input, bench);
        break;
      case 5:
        bench.world.RunFor(milliseconds(20 * input.Byte()));
        break;
      case 6:
        if (bench.peer->state() == peer::LoginState::kLoggedIn &&
            bench.user.telephones.size() < 4) {
          auto telephone = std::make_unique<User::Telephone>();
          telephone->call = bench.peer->PlaceCall("dr_evil", {media::Codec::kPcmu}, *telephone);
          bench.user.telephones.push_back(std::move(telephone));
        }
        break;
      default:
        if (input.Flag()) {
          bench.peer->LogOut();
        } else {
          bench.peer->LogIn();
        }
    }
    bench.world.RunFor(milliseconds(30));
  }
  bench.peer.reset();
  bench.world.RunFor(milliseconds(500));
  bench.user.telephones.clear();
}

Seeds MakeSeeds() {
  wire::MediaDescription media;
  path::PathDescription path{"evil", "0123456789012345678901", {}};
  path.candidates.push_back(
      {path::CandidateKind::kHost, {Ipv4Address::Of(198, 51, 100, 9), 4000}, 5, "f"});
  peer::SetPath(path, &media);
  peer::SetCodecs({media::Codec::kPcma, media::Codec::kPcmu}, &media);
  media.set_ssrc(77);
  const std::string description = media.SerializeAsString();
  wire::CallMessage end;
  end.set_call_id(std::string(16, 'a'));
  end.mutable_end()->set_reason(wire::END_BUSY);
  wire::Message refusal;
  refusal.mutable_refusal()->set_reason(wire::REFUSAL_INCORRECT_PASSWORD);

  Script incoming;
  incoming.Byte(1).Byte(1);
  incoming.Byte(2).Byte(1).Byte(0).Byte(0).Byte(0).Block(description).Byte(0);  // an offer
  incoming.Byte(4).Byte(0).Byte(0).Byte(4).Byte(0).Byte(1).Byte(5).Byte(50);    // ring, answer
  incoming.Byte(2).Byte(1).Byte(0).Byte(0).Byte(0).Block(Bytes()).Byte(3).Byte(1);
  Script outgoing;
  outgoing.Byte(1).Byte(1).Byte(6).Byte(5).Byte(10);
  outgoing.Byte(2).Byte(1).Byte(0).Byte(0).Byte(1).Block(description).Byte(1);  // ringing
  outgoing.Byte(2).Byte(1).Byte(0).Byte(0).Byte(1).Block(Bytes()).Byte(2);      // answer
  outgoing.Byte(5).Byte(100).Byte(2).Byte(1).Byte(0).Byte(0).Byte(0);
  outgoing.Block(end.SerializeAsString()).Byte(5);
  Script refused;
  refused.Byte(1).Byte(0).Byte(1).Block(refusal.SerializeAsString()).Byte(1).Byte(5).Byte(9);
  refused.Byte(0).Block(std::string_view("\x08\x01\x52\x00")).Byte(7).Byte(0).Byte(7).Byte(1);
  return {
      {"incoming", incoming.bytes()}, {"outgoing", outgoing.bytes()}, {"refused", refused.bytes()}};
}

}  // namespace

const Target kPeer = {"peer", Run, MakeSeeds};

}  // namespace sfa::fuzz
