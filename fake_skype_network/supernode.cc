#include "fake_skype_network/supernode.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "fake_skype_network/directory.h"
#include "fake_skype_network/node_link.h"
#include "protocol/peer/network.h"
#include "protocol/stream/message_stream.h"
#include "protocol/stun/server.h"

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
constexpr size_t kMaxLookups = 10'000;

wire::Device ToWire(const DeviceEntry& device) {
  wire::Device result;
  result.set_id(device.id);
  *result.mutable_home() = peer::ToWire(device.home);
  return result;
}

DeviceEntry FromWire(const wire::Device& device) {
  return {device.id(), peer::FromWire(device.home())};
}

class SupernodeImpl final : public Supernode,
                            private UdpReceiver,
                            private AcceptHandler,
                            private stream::MessageHandler,
                            private NodeLinkHandler {
 public:
  SupernodeImpl(Runtime& runtime, SupernodeSettings settings)
      : runtime_(runtime),
        settings_(std::move(settings)),
        self_(settings_.listen),
        identity_(stream::NewNodeIdentity(runtime.random(), settings_.root_seed, settings_.name,
                                          wire::NODE_SUPERNODE)),
        root_key_(stream::SigningKeyOf(settings_.root_seed).public_key),
        nodes_{self_},
        sweep_(runtime.NewTimer([this] { Sweep(); })) {
    sweep_->Start(kSweepInterval);
  }

  Status Open() {
    auto socket = runtime_.OpenUdp(self_, *this);
    if (!socket) return socket.error();
    socket_ = std::move(*socket);
    auto listener = runtime_.ListenTcp(self_, *this);
    if (!listener) return listener.error();
    listener_ = std::move(*listener);
    NodeLinkHandler& handler = *this;
    login_server_ =
        std::make_unique<NodeLink>(runtime_, self_, settings_.login_server, wire::NODE_LOGIN_SERVER,
                                   root_key_, identity_, true, handler);
    return {};
  }

  size_t users_here() const override { return users_.size(); }

 private:
  enum class Kind { kStranger, kUser, kNode };
  struct Connection {
    std::unique_ptr<stream::MessageStream> stream;
    Kind kind = Kind::kStranger;
    MonotonicTime heard;
    int messages = 0;
    std::string user;     // of a user
    uint64_t device = 0;  // likewise
  };
  using Connections = std::map<uint64_t, Connection>;
  using UserKey = std::pair<std::string, uint64_t>;
  struct PendingLookup {
    uint64_t connection;
    std::string user;
    MonotonicTime asked;
  };

  // STUN: a supernode is where users learn their mapping.
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    const auto request = stun::Message::Parse(bytes);
    if (!request) return;
    if (const auto answer = stun::AnswerBinding(*request, from)) {
      static_cast<void>(socket_->Send(from, answer->bytes()));
    }
  }

  void OnAccept(std::unique_ptr<ByteStream> accepted) override {
    if (connections_.size() >= kMaxConnections) {
      accepted->SetHandler(nullptr);
      accepted->Abort();
      return;
    }
    Connection connection;
    stream::MessageHandler& handler = *this;
    connection.stream =
        std::make_unique<stream::MessageStream>(runtime_, std::move(accepted), identity_, handler);
    connection.heard = runtime_.Now();
    connections_.emplace(next_connection_++, std::move(connection));
  }

  Connections::iterator Find(const stream::MessageStream& stream) {
    return std::find_if(connections_.begin(), connections_.end(), [&stream](const auto& each) {
      return each.second.stream.get() == &stream;
    });
  }

  void OnOpen(stream::MessageStream&) override {}

  void OnClosed(stream::MessageStream& stream, const Error&) override {
    if (const auto found = Find(stream); found != connections_.end()) Drop(found);
  }

  void OnMessage(stream::MessageStream& stream, const wire::Message& message) override {
    const auto connection = Find(stream);
    if (connection == connections_.end()) return;
    connection->second.heard = runtime_.Now();
    if (connection->second.kind == Kind::kNode) return OnNodeMessage(connection, message);
    if (++connection->second.messages > kMaxMessages) return Drop(connection);
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
    if (connection->second.kind != Kind::kUser) return Drop(connection);
    OnUserMessage(connection, message);
  }

  void OnNetworkRequest(Connections::iterator connection, const wire::Message& message) {
    wire::Message reply;
    reply.set_request(message.request());
    if (message.network_request().version() != peer::kProtocolVersion) {
      reply.mutable_refusal()->set_reason(wire::REFUSAL_UNSUPPORTED_VERSION);
    } else {
      wire::NetworkReply* network = reply.mutable_network_reply();
      *network->mutable_login_server() = peer::ToWire(settings_.login_server);
      for (const Endpoint& node : nodes_) *network->add_supernodes() = peer::ToWire(node);
    }
    connection->second.stream->Send(reply);
  }

  void OnRegister(Connections::iterator connection, const wire::Message& message) {
    const wire::RegisterRequest& request = message.register_request();
    wire::Message reply;
    reply.set_request(message.request());
    Connection& self = connection->second;
    if (self.kind != Kind::kStranger ||
        !stream::VerifyCredential(request.credential(), root_key_, runtime_.WallNow()) ||
        !stream::VerifyUserProof(request.credential(), self.stream->handshake_hash(),
                                 request.proof())) {
      reply.mutable_refusal()->set_reason(wire::REFUSAL_BAD_CREDENTIAL);
      self.stream->Send(reply);
      return;
    }
    self.kind = Kind::kUser;
    self.user = request.credential().user();
    self.device = stream::DeviceId(request.credential());
    const UserKey key{self.user, self.device};
    const auto earlier = users_.find(key);
    if (earlier != users_.end()) {
      // The same login has come back over another stream; nobody waits for the old one.
      const uint64_t old = earlier->second;
      connections_.erase(old);
    }
    users_[key] = connection->first;
    *reply.mutable_register_reply()->mutable_mapped() = peer::ToWire(self.stream->remote());
    self.stream->Send(reply);
    Publish(key, true);
  }

  void OnUserMessage(Connections::iterator connection, const wire::Message& message) {
    Connection& self = connection->second;
    switch (message.body_case()) {
      case wire::Message::kKeepalive:
        self.stream->Send(message);
        return;
      case wire::Message::kUnregister:
        return Drop(connection);
      case wire::Message::kLookup:
        return OnUserLookup(connection, message.lookup().user());
      case wire::Message::kEnvelope: {
        wire::Message passed = message;
        passed.set_request(0);
        wire::Envelope* envelope = passed.mutable_envelope();
        envelope->set_from(self.user);
        *envelope->mutable_from_device() = ToWire(DeviceEntry{self.device, self_});
        return Route(passed);
      }
      default:
        return Drop(connection);
    }
  }

  // From here to the home of the addressee; back to the sender when there is none.
  void Route(const wire::Message& message) {
    const Endpoint home = peer::FromWire(message.envelope().to_device().home());
    if (home == self_) {
      if (!Deliver(message)) ReturnToSender(message.envelope());
      return;
    }
    NodeLink* link = LinkTo(home);
    if (link == nullptr || !link->Send(message)) ReturnToSender(message.envelope());
  }

  bool Deliver(const wire::Message& message) {
    const wire::Envelope& envelope = message.envelope();
    return SendTo({envelope.to(), envelope.to_device().id()}, message);
  }

  bool SendTo(const UserKey& user, const wire::Message& message) {
    const auto found = users_.find(user);
    return found != users_.end() && connections_.at(found->second).stream->Send(message);
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
    } else if (NodeLink* link = LinkTo(home)) {
      link->Send(message);
    }
  }

  // Lookups: the directory's keeper first, then the login server for those it does not have.
  void OnUserLookup(Connections::iterator connection, const std::string& user) {
    const Endpoint keeper = KeeperOf(user, nodes_);
    if (keeper == self_) {
      AnswerOrAskLoginServer(connection->first, user, directory_.Find(user));
    } else if (NodeLink* link = LinkTo(keeper)) {
      Ask(*link, connection->first, user);
    }
  }

  void Ask(NodeLink& link, uint64_t connection, const std::string& user) {
    if (lookups_.size() >= kMaxLookups) return;
    const uint32_t id = next_lookup_++;
    lookups_[id] = {connection, user, runtime_.Now()};
    wire::Message message;
    message.set_request(id);
    message.mutable_lookup()->set_user(user);
    link.Send(message);
  }

  void AnswerOrAskLoginServer(uint64_t connection, const std::string& user,
                              const std::vector<DeviceEntry>& devices) {
    if (devices.empty()) return Ask(*login_server_, connection, user);
    wire::Message message;
    message.mutable_lookup_reply()->set_user(user);
    for (const DeviceEntry& device : devices) {
      *message.mutable_lookup_reply()->add_devices() = ToWire(device);
    }
    SendToConnection(connection, message);
  }

  void SendToConnection(uint64_t connection, const wire::Message& message) {
    const auto found = connections_.find(connection);
    if (found != connections_.end()) found->second.stream->Send(message);
  }

  void OnLinkMessage(NodeLink& link, const wire::Message& message) override {
    if (message.has_node_list() && &link == login_server_.get()) {
      return OnNodeList(message.node_list());
    }
    if (!message.has_lookup_reply()) return;
    const auto found = lookups_.find(message.request());
    if (found == lookups_.end()) return;
    const PendingLookup lookup = std::move(found->second);
    lookups_.erase(found);
    if (&link == login_server_.get()) {
      wire::Message reply;
      reply.mutable_lookup_reply()->set_user(lookup.user);
      reply.mutable_lookup_reply()->set_unknown(message.lookup_reply().unknown());
      return SendToConnection(lookup.connection, reply);
    }
    std::vector<DeviceEntry> devices;
    for (const wire::Device& device : message.lookup_reply().devices()) {
      if (devices.size() < Directory::kMaxDevices) devices.push_back(FromWire(device));
    }
    AnswerOrAskLoginServer(lookup.connection, lookup.user, devices);
  }

  void OnLinkLost(NodeLink&) override {}

  void OnNodeList(const wire::NodeList& list) {
    std::set<Endpoint> nodes = {self_};
    for (const wire::NodeAddress& each : list.supernodes()) {
      const Endpoint node = peer::FromWire(each);
      if (node.is_set()) nodes.insert(node);
    }
    const std::vector<Endpoint> before = std::exchange(nodes_, {nodes.begin(), nodes.end()});
    directory_.ForgetHomesOtherThan(nodes_);
    for (auto each = links_.begin(); each != links_.end();) {
      each = nodes.count(each->first) == 0 ? links_.erase(each) : std::next(each);
    }
    // What has another keeper now is told to it.
    for (const auto& [user, connection] : users_) {
      if (KeeperOf(user.first, before) != KeeperOf(user.first, nodes_)) Publish(user, true);
    }
  }

  void Publish(const UserKey& user, bool online) {
    const Endpoint keeper = KeeperOf(user.first, nodes_);
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
    if (NodeLink* link = LinkTo(keeper)) link->Send(message);
  }

  // Null for what is no supernode of this network: nobody makes this node connect anywhere else.
  NodeLink* LinkTo(const Endpoint& node) {
    if (node == self_ || !std::binary_search(nodes_.begin(), nodes_.end(), node)) return nullptr;
    auto& link = links_[node];
    if (!link) {
      NodeLinkHandler& handler = *this;
      link = std::make_unique<NodeLink>(runtime_, self_, node, wire::NODE_SUPERNODE, root_key_,
                                        identity_, false, handler);
    }
    return link.get();
  }

  void OnNodeHello(Connections::iterator connection, const wire::NodeHello& hello) {
    Connection& self = connection->second;
    if (self.kind != Kind::kStranger ||
        !stream::VerifyNode(hello.certificate(), root_key_, wire::NODE_SUPERNODE) ||
        !stream::VerifyNodeProof(hello.certificate(), identity_, self.stream->handshake_hash(),
                                 hello.proof())) {
      return Drop(connection);
    }
    self.kind = Kind::kNode;
  }

  void OnNodeMessage(Connections::iterator connection, const wire::Message& message) {
    switch (message.body_case()) {
      case wire::Message::kKeepalive:
        connection->second.stream->Send(message);
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
        connection->second.stream->Send(reply);
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
        return Drop(connection);
    }
  }

  void Drop(Connections::iterator connection) {
    const Connection dropped = std::move(connection->second);
    const uint64_t id = connection->first;
    connections_.erase(connection);
    if (dropped.kind != Kind::kUser) return;
    const UserKey key{dropped.user, dropped.device};
    const auto user = users_.find(key);
    if (user == users_.end() || user->second != id) return;
    users_.erase(user);
    Publish(key, false);
  }

  void Sweep() {
    const MonotonicTime now = runtime_.Now();
    for (auto each = connections_.begin(); each != connections_.end();) {
      const auto current = each++;
      current->second.messages = 0;
      const Duration patience =
          current->second.kind == Kind::kStranger ? kStrangerPatience : kPatience;
      if (now - current->second.heard > patience) Drop(current);
    }
    for (auto each = lookups_.begin(); each != lookups_.end();) {
      each = now - each->second.asked > kStrangerPatience ? lookups_.erase(each) : std::next(each);
    }
    sweep_->Start(kSweepInterval);
  }

  Runtime& runtime_;
  const SupernodeSettings settings_;
  const Endpoint self_;
  const stream::NodeIdentity identity_;
  const stream::Key root_key_;
  std::vector<Endpoint> nodes_;  // all supernodes, this one included, sorted
  Directory directory_;
  std::map<uint32_t, PendingLookup> lookups_;
  uint32_t next_lookup_ = 1;
  uint64_t next_connection_ = 1;
  std::map<UserKey, uint64_t> users_;  // to their connection
  std::unique_ptr<Timer> sweep_;
  std::unique_ptr<UdpSocket> socket_;
  std::unique_ptr<TcpListener> listener_;
  std::unique_ptr<NodeLink> login_server_;
  std::map<Endpoint, std::unique_ptr<NodeLink>> links_;
  Connections connections_;
};

}  // namespace

Result<std::unique_ptr<Supernode>> NewSupernode(Runtime& runtime, SupernodeSettings settings) {
  auto supernode = std::make_unique<SupernodeImpl>(runtime, std::move(settings));
  if (const Status status = supernode->Open(); !status) return status.error();
  return std::unique_ptr<Supernode>(std::move(supernode));
}

}  // namespace sfa::community
