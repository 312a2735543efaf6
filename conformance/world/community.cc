#include "conformance/world/community.h"

#include <algorithm>
#include <utility>

#include "conformance/world/actor.h"

namespace sfa::conformance {
namespace {

constexpr char kLoginServer[] = "login-server";
constexpr Ipv4Address kLoginServerAddress = Ipv4Address::Of(198, 51, 100, 100);
// Supernodes that no client knows from the beginning: TEST-NET-1 (RFC 5737).
constexpr Ipv4Address kFirstOtherNode = Ipv4Address::Of(192, 0, 2, 1);
// The services' machines.
constexpr char kGateway[] = "gateway";
constexpr Ipv4Address kGatewayAddress = Ipv4Address::Of(198, 51, 100, 101);
constexpr char kGatewayPassword[] = "password of the gateway";
constexpr char kVoicemail[] = "voicemail";
constexpr Ipv4Address kVoicemailAddress = Ipv4Address::Of(198, 51, 100, 102);
constexpr char kVoicemailPassword[] = "password of the voicemail";
constexpr char kProxy[] = "proxy";
constexpr Ipv4Address kProxyAddress = Ipv4Address::Of(198, 51, 100, 103);
constexpr uint16_t kHttpsProxyPort = 3128, kSocks5ProxyPort = 1080;
constexpr char kDatabaseDirectory[] = "/var/lib/skype";
constexpr uint16_t kPort = 33033;  // of the built-in bootstrap nodes, too

std::array<uint8_t, 32> RootSeed() {
  std::array<uint8_t, 32> seed{};
  std::copy_n(peer::kTestNetworkSeed, seed.size(), seed.begin());
  return seed;
}

// Whether the network knows it by that name.
bool IsMember(const AccountSpec& account) {
  return account.kind != AccountKind::kTelephone && account.kind != AccountKind::kLogin &&
         account.kind != AccountKind::kUnregistered;
}

community::AccountKind ToKind(AccountKind kind) {
  switch (kind) {
    case AccountKind::kBusiness:
      return community::AccountKind::kBusiness;
    case AccountKind::kInvited:
      return community::AccountKind::kInvited;
    case AccountKind::kAdministrator:
      return community::AccountKind::kAdministrator;
    default:
      return community::AccountKind::kRegular;
  }
}

peer::Visibility ToVisibility(const std::string& word) {
  return word == "everybody" ? peer::Visibility::kEverybody
         : word == "buddies" ? peer::Visibility::kBuddies
                             : peer::Visibility::kNobody;
}

community::Account ToAccount(const AccountSpec& spec) {
  community::Account account;
  account.user = spec.name;
  account.password = spec.password;
  account.kind = ToKind(spec.kind);
  account.fullname = spec.fullname;
  account.profile = spec.profile;
  for (const auto& [property, who] : spec.visibility) {
    account.visibility.emplace_back(property, ToVisibility(who));
  }
  account.currency = spec.currency;
  account.credit_micros = spec.credit_micros.value_or(0);
  account.numbers = spec.numbers;
  account.forward_to = spec.forward_to;
  account.forward_after_seconds = static_cast<uint32_t>(
      std::chrono::duration_cast<std::chrono::seconds>(spec.forward_after).count());
  account.voicemail = spec.voicemail;
  account.buddies = spec.buddies;
  account.blocked = spec.blocked;
  return account;
}

}  // namespace

Result<std::unique_ptr<Community>> Community::Make(const CommunitySpec& spec,
                                                   const std::vector<AccountSpec>& accounts,
                                                   sim::Network& network, Computer::LogSink log) {
  std::unique_ptr<Community> made(new Community);
  const Status filled = made->Fill(spec, accounts, network, log);
  if (!filled.ok()) return filled.error();
  return made;
}

Status Community::Fill(const CommunitySpec& spec, const std::vector<AccountSpec>& accounts,
                       sim::Network& network, const Computer::LogSink& log) {
  network_ = peer::BuiltInNetwork();
  rates_ = spec.rates;
  login_computer_ =
      std::make_unique<Computer>(network.AddPublicHost(kLoginServer, kLoginServerAddress), log);
  Status made = login_computer_->runtime().files().MakeDirectories(kDatabaseDirectory);
  if (made.ok()) made = StartLoginServer();
  if (!made.ok()) return made;
  made = AddAccounts(accounts);
  if (!made.ok()) return made;
  // All of them are alive: a client that tries a dead one first is 15 s late.
  const auto& known = network_.bootstrap_nodes;
  for (size_t i = 0; i < static_cast<size_t>(spec.supernodes); ++i) {
    Node node;
    node.settings.name = "supernode-" + std::to_string(i + 1);
    node.settings.listen =
        i < known.size()
            ? known[i]
            : Endpoint{{kFirstOtherNode.value + static_cast<uint32_t>(i - known.size())}, kPort};
    node.settings.login_server = {kLoginServerAddress, kPort};
    node.settings.root_seed = RootSeed();
    node.computer = std::make_unique<Computer>(
        network.AddPublicHost(node.settings.name, node.settings.listen.address, spec.line), log);
    if (Status started = Start(node); !started.ok()) return started;
    nodes_.push_back(std::move(node));
  }
  if (spec.proxy) {
    made = StartProxy(*spec.proxy, network, log);
    if (!made.ok()) return made;
  }
  return StartServices(spec, accounts, network, log);
}

Status Community::AddAccounts(const std::vector<AccountSpec>& accounts) {
  for (const AccountSpec& account : accounts) {
    if (!IsMember(account)) continue;
    Status added = login_server_->AddAccount(ToAccount(account));
    if (!added.ok()) return added;
  }
  return {};
}

Status Community::StartServices(const CommunitySpec& spec, const std::vector<AccountSpec>& accounts,
                                sim::Network& network, const Computer::LogSink& log) {
  const auto add_account = [this](const char* user, const std::string& password) {
    community::Account account;
    account.user = user;
    account.password = password;
    account.kind = community::AccountKind::kService;
    return login_server_->AddAccount(account);
  };
  const auto any = [&accounts](bool (*has)(const AccountSpec&)) {
    return std::any_of(accounts.begin(), accounts.end(), has);
  };
  if (spec.gateway || any([](const AccountSpec& account) {
        return account.kind == AccountKind::kTelephone || !account.numbers.empty() ||
               account.credit_micros.has_value();
      })) {
    community::GatewaySettings settings;
    settings.password = kGatewayPassword;
    settings.network = network_;
    if (!spec.gateway_codecs.empty()) settings.codecs = CodecsOf(spec.gateway_codecs);
    Status added = add_account(community::kGatewayUser, settings.password);
    if (!added.ok()) return added;
    gateway_computer_ =
        std::make_unique<Computer>(network.AddPublicHost(kGateway, kGatewayAddress), log);
    gateway_ = community::NewPstnGateway(gateway_computer_->runtime(), std::move(settings));
  }
  if (any([](const AccountSpec& account) { return account.voicemail; })) {
    community::VoicemailSettings settings;
    settings.password = kVoicemailPassword;
    settings.network = network_;
    Status added = add_account(community::kVoicemailUser, settings.password);
    if (!added.ok()) return added;
    voicemail_computer_ =
        std::make_unique<Computer>(network.AddPublicHost(kVoicemail, kVoicemailAddress), log);
    voicemail_ =
        community::NewVoicemailService(voicemail_computer_->runtime(), std::move(settings));
  }
  return {};
}

Status Community::StartProxy(proxy::Proxy settings, sim::Network& network,
                             const Computer::LogSink& log) {
  settings.server = {kProxyAddress,
                     settings.kind == proxy::Kind::kSocks5 ? kSocks5ProxyPort : kHttpsProxyPort};
  proxy_computer_ = std::make_unique<Computer>(network.AddPublicHost(kProxy, kProxyAddress), log);
  auto started = community::ProxyServer::Start(proxy_computer_->runtime(), settings);
  if (!started.ok()) return started.error();
  proxy_ = std::move(*started);
  return {};
}

std::optional<int64_t> Community::CreditOf(const std::string& user) {
  return login_server_ ? login_server_->CreditOf(user) : std::nullopt;
}

Status Community::StartLoginServer() {
  auto server = community::NewLoginServer(login_computer_->runtime(),
                                          {{Ipv4Address::Any(), kPort},
                                           std::string(kDatabaseDirectory) + "/accounts.sqlite",
                                           RootSeed()});
  if (!server.ok()) return server.error();
  login_server_ = std::move(*server);
  for (const RateSpec& rate : rates_) {
    login_server_->SetRate({rate.prefix, rate.connection_micros, rate.minute_micros});
  }
  return {};
}

Status Community::Start(Node& node) {
  auto supernode = community::NewSupernode(node.computer->runtime(), node.settings);
  if (!supernode.ok()) return supernode.error();
  node.supernode = std::move(*supernode);
  return {};
}

Community::Node* Community::Find(const std::string& machine) {
  const auto found = std::find_if(nodes_.begin(), nodes_.end(),
                                  [&](const Node& node) { return node.settings.name == machine; });
  return found == nodes_.end() ? nullptr : &*found;
}

std::string Community::Kill(const std::string& machine) {
  if (machine == kLoginServer) {
    if (!login_server_) return "the login server is dead already";
    login_computer_->Kill();
    login_server_ = nullptr;
    return "";
  }
  Node* const node = Find(machine);
  if (node == nullptr) return "there is no " + machine;
  if (!node->supernode) return machine + " is dead already";
  node->computer->Kill();
  node->supernode = nullptr;
  return "";
}

std::string Community::Revive(const std::string& machine) {
  Status started;
  if (machine == kLoginServer) {
    if (login_server_) return "the login server is alive";
    login_computer_->Restart();
    started = StartLoginServer();
  } else {
    Node* const node = Find(machine);
    if (node == nullptr) return "there is no " + machine;
    if (node->supernode) return machine + " is alive";
    node->computer->Restart();
    started = Start(*node);
  }
  return started.ok() ? "" : started.error().message;
}

std::string Community::HomeOf(const std::string& user) const {
  for (const Node& node : nodes_) {
    if (node.supernode && node.supernode->HasUser(user)) return node.settings.name;
  }
  return "";
}

std::string Community::SupernodeAt(Ipv4Address address) const {
  for (const Node& node : nodes_) {
    if (node.settings.listen.address == address) return node.settings.name;
  }
  return "";
}

size_t Community::relays_now() const {
  size_t relays = 0;
  for (const Node& node : nodes_) {
    if (node.supernode) relays += node.supernode->relays_now();
  }
  return relays;
}

size_t Community::users_now() const {
  size_t users = 0;
  for (const Node& node : nodes_) {
    if (node.supernode) users += node.supernode->users_here();
  }
  return users;
}

community::RelayStatistics Community::relay_statistics() const {
  community::RelayStatistics sum;
  for (const Node& node : nodes_) {
    if (!node.supernode) continue;
    const community::RelayStatistics& each = node.supernode->relay_statistics();
    sum.to_peers += each.to_peers;
    sum.to_clients += each.to_clients;
    sum.bytes += each.bytes;
    sum.dropped += each.dropped;
    sum.refused += each.refused;
  }
  return sum;
}

}  // namespace sfa::conformance
