// Sinks found by destination address: the Internet, and the switch of a LAN.
#ifndef NETWORK_SIM_ADDRESS_ROUTER_H_
#define NETWORK_SIM_ADDRESS_ROUTER_H_

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "network_sim/ipv4.h"
#include "network_sim/link.h"
#include "network_sim/packet_sink.h"
#include "network_sim/site.h"

namespace sfa::sim {

// The destination in the header of a packet, which has at least 20 bytes by PacketSink's contract.
inline Ipv4Address DestinationOf(const ns3::Packet& packet) {
  uint8_t header[kIpv4HeaderBytes] = {};
  packet.CopyData(header, sizeof(header));
  return {ReadU32(header + 16)};
}

// Routes by one hash of the destination address, so that the cost of a packet does not depend on
// how many hosts there are. What is addressed to nobody is dropped in silence, as a black hole
// does, and counted.
class Internet final : public PacketSink {
 public:
  explicit Internet(Ledger& ledger) : name_("internet"), ledger_(ledger) {}

  // Packets to `address` go to `sink`, after `core_delay` when there is one.
  void Attach(Ipv4Address address, PacketSink* sink, Duration core_delay = {});
  void Detach(Ipv4Address address) { routes_.erase(address); }
  bool Knows(Ipv4Address address) const { return routes_.contains(address); }

  void Receive(ns3::Ptr<ns3::Packet> packet) override;
  const std::string& name() const override { return name_; }

 private:
  const std::string name_;
  Ledger& ledger_;
  std::unordered_map<Ipv4Address, PacketSink*> routes_;
  std::vector<std::unique_ptr<Link>> delays_;
};

class Capture;

// The switch of a site's LAN with its router's inside: packets for a neighbour go to the
// neighbour, all others to the gateway.
//
// Contract:
//  1. Nothing reaches a host inside the Receive() in which it or a neighbour sent: what turns round
//     in the LAN or in the gateway (hairpin, ICMP errors) takes kLanDelay.
//  2. The capture sees every packet once.
class LanSwitch final : public PacketSink {
 public:
  LanSwitch(std::string name, Ledger& ledger, Capture* capture);

  // A host, or the line to a site that stands behind this one.
  void AttachHost(Ipv4Address address, PacketSink* host);
  void DetachHost(Ipv4Address address) { hosts_.erase(address); }
  void SetGateway(PacketSink* gateway) { gateway_ = gateway; }
  bool Knows(Ipv4Address address) const { return hosts_.contains(address); }

  // From a host of this LAN.
  void Receive(ns3::Ptr<ns3::Packet> packet) override;
  // From the gateway.
  PacketSink& from_gateway() { return from_gateway_; }
  const std::string& name() const override { return name_; }

 private:
  class Side final : public PacketSink {
   public:
    Side(std::string name, LanSwitch& lan, void (LanSwitch::*receive)(ns3::Ptr<ns3::Packet>))
        : name_(std::move(name)), lan_(lan), receive_(receive) {}
    void Receive(ns3::Ptr<ns3::Packet> packet) override { (lan_.*receive_)(std::move(packet)); }
    const std::string& name() const override { return name_; }

   private:
    const std::string name_;
    LanSwitch& lan_;
    void (LanSwitch::*receive_)(ns3::Ptr<ns3::Packet>);
  };

  void ReceiveFromGateway(ns3::Ptr<ns3::Packet> packet);
  void Deliver(ns3::Ptr<ns3::Packet> packet);

  const std::string name_;
  Ledger& ledger_;
  Capture* const capture_;
  PacketSink* gateway_ = nullptr;
  bool sending_ = false;  // inside Receive()
  std::unordered_map<Ipv4Address, PacketSink*> hosts_;
  Side from_gateway_;
  Side delivery_;
  Link turn_;
};

// A wire's length and a switch: what a packet between neighbours takes.
inline constexpr Duration kLanDelay = std::chrono::microseconds(100);

}  // namespace sfa::sim

#endif  // NETWORK_SIM_ADDRESS_ROUTER_H_
