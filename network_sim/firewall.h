// A firewall between a site's NAT, or its LAN where there is none, and its access line.
#ifndef NETWORK_SIM_FIREWALL_H_
#define NETWORK_SIM_FIREWALL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "network_sim/nat.h"
#include "network_sim/nat_flow_table.h"
#include "network_sim/nat_packet.h"
#include "network_sim/packet_sink.h"
#include "network_sim/site.h"

namespace sfa::sim {

struct FirewallCounters {
  uint64_t refused_out = 0;
  uint64_t refused_in = 0;
  uint64_t rejected = 0;  // of those refused_out, how many were told so
};

// What passes:
//   none         everything, unread
//   stateful     what the inside begins, and what belongs to it
//   udp-blocked  the same, but no UDP either way
//   web-only     what the inside begins over TCP to ports 80 and 443, and what belongs to it
//   all-blocked  nothing
//   proxy-only   what the inside begins over TCP to a proxy's port, 1080 or 3128, and what belongs
//                to it
// An ICMP error belongs to the flow that it is about. Flows are remembered as long as Linux's
// connection tracking does.
//
// Contract:
//  1. Packets pass as they are.
//  2. The outside never gets an answer; the inside does with `reject`: a reset for TCP, ICMP
//     "communication administratively prohibited" (RFC 1812 section 5.2.7.1) for all else.
class Firewall {
 public:
  // `own` is where its ICMP comes from; `clock` outlives it.
  Firewall(const std::string& name, Ipv4Address own, const NatClock& clock);
  Firewall(const Firewall&) = delete;
  Firewall& operator=(const Firewall&) = delete;

  PacketSink& inside() { return inside_; }
  PacketSink& outside() { return outside_; }
  void Connect(PacketSink* to_inside, PacketSink* to_outside) {
    to_inside_ = to_inside;
    to_outside_ = to_outside;
  }

  // New rules hold for flows that are there, too.
  void Set(const FirewallSettings& settings) { settings_ = settings; }
  // As after a loss of power.
  void Reboot(Ipv4Address own) {
    table_.Clear();
    own_ = own;
  }
  const FirewallCounters& counters() const { return counters_; }
  size_t flows() const { return table_.CountAlive(clock_.Now()); }

 private:
  class Side final : public PacketSink {
   public:
    Side(Firewall& wall, std::string name, void (Firewall::*receive)(ns3::Ptr<ns3::Packet>))
        : wall_(wall), name_(std::move(name)), receive_(receive) {}
    void Receive(ns3::Ptr<ns3::Packet> packet) override { (wall_.*receive_)(std::move(packet)); }
    const std::string& name() const override { return name_; }

   private:
    Firewall& wall_;
    const std::string name_;
    void (Firewall::*const receive_)(ns3::Ptr<ns3::Packet>);
  };

  void FromInside(ns3::Ptr<ns3::Packet> packet);
  void FromOutside(ns3::Ptr<ns3::Packet> packet);
  bool AdmitsOut(const NatPacket& packet);
  bool AdmitsIn(const NatPacket& packet);
  // Whether the rules have anything for a flow that begins like this.
  bool Allows(const Tuple& outbound) const;
  void Prolong(Flow& flow);
  // Tells the inside that `bytes_`, which `packet` has read, has been refused.
  void Reject(const NatPacket& packet);
  void SendReset(const NatPacket& packet);
  void SendProhibited(const NatPacket& packet);
  void SendInside(std::span<const uint8_t> datagram);
  void Copy(const ns3::Packet& packet);

  FirewallSettings settings_;
  Ipv4Address own_;
  const NatClock& clock_;
  MonotonicTime now_{};
  FirewallCounters counters_;
  FlowTable table_;
  std::vector<uint8_t> bytes_;  // the packet at hand
  Side inside_, outside_;
  PacketSink* to_inside_ = nullptr;
  PacketSink* to_outside_ = nullptr;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_FIREWALL_H_
