// Small conversions between the runtime's values and the wire's.
#ifndef REFERENCE_IMPL_PROTOCOL_PEER_NETWORK_H_
#define REFERENCE_IMPL_PROTOCOL_PEER_NETWORK_H_

#include "protocol/peer/peer.h"
#include "protocol/signalling.pb.h"
#include "runtime/address.h"

namespace sfa::peer {

// Of the protocol; nodes refuse any other.
inline constexpr uint32_t kProtocolVersion = 1;

wire::NodeAddress ToWire(const Endpoint& endpoint);
// 0.0.0.0:0 when it is no address to which anything could be sent.
Endpoint FromWire(const wire::NodeAddress& address);

wire::EndReason ToWire(EndReason reason);
// kNormal for a reason that is not known here.
EndReason FromWire(wire::EndReason reason);

// For people: "incorrect password".
const char* ToText(wire::RefusalReason reason);

}  // namespace sfa::peer

#endif  // REFERENCE_IMPL_PROTOCOL_PEER_NETWORK_H_
