// What all NAT boxes have in common: packets in and out, flows, ICMP errors, hairpinning.
#ifndef NETWORK_SIM_NAT_BOX_H_
#define NETWORK_SIM_NAT_BOX_H_

#include <optional>
#include <string>
#include <vector>

#include "network_sim/nat.h"
#include "network_sim/nat_flow_table.h"
#include "network_sim/nat_packet.h"

namespace sfa::sim {

// The kinds of box differ in what they decide: which external endpoint a new flow gets, whom they
// let in, how long they remember.
class NatBox : public Nat {
 public:
  // `admits_strangers`: the inside may accept a TCP connection that came in without a flow.
  NatBox(const std::string& name, Ipv4Address external, bool hairpin, bool admits_strangers,
         const NatClock& clock);
  NatBox(const NatBox&) = delete;
  NatBox& operator=(const NatBox&) = delete;

  PacketSink& inside() override { return inside_; }
  PacketSink& outside() override { return outside_; }
  void Connect(PacketSink* to_inside, PacketSink* to_outside) override {
    to_inside_ = to_inside;
    to_outside_ = to_outside;
  }
  void Reboot(Ipv4Address external) override {
    table_.Clear();
    external_ = external;
  }
  const NatCounters& counters() const override { return counters_; }
  size_t flows() const override { return table_.CountAlive(clock_.Now()); }

 protected:
  ~NatBox() override = default;

  // Makes the flow of a first packet; nothing when there is no port for it. The table has room.
  virtual Flow* Open(const Tuple& outbound, MonotonicTime now) = 0;
  // A packet of the flow passes (a TCP segment has been tracked; `replied` does not count this
  // packet yet): how long the flow lasts from now on. Nothing leaves it as it is.
  virtual std::optional<Duration> Lifetime(const Flow& flow, bool outbound,
                                           MonotonicTime now) const = 0;
  // Where a packet goes that comes in and belongs to no flow; nothing refuses it.
  virtual std::optional<Endpoint> AdmitStranger(const Tuple& inbound) const = 0;
  // Whether a SYN from outside for a connection that is over makes room for a new one.
  virtual bool OutsideMayReopen() const { return false; }
  // A packet that came in has been refused because it belongs to no flow.
  virtual void OnStranger(const Tuple& inbound, MonotonicTime now) {
    static_cast<void>(inbound);
    static_cast<void>(now);
  }
  virtual void OnRemoved(const Flow& flow) { static_cast<void>(flow); }

  FlowTable& table() { return table_; }
  Ipv4Address external() const { return external_; }

 private:
  class Side final : public PacketSink {
   public:
    Side(NatBox& box, std::string name, void (NatBox::*handle)(NatPacket&))
        : box_(box), name_(std::move(name)), handle_(handle) {}
    void Receive(ns3::Ptr<ns3::Packet> packet) override { box_.Handle(*packet, handle_); }
    const std::string& name() const override { return name_; }

   private:
    NatBox& box_;
    const std::string name_;
    void (NatBox::*const handle_)(NatPacket&);
  };

  void Handle(const ns3::Packet& packet, void (NatBox::*handle)(NatPacket&));
  void FromInside(NatPacket& packet);
  void FromOutside(NatPacket& packet);
  // Translates in place. False when the packet has been refused and counted.
  bool TranslateOut(NatPacket& packet);
  bool TranslateIn(NatPacket& packet);
  void ErrorFromInside(NatPacket& packet);
  void ErrorFromOutside(NatPacket& packet);
  bool Begin(TcpTracker& tcp, const TcpSegment& segment) const;
  void Prolong(Flow& flow, bool outbound);
  bool Refuse();  // counts; always false
  void Emit(PacketSink* to);

  Ipv4Address external_;
  const bool hairpin_;
  const bool admits_strangers_;
  const NatClock& clock_;
  MonotonicTime now_;
  NatCounters counters_;
  FlowTable table_;
  std::vector<uint8_t> bytes_;  // the packet at hand
  Side inside_, outside_;
  PacketSink* to_inside_ = nullptr;
  PacketSink* to_outside_ = nullptr;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_BOX_H_
