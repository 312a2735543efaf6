// What the peers of one process do together about the port that they share: one survey of the
// network, one STUN server, one list of relays.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_PORT_SHARE_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_PORT_SHARE_H_

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "protocol/path/media_port.h"
#include "protocol/path/survey.h"
#include "runtime/runtime.h"

namespace sfa::peer {

class PortShare {
 public:
  // Both outlive this.
  PortShare(Runtime& runtime, path::MediaPort& port) : runtime_(runtime), port_(port) {}

  // `done` runs once, later: when the surroundings have been surveyed, for whomever. The nodes of
  // the first who asks are asked.
  void Survey(std::vector<Endpoint> nodes, std::function<void()> done);
  bool surveyed() const { return surveyed_; }

  // Where `peer` is at home now; not set: nowhere (any more). The port's STUN server is the home
  // of the peer that has had one for the longest time, so that it changes seldom.
  void SetHome(const void* peer, const Endpoint& home);
  // `peer` is at home nowhere because it has logged out. When nobody is left, who comes next
  // surveys anew: by then the firewall, or the whole network, may be another.
  void LoggedOut(const void* peer);

  // The nearest supernodes, then those of `known`; `home` only when there is nobody else: a
  // relay elsewhere is still there when the home is lost, and the other way round.
  void SetRelays(const std::vector<Endpoint>& known, const Endpoint& home, const std::string& name,
                 const std::string& password);

 private:
  Runtime& runtime_;
  path::MediaPort& port_;
  bool surveyed_ = false;
  std::unique_ptr<path::Survey> survey_;
  std::vector<std::function<void()>> waiting_;
  std::vector<std::pair<const void*, Endpoint>> homes_;  // in order of registration
  Endpoint stun_server_;
};

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_PORT_SHARE_H_
