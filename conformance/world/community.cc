#include "conformance/world/community.h"

#include <algorithm>
#include <string>
#include <utility>

namespace sfa::conformance {
namespace {

constexpr Ipv4Address kLoginServerAddress = Ipv4Address::Of(198, 51, 100, 100);
constexpr char kDatabaseDirectory[] = "/var/lib/skype";
constexpr uint16_t kPort = 33033;  // of the built-in bootstrap nodes, too

std::array<uint8_t, 32> RootSeed() {
  std::array<uint8_t, 32> seed{};
  std::copy_n(peer::kTestNetworkSeed, seed.size(), seed.begin());
  return seed;
}

}  // namespace

Result<std::unique_ptr<Community>> Community::Make(const std::vector<AccountSpec>& accounts,
                                                   sim::Network& network, Computer::LogSink log) {
  std::unique_ptr<Community> made(new Community);
  const Status filled = made->Fill(accounts, network, log);
  if (!filled.ok()) return filled.error();
  return made;
}

Status Community::Fill(const std::vector<AccountSpec>& accounts, sim::Network& network,
                       const Computer::LogSink& log) {
  network_ = peer::BuiltInNetwork();
  const Endpoint login{kLoginServerAddress, kPort};
  login_computer_ =
      std::make_unique<Computer>(network.AddPublicHost("login-server", login.address), log);
  Status made = login_computer_->runtime().files().MakeDirectories(kDatabaseDirectory);
  if (!made.ok()) return made;
  auto server = community::NewLoginServer(login_computer_->runtime(),
                                          {{Ipv4Address::Any(), kPort},
                                           std::string(kDatabaseDirectory) + "/accounts.sqlite",
                                           RootSeed()});
  if (!server.ok()) return server.error();
  login_server_ = std::move(*server);
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
  for (const Endpoint& place : network_.bootstrap_nodes) {
    const std::string name = "supernode-" + std::to_string(nodes_.size() + 1);
    Node node;
    node.computer = std::make_unique<Computer>(network.AddPublicHost(name, place.address), log);
    auto supernode =
        community::NewSupernode(node.computer->runtime(), {name, place, login, RootSeed()});
    if (!supernode.ok()) return supernode.error();
    node.supernode = std::move(*supernode);
    nodes_.push_back(std::move(node));
  }
  return {};
}

}  // namespace sfa::conformance
