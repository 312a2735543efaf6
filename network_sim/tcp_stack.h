// TCP on one host: ns-3's sockets, with our own ways in and out.
//
//   Receive() ─▶ AdmitTcp ─▶ by tuple ─▶ SimTcpSocket ─▶ (ns-3) ─▶ DownTarget ─▶ host
//                              └ no connection: listener or reset
#ifndef NETWORK_SIM_TCP_STACK_H_
#define NETWORK_SIM_TCP_STACK_H_

#include <ns3/ptr.h>

#include <memory>
#include <unordered_map>

#include "network_sim/process_resource.h"
#include "network_sim/sim_host.h"
#include "network_sim/tcp_connection.h"
#include "network_sim/tcp_gate.h"
#include "runtime/stream.h"

namespace ns3 {
class Ipv4Route;
class Node;
class TcpL4Protocol;
}  // namespace ns3

namespace sfa::sim {

class HostRouting;
class SimTcpListener;

class TcpStack {
 public:
  explicit TcpStack(SimHost& host);
  ~TcpStack();
  TcpStack(const TcpStack&) = delete;
  TcpStack& operator=(const TcpStack&) = delete;

  Result<std::unique_ptr<TcpListener>> Listen(ProcessResources& process, const Endpoint& local,
                                              AcceptHandler& handler);
  std::unique_ptr<ByteStream> Connect(ProcessResources& process, const Endpoint& local,
                                      const Endpoint& remote, StreamHandler& handler);

  // From the host.
  void Receive(const Ipv4Datagram& datagram);
  // An ICMP error about a segment from `from` to `to` with that sequence number.
  void ReceiveUnreachable(const Endpoint& from, const Endpoint& to, uint32_t sequence,
                          uint8_t code);

  // For connections.
  ns3::Ptr<SimTcpSocket> NewSocket(TcpSocketOwner* owner);
  bool Announce(const TcpTuple& tuple, std::unique_ptr<SimTcpStream> stream);
  void Erase(const TcpTuple& tuple);
  size_t connections() const { return connections_.size(); }

 private:
  friend class SimTcpListener;

  void Output(ns3::Ptr<ns3::Packet> segment, uint32_t source, uint32_t destination);
  void ReceiveSyn(const TcpTuple& tuple, const TcpSegment& segment);
  void Refuse(const TcpTuple& tuple, const TcpSegment& segment);
  TcpConnection& NewConnection(const TcpTuple& tuple);

  SimHost& host_;
  ns3::Ptr<ns3::Node> node_;
  ns3::Ptr<ns3::TcpL4Protocol> tcp_;
  ns3::Ptr<HostRouting> routing_;
  PortSpace<SimTcpListener> listeners_;
  std::unordered_map<TcpTuple, std::unique_ptr<TcpConnection>> connections_;
  size_t embryonic_ = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_TCP_STACK_H_
