#include "fake_skype_network/supernode.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "fake_skype_network/connection_table.h"
#include "fake_skype_network/directory.h"
#include "fake_skype_network/lookup_desk.h"
#include "fake_skype_network/neighbours.h"
#include "fake_skype_network/node_ports.h"
#include "fake_skype_network/presence_reporter.h"
#include "fake_skype_network/relay_server.h"
#include "fake_skype_network/service_window.h"
#include "fake_skype_network/tcp_door.h"
#include "protocol/peer/network.h"

namespace sfa::community {
namespace {

// Several hundred users is what a supernode served (administrator guide 3.0); other nodes and those
// who only ask come on top.
constexpr size_t kMaxConnections = 2000;
// Who has not registered by then goes; it leaves time for a slow login server.
constexpr Duration kStrangerPatience = std::chrono::seconds(90);
// Two keepalives (every 60 s) and a half.
constexpr Duration kPatience = std::chrono::seconds(150);
constexpr Duration kSweepInterval = std::chrono::seconds(10);
// A user's messages in one sweep's interval; a telephone needs a handful.
constexpr int kMaxMessages = 500;
// The relay's ways: UDP doors first, then a number for each TCP connection.
constexpr uint32_t kFirstUdpWay = 1;
constexpr uint32_t kFirstTcpWay = 100;

struct ConnectionState {
  enum class Kind { kStranger, kUser, kNode } kind = Kind::kStranger;
  int messages = 0;
  bool unregistered = false;  // it has said so
  std::string user;           // of a user
  uint64_t device = 0;        // likewise
  bool MakesRoom() const { return kind == Kind::kStranger; }
};
using Kind = ConnectionState::Kind;
using Connections = ConnectionTable<ConnectionState>;
using Connection = Connections::Connection;

class SupernodeImpl final : public Supernode,
                            private Connections::Handler,
                            private NeighboursHandler {
 public:
  SupernodeImpl(Runtime& runtime, SupernodeSettings settings)
      : runtime_(runtime),
        settings_(std::move(settings)),
        self_(settings_.listen),
        identity_(stream::NewNodeIdentity(runtime.random(), settings_.root_seed, settings_.name,
                                          wire::NODE_SUPERNODE)),
        root_key_(stream::SigningKeyOf(settings_.root_seed).public_key),
        relay_(runtime, RelaySettingsOf(settings_)),
        connections_(runtime, identity_, kMaxConnections, *this),
        tcp_(runtime, kFirstTcpWay, relay_, connections_.acceptor()),
        sweep_(runtime.NewTimer([this] { Sweep(); })) {
    sweep_->Start(kSweepInterval);
  }

  Status Open() {
    auto doors = OpenUdpDoors(runtime_, self_, kFirstUdpWay, relay_);
    if (!doors) return doors.error();
    udp_ = std::move(*doors);
    if (Status status = tcp_.Listen(self_); !status) return status;
    NeighboursHandler& handler = *this;
    neighbours_ = std::make_unique<Neighbours>(runtime_, self_, settings_.login_server, root_key_,
                                               identity_, handler);
    presence_ = std::make_unique<PresenceReporter>(runtime_, self_, *neighbours_);
    lookups_ =
        std::make_unique<LookupDesk>(runtime_, self_, directory_, *neighbours_,
                                     [this](uint64_t connection, const wire::Message& reply) {
                                       if (Connection* const found = connections_.Find(connection))
                                         found->stream().Send(reply);
                                     });
    return {};
  }

  size_t users_here() const override { return users_.size(); }
  bool HasUser(const std::string& user) const override {
    const auto found = users_.lower_bound({user, 0});
    return found != users_.end() && found->first.first == user;
  }
  size_t relays_now() const override { return relay_.allocations(); }
  const RelayStatistics& relay_statistics() const override { return relay_.statistics(); }

 private:
  using UserKey = std::pair<std::string, uint64_t>;

  static RelaySettings RelaySettingsOf(const SupernodeSettings& settings) {
    RelaySettings relay;
    relay.address = settings.listen.address;
    relay.private_peers = settings.relay_to_private;
    return relay;
  }

  void OnMessage(Connection& connection, const wire::Message& message) override {
    if (connection.state.kind == Kind::kNode) return OnMessageOfNode(connection, message);
    if (++connection.state.messages > kMaxMessages) return connections_.Drop(connection);
    switch (message.body_case()) {
      case wire::Message::kNetworkRequest:
        return OnNetworkRequest(connection, message);
      case wire::Message::kRegisterRequest:
        return OnRegister(connection, message);
      case wire::Message::kNodeHello:
        return OnNodeHello(connection, message.node_hello());
      default:
        break;
    }
    if (connection.state.kind != Kind::kUser) return connections_.Drop(connection);
    OnUserMessage(connection, message);
  }

  void OnNetworkRequest(Connection& connection, const wire::Message& message) {
    wire::Message reply;
    reply.set_request(message.request());
    if (message.network_request().version() != peer::kProtocolVersion) {
      reply.mutable_refusal()->set_reason(wire::REFUSAL_UNSUPPORTED_VERSION);
    } else {
      wire::NetworkReply* network = reply.mutable_network_reply();
      *network->mutable_login_server() = peer::ToWire(settings_.login_server);
      for (const Endpoint& node : neighbours_->nodes()) {
        *network->add_supernodes() = peer::ToWire(node);
      }
    }
    connection.stream().Send(reply);
  }

  void OnRegister(Connection& connection, const wire::Message& message) {
    const wire::RegisterRequest& request = message.register_request();
    wire::Message reply;
    reply.set_request(message.request());
    if (connection.state.kind != Kind::kStranger ||
        !stream::VerifyCredential(request.credential(), root_key_, runtime_.WallNow()) ||
        !stream::VerifyUserProof(request.credential(), connection.stream().handshake_hash(),
                                 request.proof())) {
      reply.mutable_refusal()->set_reason(wire::REFUSAL_BAD_CREDENTIAL);
      connection.stream().Send(reply);
      return;
    }
    connection.state.kind = Kind::kUser;
    connection.state.user = request.credential().user();
    connection.state.device = stream::DeviceId(request.credential());
    const UserKey key{connection.state.user, connection.state.device};
    const auto [user, is_new] = users_.try_emplace(key, connection.number());
    if (!is_new) {
      // The same login has come back over another stream; nobody waits for the old one.
      const uint64_t old = std::exchange(user->second, connection.number());
      connections_.Drop(*connections_.Find(old));
    }
    *reply.mutable_register_reply()->mutable_mapped() = peer::ToWire(connection.stream().remote());
    connection.stream().Send(reply);
    Publish(key, true);
    presence_->LoggedIn(key);
  }

  void OnUserMessage(Connection& connection, const wire::Message& message) {
    switch (message.body_case()) {
      case wire::Message::kKeepalive:
        connection.stream().Send(message);
        return;
      case wire::Message::kUnregister:
        connection.state.unregistered = true;
        return connections_.Drop(connection);
      case wire::Message::kServiceRequest:
        return OnServiceRequest(connection, message);
      case wire::Message::kLookup:
        return lookups_->Ask(connection.number(), connection.state.user, message.lookup().user());
      case wire::Message::kEnvelope: {
        wire::Message passed = message;
        passed.set_request(0);
        wire::Envelope* envelope = passed.mutable_envelope();
        envelope->set_from(connection.state.user);
        *envelope->mutable_from_device() = ToWire(DeviceEntry{connection.state.device, self_});
        return Route(passed);
      }
      default:
        return connections_.Drop(connection);
    }
  }

  void OnServiceRequest(Connection& connection, const wire::Message& message) {
    wire::Message passed;
    wire::ServicePassage* const passage = passed.mutable_service_passage();
    passage->set_user(connection.state.user);
    passage->set_device(connection.state.device);
    passage->set_request(message.request());
    *passage->mutable_asked() = message.service_request();
    if (message.service_request().ByteSizeLong() > ServiceWindow::kMostBytes) {
      return Refuse(connection, message.request(), wire::SERVICE_BAD_VALUE, "too long");
    }
    if (!services_.Begin(connection.number())) {
      return Refuse(connection, message.request(), wire::SERVICE_TOO_MANY,
                    "too many requests at a time");
    }
    if (neighbours_->SendToLoginServer(passed)) return;
    services_.End(connection.number());
    Refuse(connection, message.request(), wire::SERVICE_UNREACHABLE,
           "the login server is out of reach");
  }

  static void Refuse(Connection& connection, uint32_t request, wire::ServiceResult why,
                     const char* text) {
    wire::Message message;
    message.set_request(request);
    message.mutable_service_reply()->set_result(why);
    message.mutable_service_reply()->set_text(text);
    connection.stream().Send(message);
  }

  // To the login that it is for, or, news without a device, to all logins of the user here.
  void OnPassage(const wire::ServicePassage& passage) {
    wire::Message message;
    if (passage.has_reply()) {
      message.set_request(passage.request());
      *message.mutable_service_reply() = passage.reply();
      const auto found = users_.find({passage.user(), passage.device()});
      if (found == users_.end()) return;
      services_.End(found->second);
    } else if (passage.has_news()) {
      *message.mutable_service_news() = passage.news();
    } else {
      return;
    }
    if (passage.device() != 0) {
      if (SendTo({passage.user(), passage.device()}, message) || !passage.has_news()) return;
      // The login has gone a moment ago: the login server keeps for it what must not be lost.
      wire::Message back;
      *back.mutable_service_passage() = passage;
      neighbours_->SendToLoginServer(back);
      return;
    }
    for (auto each = users_.lower_bound({passage.user(), 0});
         each != users_.end() && each->first.first == passage.user(); ++each) {
      connections_.Find(each->second)->stream().Send(message);
    }
  }

  // From here to the home of the addressee; back to the sender when there is none.
  void Route(const wire::Message& message) {
    const Endpoint home = peer::FromWire(message.envelope().to_device().home());
    const bool passed = home == self_ ? Deliver(message) : neighbours_->SendToNode(home, message);
    if (!passed) ReturnToSender(message.envelope());
  }

  bool Deliver(const wire::Message& message) {
    const wire::Envelope& envelope = message.envelope();
    return SendTo({envelope.to(), envelope.to_device().id()}, message);
  }

  bool SendTo(const UserKey& user, const wire::Message& message) {
    const auto found = users_.find(user);
    return found != users_.end() && connections_.Find(found->second)->stream().Send(message);
  }

  void ReturnToSender(const wire::Envelope& envelope) {
    wire::Message message;
    wire::Undeliverable* undeliverable = message.mutable_undeliverable();
    undeliverable->set_to(envelope.to());
    *undeliverable->mutable_to_device() = envelope.to_device();
    undeliverable->set_call_id(envelope.call().call_id());
    undeliverable->set_from(envelope.from());
    *undeliverable->mutable_from_device() = envelope.from_device();
    const Endpoint home = peer::FromWire(envelope.from_device().home());
    if (home == self_) {
      SendTo({envelope.from(), envelope.from_device().id()}, message);
    } else {
      neighbours_->SendToNode(home, message);
    }
  }

  // NeighboursHandler
  void OnLoginServerMessage(const wire::Message& message) override {
    if (message.has_lookup_reply()) return lookups_->OnLoginServersReply(message);
    if (message.has_service_passage()) return OnPassage(message.service_passage());
    if (!message.has_node_list()) return;
    const auto secret = stream::ToKey(message.node_list().relay_secret());
    if (secret) relay_.Learn(*secret);
    neighbours_->OnNodeList(message.node_list());
  }

  void OnLoginServerFound() override { presence_->Begin(users_); }
  void OnLoginServerLost() override { services_.ForgetAll(); }

  void OnNodeMessage(const Endpoint& node, const wire::Message& message) override {
    if (message.has_lookup_reply()) lookups_->OnKeepersReply(node, message);
  }

  void OnUnheard(const wire::Message& message) override {
    // Lookups go on by themselves, and what was published is published again.
    if (message.has_envelope()) ReturnToSender(message.envelope());
  }

  void OnNodesChanged(const std::vector<Endpoint>& before) override {
    directory_.ForgetHomesOtherThan(neighbours_->nodes());
    directory_.ForgetUsersOfOthers(self_, neighbours_->nodes());
    // New keepers are told.
    for (const auto& [user, connection] : users_) {
      const auto old = KeepersOf(user.first, before);
      for (const Endpoint& keeper : KeepersOf(user.first, neighbours_->nodes())) {
        if (std::find(old.begin(), old.end(), keeper) == old.end()) PublishAt(keeper, user, true);
      }
    }
  }

  void OnNodeWasLost(const Endpoint& node) override {
    for (const auto& [user, connection] : users_) {
      const auto keepers = KeepersOf(user.first, neighbours_->nodes());
      if (std::find(keepers.begin(), keepers.end(), node) != keepers.end()) {
        PublishAt(node, user, true);
      }
    }
  }

  void Publish(const UserKey& user, bool online) {
    for (const Endpoint& keeper : KeepersOf(user.first, neighbours_->nodes())) {
      PublishAt(keeper, user, online);
    }
  }

  void PublishAt(const Endpoint& keeper, const UserKey& user, bool online) {
    const DeviceEntry device{user.second, self_};
    if (keeper == self_) {
      online ? directory_.Publish(user.first, device) : directory_.Withdraw(user.first, device);
      return;
    }
    wire::Message message;
    wire::PublishRequest* publish = message.mutable_publish();
    publish->set_user(user.first);
    *publish->mutable_device() = ToWire(device);
    publish->set_online(online);
    neighbours_->SendToNode(keeper, message);
  }

  void OnNodeHello(Connection& connection, const wire::NodeHello& hello) {
    if (connection.state.kind != Kind::kStranger ||
        !stream::VerifyNode(hello.certificate(), root_key_, wire::NODE_SUPERNODE) ||
        !stream::VerifyNodeProof(hello.certificate(), identity_,
                                 connection.stream().handshake_hash(), hello.proof())) {
      return connections_.Drop(connection);
    }
    connection.state.kind = Kind::kNode;
  }

  void OnMessageOfNode(Connection& connection, const wire::Message& message) {
    switch (message.body_case()) {
      case wire::Message::kKeepalive:
        connection.stream().Send(message);
        return;
      case wire::Message::kPublish: {
        const wire::PublishRequest& publish = message.publish();
        const DeviceEntry device = FromWire(publish.device());
        publish.online() ? directory_.Publish(publish.user(), device)
                         : directory_.Withdraw(publish.user(), device);
        return;
      }
      case wire::Message::kLookup: {
        wire::Message reply;
        reply.set_request(message.request());
        reply.mutable_lookup_reply()->set_user(message.lookup().user());
        for (const DeviceEntry& device : directory_.Find(message.lookup().user())) {
          *reply.mutable_lookup_reply()->add_devices() = ToWire(device);
        }
        connection.stream().Send(reply);
        return;
      }
      case wire::Message::kEnvelope:
        if (!Deliver(message)) ReturnToSender(message.envelope());
        return;
      case wire::Message::kUndeliverable:
        SendTo({message.undeliverable().from(), message.undeliverable().from_device().id()},
               message);
        return;
      default:
        return connections_.Drop(connection);
    }
  }

  void OnGone(Connection& connection) override {
    if (connection.state.kind != Kind::kUser) return;
    services_.Forget(connection.number());
    const UserKey key{connection.state.user, connection.state.device};
    const auto user = users_.find(key);
    if (user == users_.end() || user->second != connection.number()) return;
    users_.erase(user);
    Publish(key, false);
    presence_->LoggedOut(key, !connection.state.unregistered);
  }

  void Sweep() {
    const MonotonicTime now = runtime_.Now();
    connections_.ForEach([&](Connection& connection) {
      connection.state.messages = 0;
      const bool stranger = connection.state.kind == Kind::kStranger;
      if (now - connection.heard() > (stranger ? kStrangerPatience : kPatience)) {
        connections_.Drop(connection);
      }
    });
    sweep_->Start(kSweepInterval);
  }

  Runtime& runtime_;
  const SupernodeSettings settings_;
  const Endpoint self_;
  const stream::NodeIdentity identity_;
  const stream::Key root_key_;
  Directory directory_;
  std::map<UserKey, uint64_t> users_;  // to their connection
  RelayServer relay_;
  std::vector<std::unique_ptr<UdpDoor>> udp_;
  std::unique_ptr<Neighbours> neighbours_;
  std::unique_ptr<PresenceReporter> presence_;
  std::unique_ptr<LookupDesk> lookups_;
  ServiceWindow services_;
  Connections connections_;
  TcpDoor tcp_;
  std::unique_ptr<Timer> sweep_;
};

}  // namespace

Result<std::unique_ptr<Supernode>> NewSupernode(Runtime& runtime, SupernodeSettings settings) {
  auto supernode = std::make_unique<SupernodeImpl>(runtime, std::move(settings));
  if (const Status status = supernode->Open(); !status) return status.error();
  return std::unique_ptr<Supernode>(std::move(supernode));
}

}  // namespace sfa::community
