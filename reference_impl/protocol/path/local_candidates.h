// What a media port offers to the other end of a call.
#ifndef REFERENCE_IMPL_PROTOCOL_PATH_LOCAL_CANDIDATES_H_
#define REFERENCE_IMPL_PROTOCOL_PATH_LOCAL_CANDIDATES_H_

#include <optional>
#include <vector>

#include "protocol/path/check_port.h"

namespace sfa::path {

// At most 16 candidates are ever signalled: four host endpoints, four listeners (two while ports
// are foretold), the mapping, eight foretold ports and a relay go into that.
inline constexpr size_t kMaxHosts = 4;
inline constexpr size_t kMaxListeners = 4;
inline constexpr size_t kMaxListenersBesideForetold = 2;
inline constexpr int kForetoldPorts = 8;

// What there is to offer.
struct Offerings {
  std::vector<Endpoint> hosts;  // with the UDP port
  std::optional<Endpoint> mapped;
  std::vector<Endpoint> foretold;   // where a sequential NAT will put us next
  std::vector<Endpoint> listeners;  // TCP
  std::optional<Endpoint> relayed;
  WayId relay = kUdpWay;  // way to `relayed`
};

// Best first, with priorities and foundations (RFC 8445 section 5.1). A mapping that is a host
// endpoint is none; TCP listeners come after everything direct by UDP, before the relay.
std::vector<LocalCandidate> ListCandidates(const Offerings& offerings);

// Where a NAT that goes on in steps puts the flows after the one that it put at `sample`.
std::vector<Endpoint> Foretell(const Endpoint& sample, int port_step);

// Whether both name the same endpoints by the same ways.
bool SameCandidates(const std::vector<LocalCandidate>& a, const std::vector<LocalCandidate>& b);

}  // namespace sfa::path

#endif  // REFERENCE_IMPL_PROTOCOL_PATH_LOCAL_CANDIDATES_H_
