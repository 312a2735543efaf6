#include "network_sim/bench/raw_ns3.h"

#include <ns3/boolean.h>
#include <ns3/global-value.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/node-container.h>
#include <ns3/packet.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/udp-socket-factory.h>

#include <cassert>
#include <cstdint>

#include "network_sim/bench/cpu_time.h"

namespace sfa::sim {
namespace {

constexpr uint16_t kPort = 4000;
constexpr uint32_t kPayloadBytes = 172;

struct Sender {
  ns3::Ptr<ns3::Socket> socket;
  int left;
  void Send() {
    socket->Send(ns3::Create<ns3::Packet>(kPayloadBytes));
    if (--left > 0) ns3::Simulator::Schedule(ns3::MilliSeconds(20), &Sender::Send, this);
  }
};

struct Receiver {
  int received = 0;
  void OnData(ns3::Ptr<ns3::Socket> socket) {
    while (socket->Recv()) ++received;
  }
};

}  // namespace

double RawNs3CpuNanosecondsPerPacket(int packets) {
  ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(true));
  ns3::NodeContainer nodes;
  nodes.Create(2);
  ns3::PointToPointHelper link;
  link.SetDeviceAttribute("DataRate", ns3::StringValue("1Gbps"));
  link.SetChannelAttribute("Delay", ns3::StringValue("20ms"));
  const ns3::NetDeviceContainer devices = link.Install(nodes);
  ns3::InternetStackHelper().Install(nodes);
  ns3::Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
  const ns3::Ipv4InterfaceContainer interfaces = addresses.Assign(devices);

  Receiver receiver;
  const auto in = ns3::Socket::CreateSocket(nodes.Get(1), ns3::UdpSocketFactory::GetTypeId());
  in->Bind(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), kPort));
  in->SetRecvCallback(ns3::MakeCallback(&Receiver::OnData, &receiver));
  Sender sender{ns3::Socket::CreateSocket(nodes.Get(0), ns3::UdpSocketFactory::GetTypeId()),
                packets};
  sender.socket->Connect(ns3::InetSocketAddress(interfaces.GetAddress(1), kPort));
  ns3::Simulator::Schedule(ns3::MilliSeconds(20), &Sender::Send, &sender);

  const double before = CpuNanoseconds();
  ns3::Simulator::Run();
  const double used = CpuNanoseconds() - before;
  assert(receiver.received == packets);
  const int delivered = receiver.received;
  sender.socket = nullptr;
  ns3::Simulator::Destroy();
  return used / delivered;
}

}  // namespace sfa::sim
