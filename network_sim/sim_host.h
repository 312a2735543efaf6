// A host: its address, its loopback, its sockets.
#ifndef NETWORK_SIM_SIM_HOST_H_
#define NETWORK_SIM_SIM_HOST_H_

#include <memory>
#include <span>
#include <string>

#include "network_sim/capture.h"
#include "network_sim/ipv4.h"
#include "network_sim/link.h"
#include "network_sim/packet_sink.h"
#include "network_sim/port_space.h"
#include "network_sim/site.h"
#include "network_sim/world.h"

namespace sfa::sim {

class SimUdpSocket;
class TcpStack;

// What a packet between two processes of one host takes.
inline constexpr Duration kLoopbackDelay = std::chrono::microseconds(20);

// The sink at the end of a line: parses what arrives, gives UDP to the sockets and TCP to the
// stack, answers echo requests, and answers UDP for a closed port with ICMP.
//
// Contract:
//  1. Nothing malformed reaches a socket or the stack; it is dropped and counted.
//  2. Nothing is received inside Output().
class SimHost final : public Host, public PacketSink {
 public:
  // `lan` is where packets for others go. `loopback_capture` may be null.
  SimHost(World& world, std::string name, Ipv4Address address, PacketSink* lan,
          Capture* loopback_capture);
  ~SimHost() override;

  const std::string& name() const override { return name_; }
  Ipv4Address address() const override { return address_; }
  std::unique_ptr<Runtime> NewProcess(const std::string& process_name, FileSystem& files,
                                      Processes& processes, Log& log) override;
  void SetPower(bool on) override { powered_ = on; }

  // From the line.
  void Receive(ns3::Ptr<ns3::Packet> packet) override;

  // Sends a finished datagram to wherever `destination` is.
  void Output(std::span<const uint8_t> datagram, Ipv4Address destination);
  bool IsOwn(Ipv4Address address) const { return address.is_loopback() || address == address_; }
  // The address that a packet to `destination` comes from when its socket is bound to 0.0.0.0.
  Ipv4Address SourceFor(Ipv4Address destination) const {
    return destination.is_loopback() ? Ipv4Address::Loopback() : address_;
  }
  // Whether a packet can be sent at all; an error says why not.
  Status CheckRoute(Ipv4Address source, const Endpoint& destination) const;

  World& world() { return world_; }
  PortSpace<SimUdpSocket>& udp_ports() { return udp_ports_; }
  TcpStack& tcp();

 private:
  // The line from this host to itself.
  class Loopback final : public PacketSink {
   public:
    explicit Loopback(SimHost& host) : name_(host.name() + "/lo"), host_(host) {}
    void Receive(ns3::Ptr<ns3::Packet> packet) override { host_.Process(*packet); }
    const std::string& name() const override { return name_; }

   private:
    const std::string name_;
    SimHost& host_;
  };

  void Process(const ns3::Packet& packet);
  void ProcessUdp(const Ipv4Datagram& datagram);
  void ProcessIcmp(const Ipv4Datagram& datagram);
  void ProcessUnreachable(const Ipv4Datagram& datagram);
  // RFC 792: the header and eight bytes of what could not be delivered.
  void SendUnreachable(const Ipv4Datagram& cause, uint8_t code);
  void Drop() { ++world_.ledger.packets_dropped; }

  World& world_;
  const std::string name_;
  const Ipv4Address address_;
  PacketSink* const lan_;
  Capture* const loopback_capture_;
  bool powered_ = true;
  Loopback loopback_;
  Link loopback_line_;
  PortSpace<SimUdpSocket> udp_ports_;
  std::unique_ptr<TcpStack> tcp_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_SIM_HOST_H_
