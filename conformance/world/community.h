// The Skype network of a world: a login server with the scenario's accounts, and supernodes where
// every client looks for them first.
#ifndef CONFORMANCE_WORLD_COMMUNITY_H_
#define CONFORMANCE_WORLD_COMMUNITY_H_

#include <memory>
#include <vector>

#include "conformance/scenario/scenario.h"
#include "conformance/world/computer.h"
#include "fake_skype_network/login_server.h"
#include "fake_skype_network/supernode.h"
#include "network_sim/site.h"
#include "protocol/peer/peer.h"

namespace sfa::conformance {

class Community {
 public:
  static Result<std::unique_ptr<Community>> Make(const std::vector<AccountSpec>& accounts,
                                                 sim::Network& network, Computer::LogSink log);

  // Where clients find it.
  const peer::NetworkSettings& network() const { return network_; }

 private:
  Community() = default;
  Status Fill(const std::vector<AccountSpec>& accounts, sim::Network& network,
              const Computer::LogSink& log);

  struct Node {
    std::unique_ptr<Computer> computer;
    std::unique_ptr<community::Supernode> supernode;
  };

  peer::NetworkSettings network_;
  std::unique_ptr<Computer> login_computer_;
  std::unique_ptr<community::LoginServer> login_server_;
  std::vector<Node> nodes_;
};

}  // namespace sfa::conformance

#endif  // CONFORMANCE_WORLD_COMMUNITY_H_
