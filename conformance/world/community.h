// The Skype network of a world: a login server with the scenario's accounts, supernodes where every
// client looks for them first, and elsewhere; where somebody needs them, the gateway to telephones
// and the voicemail service.
#ifndef CONFORMANCE_WORLD_COMMUNITY_H_
#define CONFORMANCE_WORLD_COMMUNITY_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "conformance/world/computer.h"
#include "fake_skype_network/login_server.h"
#include "fake_skype_network/proxy_server.h"
#include "fake_skype_network/pstn_gateway.h"
#include "fake_skype_network/supernode.h"
#include "fake_skype_network/voicemail_service.h"
#include "network_sim/site.h"
#include "protocol/peer/peer.h"

namespace sfa::conformance {

class Community {
 public:
  static Result<std::unique_ptr<Community>> Make(const CommunitySpec& spec,
                                                 const std::vector<AccountSpec>& accounts,
                                                 sim::Network& network, Computer::LogSink log);

  // Where clients find it.
  const peer::NetworkSettings& network() const { return network_; }

  // Null when nobody in the scenario has to do with telephones.
  community::PstnGateway* gateway() { return gateway_.get(); }
  // In millionths; nothing when there is no such account, or nobody to ask.
  std::optional<int64_t> CreditOf(const std::string& user);

  // Machines go by the names of their hosts: "login-server", "supernode-3". Each call returns ""
  // when it was done, else why it could not be.
  //
  // The process dies as by SIGKILL.
  std::string Kill(const std::string& machine);
  // It is started again, with the files that it had.
  std::string Revive(const std::string& machine);
  // "" when there is none.
  std::string HomeOf(const std::string& user) const;
  std::string SupernodeAt(Ipv4Address address) const;
  // Allocations on all supernodes that live.
  size_t relays_now() const;
  // Logins on all supernodes that live.
  size_t users_now() const;
  // Of all supernodes that live, together.
  community::RelayStatistics relay_statistics() const;

 private:
  struct Node {
    community::SupernodeSettings settings;
    std::unique_ptr<Computer> computer;
    std::unique_ptr<community::Supernode> supernode;  // null while it is dead
  };

  Community() = default;
  Status Fill(const CommunitySpec& spec, const std::vector<AccountSpec>& accounts,
              sim::Network& network, const Computer::LogSink& log);
  Status StartLoginServer();
  Status AddAccounts(const std::vector<AccountSpec>& accounts);
  // The network's own services, each on its own machine.
  Status StartServices(const CommunitySpec& spec, const std::vector<AccountSpec>& accounts,
                       sim::Network& network, const Computer::LogSink& log);
  Status StartProxy(proxy::Proxy settings, sim::Network& network, const Computer::LogSink& log);
  static Status Start(Node& node);
  Node* Find(const std::string& machine);

  peer::NetworkSettings network_;
  std::unique_ptr<Computer> login_computer_;
  std::unique_ptr<community::LoginServer> login_server_;  // null while it is dead
  std::vector<RateSpec> rates_;
  std::vector<Node> nodes_;
  // Null without the service.
  std::unique_ptr<Computer> gateway_computer_, voicemail_computer_, proxy_computer_;
  std::unique_ptr<community::PstnGateway> gateway_;
  std::unique_ptr<community::VoicemailService> voicemail_;
  std::unique_ptr<community::ProxyServer> proxy_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_COMMUNITY_H_
