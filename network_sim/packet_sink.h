// Everything a packet meets is a sink with a name that passes it on to the next one.
#ifndef NETWORK_SIM_PACKET_SINK_H_
#define NETWORK_SIM_PACKET_SINK_H_

#include <ns3/packet.h>
#include <ns3/ptr.h>

#include <string>

namespace sfa::sim {

// A packet is the bytes of one IPv4 datagram, header and checksums included: 20 to 65,535 bytes.
//
// Contract:
//  1. Receive() takes the packet over: it passes it on, now or later, exactly once, or drops it and
//     counts it; only a Link that doubles passes it on twice.
//  2. A sink that rewrites makes a packet of its own; what others hold never changes.
//  3. What cannot be parsed is dropped where parsing is needed, never passed on half-read.
//  4. The name is unique in its world ("office/nat", "home/link/up") and fixed for life.
class PacketSink {
 public:
  virtual ~PacketSink() = default;
  virtual void Receive(ns3::Ptr<ns3::Packet> packet) = 0;
  virtual const std::string& name() const = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_PACKET_SINK_H_
