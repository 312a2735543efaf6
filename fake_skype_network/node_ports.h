// The ports on which nodes are reached: their own, and 80 and 443, which firewalls let through.
#ifndef FAKE_SKYPE_NETWORK_NODE_PORTS_H_
#define FAKE_SKYPE_NETWORK_NODE_PORTS_H_

#include <memory>
#include <vector>

#include "fake_skype_network/relay_server.h"
#include "fake_skype_network/relay_way.h"
#include "runtime/runtime.h"

namespace sfa::community {

// `own`, then the same address with 80 and 443.
std::vector<Endpoint> PortsOfNode(const Endpoint& own);

// Listens on all of them. The own one must be had; that another one is not is logged only: on many
// hosts 80 and 443 are somebody else's.
Result<std::vector<std::unique_ptr<TcpListener>>> ListenOnNodePorts(Runtime& runtime,
                                                                    const Endpoint& own,
                                                                    AcceptHandler& handler);

// A UDP port of a node, with its clients of STUN and TURN.
class UdpDoor final : private UdpReceiver, private RelayWay {
 public:
  // `relay` outlives this.
  static Result<std::unique_ptr<UdpDoor>> Open(Runtime& runtime, const Endpoint& local,
                                               uint32_t number, RelayServer& relay);

 private:
  UdpDoor(uint32_t number, RelayServer& relay) : RelayWay(number, false), relay_(relay) {}
  void OnDatagram(const Endpoint& from, std::span<const uint8_t> bytes) override {
    relay_.Receive({*this, from}, bytes);
  }
  void SendToClient(const Endpoint& client, stun::Bytes message) override {
    if (!message.empty()) static_cast<void>(socket_->Send(client, message));
  }

  RelayServer& relay_;
  std::unique_ptr<UdpSocket> socket_;
};

// As ListenOnNodePorts(); the ways are numbered from `first_number` on.
Result<std::vector<std::unique_ptr<UdpDoor>>> OpenUdpDoors(Runtime& runtime, const Endpoint& own,
                                                           uint32_t first_number,
                                                           RelayServer& relay);

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_NODE_PORTS_H_
