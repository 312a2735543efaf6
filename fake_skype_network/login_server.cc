#include "fake_skype_network/login_server.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "fake_skype_network/accounts.h"
#include "protocol/peer/network.h"
#include "protocol/stream/message_stream.h"

namespace sfa::community {
namespace {

// A user is findable for 72 h after login (Baset and Schulzrinne 2006): so long is a login good.
constexpr std::chrono::hours kCredentialValidity{72};
constexpr size_t kMaxConnections = 4000;
// A user logs in within this time, a supernode is heard of at least so often.
constexpr Duration kUserPatience = std::chrono::seconds(30);
constexpr Duration kNodePatience = std::chrono::seconds(150);
constexpr Duration kSweepInterval = std::chrono::seconds(10);
// Wrong passwords that one connection may try.
constexpr int kMaxAttempts = 3;

class LoginServerImpl final : public LoginServer,
                              private AcceptHandler,
                              private stream::MessageHandler {
 public:
  LoginServerImpl(Runtime& runtime, LoginServerSettings settings,
                  std::unique_ptr<Accounts> accounts)
      : runtime_(runtime),
        settings_(std::move(settings)),
        identity_(stream::NewNodeIdentity(runtime.random(), settings_.root_seed, "login server",
                                          wire::NODE_LOGIN_SERVER)),
        root_key_(stream::SigningKeyOf(settings_.root_seed).public_key),
        accounts_(std::move(accounts)),
        sweep_(runtime.NewTimer([this] { Sweep(); })) {
    sweep_->Start(kSweepInterval);
  }

  Status Listen() {
    auto listener = runtime_.ListenTcp(settings_.listen, *this);
    if (!listener) return listener.error();
    listener_ = std::move(*listener);
    return {};
  }

  Status AddAccount(const Account& account) override { return accounts_->Put(account); }

 private:
  struct Connection {
    std::unique_ptr<stream::MessageStream> stream;
    MonotonicTime heard;
    int attempts = 0;
    Endpoint node;  // set for a supernode that has introduced itself
  };
  using Connections = std::map<uint64_t, Connection>;

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
    const auto found = Find(stream);
    if (found == connections_.end()) return;
    found->second.heard = runtime_.Now();
    switch (message.body_case()) {
      case wire::Message::kLoginRequest:
        return OnLogin(found, message);
      case wire::Message::kNodeHello:
        return OnNodeHello(found, message.node_hello());
      case wire::Message::kLookup:
        if (found->second.node.is_set()) OnLookup(found, message);
        return;
      case wire::Message::kKeepalive:
        if (found->second.node.is_set()) stream.Send(message);
        return;
      default:
        return Drop(found);
    }
  }

  void OnLogin(Connections::iterator connection, const wire::Message& message) {
    const wire::LoginRequest& request = message.login_request();
    wire::Message reply;
    reply.set_request(message.request());
    const auto refusal = Judge(request, &reply);
    if (refusal != wire::REFUSAL_UNSPECIFIED) reply.mutable_refusal()->set_reason(refusal);
    connection->second.stream->Send(reply);
    if (++connection->second.attempts >= kMaxAttempts) Drop(connection);
  }

  // Fills in the reply, or says why not.
  wire::RefusalReason Judge(const wire::LoginRequest& request, wire::Message* reply) {
    if (request.version() != peer::kProtocolVersion) return wire::REFUSAL_UNSUPPORTED_VERSION;
    const auto key = stream::ToKey(request.signing_key());
    if (!key) return wire::REFUSAL_BAD_CREDENTIAL;
    const auto found = accounts_->Find(request.user());
    if (!found) {
      runtime_.log().Write(LogLevel::kError, "login server", found.error().message);
      return wire::REFUSAL_OVERLOADED;
    }
    if (!*found) return wire::REFUSAL_NO_SUCH_IDENTITY;
    const AccountRecord& account = **found;
    if (!accounts_->IsPassword(account, request.password())) {
      return wire::REFUSAL_INCORRECT_PASSWORD;
    }
    if (request.driver() && account.kind != AccountKind::kBusiness) {
      return wire::REFUSAL_NOT_A_BUSINESS_ACCOUNT;
    }
    wire::LoginReply* login = reply->mutable_login_reply();
    *login->mutable_credential() = stream::IssueCredential(
        settings_.root_seed, request.user(), *key, runtime_.WallNow() + kCredentialValidity);
    login->mutable_profile()->set_fullname(account.fullname);
    for (const Endpoint& node : Nodes()) *login->add_supernodes() = peer::ToWire(node);
    return wire::REFUSAL_UNSPECIFIED;
  }

  void OnNodeHello(Connections::iterator connection, const wire::NodeHello& hello) {
    const Status status = stream::VerifyNode(hello.certificate(), root_key_, wire::NODE_SUPERNODE);
    const Endpoint address = peer::FromWire(hello.address());
    if (!status || !address.is_set() ||
        !stream::VerifyNodeProof(hello.certificate(), identity_,
                                 connection->second.stream->handshake_hash(), hello.proof())) {
      return Drop(connection);
    }
    connection->second.node = address;
    TellNodes();
  }

  void OnLookup(Connections::iterator connection, const wire::Message& message) {
    const auto account = accounts_->Find(message.lookup().user());
    wire::Message reply;
    reply.set_request(message.request());
    reply.mutable_lookup_reply()->set_user(message.lookup().user());
    reply.mutable_lookup_reply()->set_unknown(account.ok() && !account->has_value());
    connection->second.stream->Send(reply);
  }

  std::vector<Endpoint> Nodes() const {
    std::vector<Endpoint> nodes;
    for (const auto& [id, connection] : connections_) {
      if (connection.node.is_set()) nodes.push_back(connection.node);
    }
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    return nodes;
  }

  void TellNodes() {
    wire::Message message;
    wire::NodeList* list = message.mutable_node_list();
    for (const Endpoint& node : Nodes()) *list->add_supernodes() = peer::ToWire(node);
    for (auto& [id, connection] : connections_) {
      if (connection.node.is_set()) connection.stream->Send(message);
    }
  }

  void Drop(Connections::iterator connection) {
    const bool node = connection->second.node.is_set();
    connections_.erase(connection);
    if (node) TellNodes();
  }

  void Sweep() {
    const MonotonicTime now = runtime_.Now();
    for (auto each = connections_.begin(); each != connections_.end();) {
      const auto current = each++;
      const Duration patience = current->second.node.is_set() ? kNodePatience : kUserPatience;
      if (now - current->second.heard > patience) Drop(current);
    }
    sweep_->Start(kSweepInterval);
  }

  Runtime& runtime_;
  const LoginServerSettings settings_;
  const stream::NodeIdentity identity_;
  const stream::Key root_key_;
  std::unique_ptr<Accounts> accounts_;
  std::unique_ptr<Timer> sweep_;
  std::unique_ptr<TcpListener> listener_;
  uint64_t next_connection_ = 1;
  Connections connections_;
};

}  // namespace

Result<std::unique_ptr<LoginServer>> NewLoginServer(Runtime& runtime,
                                                    LoginServerSettings settings) {
  auto accounts = Accounts::Open(runtime, settings.database,
                                 {settings.password_operations, settings.password_memory_bytes});
  if (!accounts) return accounts.error();
  auto server =
      std::make_unique<LoginServerImpl>(runtime, std::move(settings), std::move(*accounts));
  if (const Status status = server->Listen(); !status) return status.error();
  return std::unique_ptr<LoginServer>(std::move(server));
}

}  // namespace sfa::community
