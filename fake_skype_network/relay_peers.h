// Whom a relay may be made to send to.
#ifndef FAKE_SKYPE_NETWORK_RELAY_PEERS_H_
#define FAKE_SKYPE_NETWORK_RELAY_PEERS_H_

#include "fake_skype_network/relay_ports.h"
#include "runtime/address.h"

namespace sfa::community {

// Nobody reaches through a relay what is not on the Internet, nor the relay's own services
// (RFC 8656 section 21.2: what a relay must not become a way into). Its own relayed addresses are
// peers like others: two users of one node may both be relayed.
class RelayPeers {
 public:
  // `private_too`: networks of one's own, where nodes and users have private addresses.
  RelayPeers(const RelayPorts& ports, bool private_too)
      : ports_(ports), private_too_(private_too) {}

  // A permission is for an address with all its ports.
  bool MayPermit(Ipv4Address peer) const;
  // Where a datagram may go.
  bool MaySend(const Endpoint& peer) const {
    return peer.port != 0 &&
           (peer.address == ports_.address() ? ports_.IsOpen(peer.port) : MayPermit(peer.address));
  }

 private:
  const RelayPorts& ports_;
  const bool private_too_;
};

}  // namespace sfa::community

#endif  // FAKE_SKYPE_NETWORK_RELAY_PEERS_H_
