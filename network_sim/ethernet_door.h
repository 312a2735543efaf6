#ifndef NETWORK_SIM_ETHERNET_DOOR_H_
#define NETWORK_SIM_ETHERNET_DOOR_H_
#include <string>
#include "network_sim/packet_sink.h"
#include "network_sim/world.h"
namespace sfa::sim {
class EthernetDoor final : public PacketSink {
 public:
  EthernetDoor(std::string name, World&, Ipv4Address, int, PacketSink*) : name_(name) {}
  void Receive(ns3::Ptr<ns3::Packet>) override {}
  const std::string& name() const override { return name_; }

 private:
  std::string name_;
};
}  // namespace sfa::sim
#endif
