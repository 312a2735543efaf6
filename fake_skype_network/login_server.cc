#include "fake_skype_network/login_server.h"

#include <algorithm>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

#include "fake_skype_network/attempts.h"
#include "fake_skype_network/connection_table.h"
#include "fake_skype_network/node_link.h"
#include "fake_skype_network/node_ports.h"
#include "fake_skype_network/records.h"
#include "fake_skype_network/relay_credentials.h"
#include "fake_skype_network/services.h"
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
                  std::unique_ptr<SqliteDatabase> database)
      : runtime_(runtime),
        settings_(std::move(settings)),
        identity_(stream::NewNodeIdentity(runtime.random(), settings_.root_seed, "login server",
                                          wire::NODE_LOGIN_SERVER)),
        root_key_(stream::SigningKeyOf(settings_.root_seed).public_key),
        relay_secret_(runtime.random().Bytes<sizeof(RelaySecret)>()),
        store_(std::move(database)),
        connections_(runtime, identity_, kMaxConnections, *this),
        attempts_(runtime),
        sweep_(runtime.NewTimer([this] { Sweep(); })) {
    sweep_->Start(kSweepInterval);
  }

  Status Open() {
    // The tables are made together; a file of an earlier version has others.
    if (store_.NumberOf("PRAGMA user_version") == 0 &&
        store_.Has("SELECT 1 FROM sqlite_schema WHERE name = 'account'")) {
      return Error{ErrorCode::kInvalid,
                   settings_.database + ": made by an earlier version, remove it"};
    }
    Status status = store_.Together([this] {
      store_.Run("PRAGMA user_version = 1");
      records_ = std::make_unique<Records>(
          runtime_, store_,
          Accounts::Cost{settings_.password_operations, settings_.password_memory_bytes});
    });
    if (!status) return status;
    services_ = std::make_unique<Services>(
        runtime_, store_, *records_, [this](const Endpoint& home, const wire::Message& message) {
          const auto node = nodes_.find(home);
          return node != nodes_.end() && connections_.Find(node->second)->stream().Send(message);
        });
    auto listeners = ListenOnNodePorts(runtime_, settings_.listen, connections_.acceptor());
    if (!listeners) return listeners.error();
    listeners_ = std::move(*listeners);
    return {};
  }

  Status AddAccount(const Account& account) override { return services_->Put(account); }
  void SetRate(const Rate& rate) override { services_->SetRate(rate); }
  std::optional<int64_t> CreditOf(const std::string& user) override {
    return Read([&] { return records_->till.CreditOf(user); });
  }
  std::vector<Voicemail> VoicemailsOf(const std::string& user) override {
    return Read([&] { return records_->voicemails.Of(user); });
  }

 private:
  // A failure is said in the log.
  template <typename What>
  std::invoke_result_t<What> Read(What what) {
    auto result = what();
    if (const Status status = store_.TakeFailure(); !status) {
      runtime_.log().Write(LogLevel::kError, "login server", status.error().message);
    }
    return result;
  }

  void OnMessage(Connection& connection, const wire::Message& message) override {
    const Endpoint& node = connection.state.node;
    switch (message.body_case()) {
      case wire::Message::kLoginRequest:
        return OnLogin(connection, message);
      case wire::Message::kNodeHello:
        return OnNodeHello(connection, message.node_hello());
      case wire::Message::kLookup:
        if (node.is_set()) OnLookup(connection, message);
        return;
      case wire::Message::kPublish:
        if (node.is_set()) services_->OnPublish(node, message.publish());
        return;
      case wire::Message::kServicePassage:
        if (node.is_set()) services_->OnPassage(node, message.service_passage());
        return;
      case wire::Message::kKeepalive:
        if (node.is_set()) connection.stream().Send(message);
        return;
      default:
        return connections_.Drop(connection);
    }
  }

  void OnLogin(Connection& connection, const wire::Message& message) {
    const wire::LoginRequest& request = message.login_request();
    const Ipv4Address from = connection.stream().remote().address;
    wire::Message reply;
    reply.set_request(message.request());
    wire::RefusalReason refusal = wire::REFUSAL_TOO_MANY_ATTEMPTS;
    if (!attempts_.TooMany(request.user(), from)) {
      refusal = Judge(request, &reply);
      if (const Status status = store_.TakeFailure(); !status) {
        runtime_.log().Write(LogLevel::kError, "login server", status.error().message);
        refusal = wire::REFUSAL_OVERLOADED;
      }
    }
    if (refusal == wire::REFUSAL_INCORRECT_PASSWORD) attempts_.Note(request.user(), from);
    if (refusal != wire::REFUSAL_UNSPECIFIED) reply.mutable_refusal()->set_reason(refusal);
    connection.stream().Send(reply);
    if (++connection.state.attempts >= kMaxAttempts) connections_.Drop(connection);
  }

  // Fills in the reply, or says why not.
  wire::RefusalReason Judge(const wire::LoginRequest& request, wire::Message* reply) {
    if (request.version() != peer::kProtocolVersion) return wire::REFUSAL_UNSUPPORTED_VERSION;
    const auto key = stream::ToKey(request.signing_key());
    if (!key) return wire::REFUSAL_BAD_CREDENTIAL;
    const std::optional<AccountRecord> account = records_->accounts.Find(request.user());
    if (!account) return wire::REFUSAL_NO_SUCH_IDENTITY;
    if (!records_->accounts.IsPassword(*account, request.password())) {
      return wire::REFUSAL_INCORRECT_PASSWORD;
    }
    if (request.driver() && account->kind != AccountKind::kBusiness) {
      return WhyNoDriver(account->kind);
    }
    wire::LoginReply* login = reply->mutable_login_reply();
    const WallTime expires = runtime_.WallNow() + kCredentialValidity;
    *login->mutable_credential() = stream::IssueCredential(
        settings_.root_seed, request.user(), *key, expires, account->kind == AccountKind::kService);
    *login->mutable_relay() = IssueRelayCredential(relay_secret_, request.user(), expires);
    *login->mutable_profile() = services_->PublicProfile(request.user());
    for (const Endpoint& node : Nodes()) *login->add_supernodes() = peer::ToWire(node);
    return wire::REFUSAL_UNSPECIFIED;
  }

  static wire::RefusalReason WhyNoDriver(AccountKind kind) {
    switch (kind) {
      case AccountKind::kInvited:
        return wire::REFUSAL_INVITED_ACCOUNT;
      case AccountKind::kAdministrator:
        return wire::REFUSAL_ADMINISTRATOR_ACCOUNT;
      default:
        return wire::REFUSAL_NOT_A_BUSINESS_ACCOUNT;
    }
  }

  void OnNodeHello(Connection& connection, const wire::NodeHello& hello) {
    const Status status = stream::VerifyNode(hello.certificate(), root_key_, wire::NODE_SUPERNODE);
    const Endpoint address = peer::FromWire(hello.address());
    if (!status || !address.is_set() || connection.state.node.is_set() ||
        !stream::VerifyNodeProof(hello.certificate(), identity_,
                                 connection.stream().handshake_hash(), hello.proof())) {
      return connections_.Drop(connection);
    }
    // A node that has started anew; nobody is at the other end of its old stream.
    connections_.ForEach([&](Connection& each) {
      if (&each != &connection && each.state.node == address) connections_.Drop(each);
    });
    connection.state.node = address;
    nodes_[address] = connection.number();
    TellNodes();
  }

  void OnLookup(Connection& connection, const wire::Message& message) {
    wire::Message reply;
    reply.set_request(message.request());
    const wire::LookupRequest& request = message.lookup();
    *reply.mutable_lookup_reply() = Read([&] { return services_->Lookup(request); });
    reply.mutable_lookup_reply()->set_user(request.user());
    connection.stream().Send(reply);
  }

  // In order.
  std::vector<Endpoint> Nodes() {
    std::vector<Endpoint> nodes;
    for (const auto& [node, connection] : nodes_) nodes.push_back(node);
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
    const auto node = nodes_.find(connection.state.node);
    if (node == nodes_.end() || node->second != connection.number()) return;
    nodes_.erase(node);
    services_->OnHomeLost(connection.state.node);
    TellNodes();
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
  Store store_;
  std::unique_ptr<Records> records_;
  std::unique_ptr<Services> services_;
  std::map<Endpoint, uint64_t> nodes_;  // to their connection
  Connections connections_;
  Attempts attempts_;
  std::unique_ptr<Timer> sweep_;
  std::vector<std::unique_ptr<TcpListener>> listeners_;
};

}  // namespace

Result<std::unique_ptr<LoginServer>> NewLoginServer(Runtime& runtime,
                                                    LoginServerSettings settings) {
  auto database = SqliteDatabase::Open(runtime, settings.database);
  if (!database) return database.error();
  auto server =
      std::make_unique<LoginServerImpl>(runtime, std::move(settings), std::move(*database));
  if (const Status status = server->Open(); !status) return status.error();
  return std::unique_ptr<LoginServer>(std::move(server));
}

}  // namespace sfa::community
