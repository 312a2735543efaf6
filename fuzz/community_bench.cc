#include "fuzz/community_bench.h"

#include "protocol/peer/network.h"

namespace sfa::fuzz {
namespace {

using std::chrono::milliseconds;

const Endpoint kLoginServerAt{Ipv4Address::Of(198, 51, 100, 100), 33033};
const Endpoint kSupernodeAt{Ipv4Address::Of(198, 51, 100, 1), 33033};
const Ipv4Address kStranger = Ipv4Address::Of(192, 0, 2, 1);
constexpr size_t kMostStreams = 4;

}  // namespace

CommunityBench::CommunityBench(Subject subject)
    : subject_(subject == Subject::kLoginServer ? kLoginServerAt : kSupernodeAt),
      role_(subject == Subject::kLoginServer ? wire::NODE_LOGIN_SERVER : wire::NODE_SUPERNODE),
      login_runtime_(world_, kLoginServerAt.address, 1),
      node_runtime_(world_, kSupernodeAt.address, 2),
      stranger_runtime_(world_, kStranger, 3),
      node_identity_(stream::NewNodeIdentity(stranger_runtime_.random(), kRootSeed, "stranger",
                                             wire::NODE_SUPERNODE)),
      user_key_(stream::NewSigningKey(stranger_runtime_.random())) {
  community::LoginServerSettings login;
  login.listen = kLoginServerAt;
  login.database = "/accounts.sqlite";
  login.root_seed = kRootSeed;
  login_server_ = std::move(NewLoginServer(login_runtime_, login).value());
  SFA_FUZZ_CHECK(
      login_server_
          ->AddAccount({"james_bond", "shaken", community::AccountKind::kBusiness, "James Bond"})
          .ok());
  if (subject == Subject::kSupernode) {
    community::SupernodeSettings node;
    node.name = "node1";
    node.listen = kSupernodeAt;
    node.login_server = kLoginServerAt;
    node.root_seed = kRootSeed;
    supernode_ = std::move(NewSupernode(node_runtime_, node).value());
  }
  world_.RunFor(milliseconds(200));
}

void CommunityBench::Connect() {
  streams_.push_back(std::make_unique<HostileStream>(
      stranger_runtime_, subject_, stream::SigningKeyOf(kRootSeed).public_key, role_));
  world_.RunFor(milliseconds(100));
}

// As a user with a good credential, or as a supernode.
void CommunityBench::Introduce(Input& input, HostileStream& stream) {
  wire::Message message;
  message.set_request(input.Byte());
  if (input.Flag()) {
    wire::NodeHello& hello = *message.mutable_node_hello();
    *hello.mutable_certificate() = node_identity_.certificate;
    *hello.mutable_address() = peer::ToWire(Endpoint{kStranger, 33033});
    hello.set_proof(stream::ProveNode(node_identity_,
                                      *stream::ToKey(stream.stream().server().public_key()),
                                      stream.stream().handshake_hash()));
  } else {
    wire::RegisterRequest& request = *message.mutable_register_request();
    *request.mutable_credential() = stream::IssueCredential(
        kRootSeed, input.Flag() ? "james_bond" : "dr_evil", user_key_.public_key,
        stranger_runtime_.WallNow() + std::chrono::hours(1));
    request.set_proof(stream::ProveUser(user_key_, stream.stream().handshake_hash()));
  }
  stream.Send(message);
}

void CommunityBench::Run(Input& input) {
  Connect();
  while (!input.empty()) {
    HostileStream& stream = *streams_.back();
    switch (input.Below(6)) {
      case 0:
      case 1:
      case 2:
        stream.Send(TextOf(input.Block()));
        world_.RunFor(milliseconds(25));
        break;
      case 3:
        if (stream.open()) Introduce(input, stream);
        world_.RunFor(milliseconds(50));
        break;
      case 4:
        world_.RunFor(milliseconds(50 * input.U16() % 200000));
        break;
      default:
        if (streams_.size() < kMostStreams) {
          Connect();
        } else {
          streams_.erase(streams_.begin());
        }
    }
  }
  streams_.clear();
  world_.RunFor(std::chrono::seconds(1));
  if (supernode_) SFA_FUZZ_CHECK(supernode_->users_here() == 0);
}

Seeds CommunitySeeds() {
  const auto of = [](auto change) {
    wire::Message message;
    message.set_request(1);
    change(message);
    return message.SerializeAsString();
  };
  const std::string login = of([](wire::Message& message) {
    auto& request = *message.mutable_login_request();
    request.set_version(peer::kProtocolVersion);
    request.set_user("james_bond");
    request.set_password("shaken");
    request.set_signing_key(std::string(32, 'k'));
    request.set_driver(true);
  });
  const std::string network = of([](wire::Message& message) {
    message.mutable_network_request()->set_version(peer::kProtocolVersion);
  });
  const std::string lookup =
      of([](wire::Message& message) { message.mutable_lookup()->set_user("james_bond"); });
  const std::string reply = of([](wire::Message& message) {
    auto& lookup_reply = *message.mutable_lookup_reply();
    lookup_reply.set_user("james_bond");
    lookup_reply.add_devices()->set_id(7);
  });
  const std::string keepalive = of([](wire::Message& message) { message.mutable_keepalive(); });
  const std::string unregister = of([](wire::Message& message) { message.mutable_unregister(); });
  const std::string envelope = of([](wire::Message& message) {
    auto& sent = *message.mutable_envelope();
    sent.set_from("dr_evil");
    sent.set_to("james_bond");
    sent.mutable_call()->set_call_id("0123456789abcdef");
    sent.mutable_call()->mutable_offer()->mutable_media()->set_description("d");
    sent.mutable_to_device()->set_id(7);
    *sent.mutable_to_device()->mutable_home() = peer::ToWire(kSupernodeAt);
  });
  const std::string undeliverable = of([](wire::Message& message) {
    message.mutable_undeliverable()->set_to("james_bond");
    message.mutable_undeliverable()->set_from("dr_evil");
  });
  const std::string publish = of([](wire::Message& message) {
    message.mutable_publish()->set_user("dr_evil");
    message.mutable_publish()->mutable_device()->set_id(9);
    message.mutable_publish()->set_online(true);
  });
  const std::string nodes = of([](wire::Message& message) {
    *message.mutable_node_list()->add_supernodes() = peer::ToWire(kSupernodeAt);
    *message.mutable_node_list()->add_supernodes() = peer::ToWire(Endpoint{kStranger, 33033});
  });
  Script stranger, user, node, two;
  stranger.Byte(0).Block(network).Byte(0).Block(login).Byte(0).Block(keepalive);
  stranger.Byte(0).Block(std::string_view("\xFF\xFF")).Byte(5).Byte(0).Block(nodes);
  user.Byte(3).Byte(1).Byte(0).Byte(1).Byte(0).Block(lookup).Byte(0).Block(envelope);
  user.Byte(0).Block(keepalive).Byte(4).U16(300).Byte(0).Block(unregister);
  node.Byte(3).Byte(1).Byte(1).Byte(0).Block(publish).Byte(0).Block(lookup).Byte(0).Block(envelope);
  node.Byte(0)
      .Block(undeliverable)
      .Byte(0)
      .Block(reply)
      .Byte(0)
      .Block(keepalive)
      .Byte(0)
      .Block(nodes);
  two.Byte(3).Byte(1).Byte(0).Byte(1).Byte(5).Byte(3).Byte(1).Byte(0).Byte(0).Byte(0).Block(
      envelope);
  two.Byte(5).Byte(3).Byte(2).Byte(0).Byte(1).Byte(0).Block(lookup).Byte(4).U16(40);
  return {{"stranger", stranger.bytes()},
          {"user", user.bytes()},
          {"node", node.bytes()},
          {"two", two.bytes()}};
}

}  // namespace sfa::fuzz
