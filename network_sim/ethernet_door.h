// The door through which a real machine joins a LAN: an Ethernet TAP device.
//
//   kernel of the namespace ⇄ TAP ⇄ EthernetDoor ⇄ LanSwitch of the site
#ifndef NETWORK_SIM_ETHERNET_DOOR_H_
#define NETWORK_SIM_ETHERNET_DOOR_H_

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "network_sim/packet_sink.h"
#include "network_sim/world.h"

namespace sfa::sim {

// Contract:
//  1. Every address but the machine's own is at one Ethernet address, the router's: the door
//     answers ARP for all of them, and asks nobody.
//  2. Only IPv4 datagrams with a correct header, from the machine's own address, go into the world;
//     TCP only when well-formed, as for simulated hosts. All else is dropped and counted.
//  3. Frames are at most kMaxFrameBytes; those waiting for the world at most kMaxWaiting. What is
//     more is counted as dropped when the next frame enters.
//  4. Frames are read by a thread of the door while it lives. It keeps its own copy of the
//     descriptor, which is closed with it.
class EthernetDoor final : public PacketSink {
 public:
  EthernetDoor(std::string name, World& world, Ipv4Address machine, int tap_descriptor,
               PacketSink* lan);
  ~EthernetDoor() override;

  // To the machine.
  void Receive(ns3::Ptr<ns3::Packet> packet) override;
  const std::string& name() const override { return name_; }
  // A frame from the machine, of any bytes; the reader hands it over on the world's thread.
  void Enter(std::span<const uint8_t> frame);

 private:
  class Reader;

  void AnswerArp(std::span<const uint8_t> frame);
  void WriteFrame(std::span<const uint8_t> frame);
  void Drop() { ++world_.ledger.packets_dropped; }

  const std::string name_;
  World& world_;
  const Ipv4Address machine_;
  PacketSink* const lan_;
  int descriptor_;
  // Broadcast until the machine's first frame has shown its own.
  std::array<uint8_t, 6> machine_mac_;
  std::shared_ptr<Reader> reader_;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_ETHERNET_DOOR_H_
