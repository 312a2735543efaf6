#include "conformance/world/community.h"

#include <algorithm>
#include <utility>

namespace sfa::conformance {
namespace {

constexpr char kLoginServer[] = "login-server";
constexpr Ipv4Address kLoginServerAddress = Ipv4Address::Of(198, 51, 100, 100);
// Supernodes that no client knows from the beginning: TEST-NET-1 (RFC 5737).
constexpr Ipv4Address kFirstOtherNode = Ipv4Address::Of(192, 0, 2, 1);
constexpr char kDatabaseDirectory[] = "/var/lib/skype";
constexpr uint16_t kPort = 33033;  // of the built-in bootstrap nodes, too

std::array<uint8_t, 32> RootSeed() {
  std::array<uint8_t, 32> seed{};
  std::copy_n(peer::kTestNetworkSeed, seed.size(), seed.begin());
  return seed;
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
  login_computer_ =
      std::make_unique<Computer>(network.AddPublicHost(kLoginServer, kLoginServerAddress), log);
  Status made = login_computer_->runtime().files().MakeDirectories(kDatabaseDirectory);
  if (made.ok()) made = StartLoginServer();
  if (!made.ok()) return made;
  for (const AccountSpec& account : accounts) {
    if (account.kind == AccountKind::kUnregistered) continue;
    Status added = login_server_->AddAccount({account.name, account.password,
                                              account.kind == AccountKind::kBusiness
                                                  ? community::AccountKind::kBusiness
                                                  : community::AccountKind::kRegular,
                                              account.fullname});
    if (!added.ok()) return added;
  }
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
  return {};
}

Status Community::StartLoginServer() {
  auto server = community::NewLoginServer(login_computer_->runtime(),
                                          {{Ipv4Address::Any(), kPort},
                                           std::string(kDatabaseDirectory) + "/accounts.sqlite",
                                           RootSeed()});
  if (!server.ok()) return server.error();
  login_server_ = std::move(*server);
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
