#include "fake_skype_network/login_server.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "fake_skype_network/accounts.h"
#include "fake_skype_network/connection_table.h"
#include "fake_skype_network/node_link.h"
#include "fake_skype_network/node_ports.h"
#include "fake_skype_network/relay_credentials.h"
#include "protocol/peer/network.h"

namespace sfa::community {
namespace {

// A user is findable for 72 h after login (Baset and Schulzrinne 2006): so long is a login good.
constexpr std::chrono::hours kCredentialValidity{72};
static_assert(kCredentialValidity == RelaySecrets::kValidity);
constexpr size_t kMaxConnections = 4000;
// A user logs in within this time, a supernode is heard of at least so often.
constexpr Duration kUserPatience = std::chrono::seconds(30);
constexpr Duration kNodePatience = 2 * NodeLink::kKeepaliveInterval + NodeLink::kPatience;
constexpr Duration kSweepInterval = std::chrono::seconds(10);
// Wrong passwords that one connection may try.
constexpr int kMaxAttempts = 3;

struct ConnectionState {
  int attempts = 0;
  Endpoint node;  // set for a supernode that has introduced itself
  bool MakesRoom() const { return !node.is_set(); }
};
using Connections = ConnectionTable<ConnectionState>;
using Connection = Connections::Connection;

class LoginServerImpl final : public LoginServer, private Connections::Handler {
 public:
  LoginServerImpl(Runtime& runtime, LoginServerSettings settings,
                  std::unique_ptr<Accounts> accounts)
      : runtime_(runtime),
        settings_(std::move(settings)),
        identity_(stream::NewNodeIdentity(runtime.random(), settings_.root_seed, "login server",
                                          wire::NODE_LOGIN_SERVER)),
        root_key_(stream::SigningKeyOf(settings_.root_seed).public_key),
        relay_secret_(runtime.random().Bytes<sizeof(RelaySecret)>()),
        accounts_(std::move(accounts)),
        connections_(runtime, identity_, kMaxConnections, *this),
        sweep_(runtime.NewTimer([this] { Sweep(); })) {
    sweep_->Start(kSweepInterval);
  }

  Status Listen() {
    auto listeners = ListenOnNodePorts(runtime_, settings_.listen, connections_.acceptor());
    if (!listeners) return listeners.error();
    listeners_ = std::move(*listeners);
    return {};
  }

  Status AddAccount(const Account& account) override { return accounts_->Put(account); }
  void SetRate(const Rate&) override {}
  std::optional<int64_t> CreditOf(const std::string&) override { return {}; }

 private:
  void OnMessage(Connection& connection, const wire::Message& message) override {
    switch (message.body_case()) {
      case wire::Message::kLoginRequest:
        return OnLogin(connection, message);
      case wire::Message::kNodeHello:
        return OnNodeHello(connection, message.node_hello());
      case wire::Message::kLookup:
        if (connection.state.node.is_set()) OnLookup(connection, message);
        return;
      case wire::Message::kKeepalive:
        if (connection.state.node.is_set()) connection.stream().Send(message);
        return;
      default:
        return connections_.Drop(connection);
    }
  }

  void OnLogin(Connection& connection, const wire::Message& message) {
    const wire::LoginRequest& request = message.login_request();
    wire::Message reply;
    reply.set_request(message.request());
    const auto refusal = Judge(request, &reply);
    if (refusal != wire::REFUSAL_UNSPECIFIED) reply.mutable_refusal()->set_reason(refusal);
    connection.stream().Send(reply);
    if (++connection.state.attempts >= kMaxAttempts) connections_.Drop(connection);
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
    const WallTime expires = runtime_.WallNow() + kCredentialValidity;
    *login->mutable_credential() =
        stream::IssueCredential(settings_.root_seed, request.user(), *key, expires);
    *login->mutable_relay() = IssueRelayCredential(relay_secret_, request.user(), expires);
    login->mutable_profile()->set_fullname(account.fullname);
    for (const Endpoint& node : Nodes()) *login->add_supernodes() = peer::ToWire(node);
    return wire::REFUSAL_UNSPECIFIED;
  }

  void OnNodeHello(Connection& connection, const wire::NodeHello& hello) {
    const Status status = stream::VerifyNode(hello.certificate(), root_key_, wire::NODE_SUPERNODE);
    const Endpoint address = peer::FromWire(hello.address());
    if (!status || !address.is_set() ||
        !stream::VerifyNodeProof(hello.certificate(), identity_,
                                 connection.stream().handshake_hash(), hello.proof())) {
      return connections_.Drop(connection);
    }
    // A node that has started anew; nobody is at the other end of its old stream.
    connections_.ForEach([&](Connection& each) {
      if (&each != &connection && each.state.node == address) connections_.Drop(each);
    });
    connection.state.node = address;
    TellNodes();
  }

  void OnLookup(Connection& connection, const wire::Message& message) {
    const auto account = accounts_->Find(message.lookup().user());
    wire::Message reply;
    reply.set_request(message.request());
    reply.mutable_lookup_reply()->set_user(message.lookup().user());
    reply.mutable_lookup_reply()->set_unknown(account.ok() && !account->has_value());
    connection.stream().Send(reply);
  }

  std::vector<Endpoint> Nodes() {
    std::vector<Endpoint> nodes;
    connections_.ForEach([&nodes](Connection& each) {
      if (each.state.node.is_set()) nodes.push_back(each.state.node);
    });
    std::sort(nodes.begin(), nodes.end());
    return nodes;
  }

  void TellNodes() {
    wire::Message message;
    wire::NodeList* list = message.mutable_node_list();
    for (const Endpoint& node : Nodes()) *list->add_supernodes() = peer::ToWire(node);
    list->set_relay_secret(stream::ToString(relay_secret_));
    connections_.ForEach([&message](Connection& each) {
      if (each.state.node.is_set()) each.stream().Send(message);
    });
  }

  void OnGone(Connection& connection) override {
    if (connection.state.node.is_set()) TellNodes();
  }

  void Sweep() {
    const MonotonicTime now = runtime_.Now();
    connections_.ForEach([&](Connection& each) {
      const Duration patience = each.state.node.is_set() ? kNodePatience : kUserPatience;
      if (now - each.heard() > patience) connections_.Drop(each);
    });
    sweep_->Start(kSweepInterval);
  }

  Runtime& runtime_;
  const LoginServerSettings settings_;
  const stream::NodeIdentity identity_;
  const stream::Key root_key_;
  const RelaySecret relay_secret_;
  std::unique_ptr<Accounts> accounts_;
  Connections connections_;
  std::unique_ptr<Timer> sweep_;
  std::vector<std::unique_ptr<TcpListener>> listeners_;
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
