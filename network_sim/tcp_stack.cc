#include "network_sim/tcp_stack.h"

#include <ns3/ipv4-header.h>
#include <ns3/ipv4-l3-protocol.h>
#include <ns3/ipv4-route.h>
#include <ns3/ipv4-routing-protocol.h>
#include <ns3/node.h>
#include <ns3/tcp-l4-protocol.h>

#include <array>
#include <utility>

namespace sfa::sim {
namespace {

// Half-open connections that a host keeps; more SYNs are dropped, as by a full backlog.
constexpr size_t kMaxEmbryonic = 1024;

}  // namespace

// ns-3 asks its routing for the local address of a connection and drops segments without a route;
// both are known here already.
class HostRouting final : public ns3::Ipv4RoutingProtocol {
 public:
  HostRouting() : route_(ns3::Create<ns3::Ipv4Route>()) {}

  void SetSource(Ipv4Address source) { route_->SetSource(ns3::Ipv4Address(source.value)); }

  ns3::Ptr<ns3::Ipv4Route> RouteOutput(ns3::Ptr<ns3::Packet>, const ns3::Ipv4Header&,
                                       ns3::Ptr<ns3::NetDevice>,
                                       ns3::Socket::SocketErrno& error) override {
    error = ns3::Socket::ERROR_NOTERROR;
    return route_;
  }
  bool RouteInput(ns3::Ptr<const ns3::Packet>, const ns3::Ipv4Header&,
                  ns3::Ptr<const ns3::NetDevice>, UnicastForwardCallback, MulticastForwardCallback,
                  LocalDeliverCallback, ErrorCallback) override {
    return false;
  }
  void NotifyInterfaceUp(uint32_t) override {}
  void NotifyInterfaceDown(uint32_t) override {}
  void NotifyAddAddress(uint32_t, ns3::Ipv4InterfaceAddress) override {}
  void NotifyRemoveAddress(uint32_t, ns3::Ipv4InterfaceAddress) override {}
  void SetIpv4(ns3::Ptr<ns3::Ipv4>) override {}
  void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper>, ns3::Time::Unit) const override {}

 private:
  const ns3::Ptr<ns3::Ipv4Route> route_;
};

class SimTcpListener final : public TcpListener, public ProcessResource {
 public:
  SimTcpListener(TcpStack& stack, AcceptHandler& handler, ProcessResources& process)
      : stack_(&stack), handler_(handler), process_(process) {}
  ~SimTcpListener() override { Unbind(); }

  Status Bind(const Endpoint& local) {
    auto bound = stack_->listeners_.Bind(local, this);
    if (!bound.ok()) {
      stack_ = nullptr;
      return Error{bound.error().code, "TCP: " + bound.error().message};
    }
    local_ = *bound;
    return {};
  }
  Endpoint local() const override { return local_; }
  void Accept(std::unique_ptr<SimTcpStream> stream) {
    process_.Add(*stream);
    handler_.OnAccept(std::move(stream));
  }

 private:
  void OnProcessEnd() override { Unbind(); }
  void Unbind() {
    if (stack_) stack_->listeners_.Release(local_);
    stack_ = nullptr;
  }

  TcpStack* stack_;  // null when the process has ended
  AcceptHandler& handler_;
  ProcessResources& process_;
  Endpoint local_;
};

TcpStack::TcpStack(SimHost& host)
    : host_(host),
      node_(ns3::CreateObject<ns3::Node>()),
      tcp_(ns3::CreateObject<ns3::TcpL4Protocol>()),
      routing_(ns3::CreateObject<HostRouting>()),
      listeners_(host.address()) {
  const auto ipv4 = ns3::CreateObject<ns3::Ipv4L3Protocol>();
  node_->AggregateObject(ipv4);
  ipv4->SetRoutingProtocol(routing_);
  node_->AggregateObject(tcp_);
  tcp_->SetDownTarget([this](ns3::Ptr<ns3::Packet> segment, ns3::Ipv4Address source,
                             ns3::Ipv4Address destination, uint8_t, ns3::Ptr<ns3::Ipv4Route>) {
    Output(std::move(segment), source.Get(), destination.Get());
  });
}

TcpStack::~TcpStack() {
  // The world ends: nothing is sent any more.
  tcp_->SetDownTarget([](ns3::Ptr<ns3::Packet>, ns3::Ipv4Address, ns3::Ipv4Address, uint8_t,
                         ns3::Ptr<ns3::Ipv4Route>) {});
  connections_.clear();
}

ns3::Ptr<SimTcpSocket> TcpStack::NewSocket(TcpSocketOwner* owner) {
  auto socket = ns3::CreateObject<SimTcpSocket>();
  socket->SetUp(node_, tcp_, owner);
  return socket;
}

void TcpStack::Output(ns3::Ptr<ns3::Packet> segment, uint32_t source, uint32_t destination) {
  std::array<uint8_t, 2048> datagram;
  const size_t size = segment->GetSize();
  if (kIpv4HeaderBytes + size > datagram.size()) return;
  WriteIpv4Header(datagram.data(), {source}, {destination}, kProtocolTcp, size);
  segment->CopyData(datagram.data() + kIpv4HeaderBytes, static_cast<uint32_t>(size));
  host_.Output({datagram.data(), kIpv4HeaderBytes + size}, {destination});
}

Result<std::unique_ptr<TcpListener>> TcpStack::Listen(ProcessResources& process,
                                                      const Endpoint& local,
                                                      AcceptHandler& handler) {
  auto listener = std::make_unique<SimTcpListener>(*this, handler, process);
  if (Status status = listener->Bind(local); !status.ok()) return status.error();
  process.Add(*listener);
  return std::unique_ptr<TcpListener>(std::move(listener));
}

TcpConnection& TcpStack::NewConnection(const TcpTuple& tuple) {
  auto& slot = connections_[tuple];
  slot = std::make_unique<TcpConnection>(*this, host_.world().simulation.timers(), tuple);
  return *slot;
}

std::unique_ptr<ByteStream> TcpStack::Connect(ProcessResources& process, const Endpoint& local,
                                              const Endpoint& remote, StreamHandler& handler) {
  TcpTuple tuple{local, remote};
  if (local.address.is_any()) tuple.local.address = host_.SourceFor(remote.address);
  std::optional<Error> error;
  if (Status status = listeners_.CheckAddress(local.address); !status.ok()) {
    error = Error{status.error().code, "TCP: " + status.error().message};
  } else if (Status route = host_.CheckRoute(local.address, remote); !route.ok()) {
    error = Error{route.error().code, "TCP: " + route.error().message};
  }
  if (local.port == 0) {
    do {
      tuple.local.port = listeners_.NextFree();
    } while (connections_.contains(tuple));
  } else if (connections_.contains(tuple)) {
    // The connection that reports the error needs a name of its own.
    error = Error{ErrorCode::kAddressInUse, "TCP: " + local.ToString() + " is connected to " +
                                                remote.ToString() + " already"};
    do {
      tuple.local.port = listeners_.NextFree();
    } while (connections_.contains(tuple));
  }
  routing_->SetSource(tuple.local.address);
  auto stream = NewConnection(tuple).Connect(handler, std::move(error));
  process.Add(*stream);
  return stream;
}

void TcpStack::Receive(const Ipv4Datagram& datagram) {
  const auto segment = AdmitTcp(datagram);
  if (!segment) {
    ++host_.world().ledger.packets_dropped;
    return;
  }
  const TcpTuple tuple{{datagram.destination, segment->destination_port},
                       {datagram.source, segment->source_port}};
  const auto connection = connections_.find(tuple);
  if (connection != connections_.end() && !connection->second->socket().closed()) {
    return connection->second->socket().Deliver(tuple.local, tuple.remote, *segment);
  }
  if (segment->flags & kTcpRst) return;
  const bool first_syn = (segment->flags & (kTcpSyn | kTcpAck)) == kTcpSyn;
  if (first_syn && connection == connections_.end() && listeners_.Find(tuple.local)) {
    return ReceiveSyn(tuple, *segment);
  }
  Refuse(tuple, *segment);
}

void TcpStack::ReceiveSyn(const TcpTuple& tuple, const TcpSegment& segment) {
  if (embryonic_ >= kMaxEmbryonic) {
    ++host_.world().ledger.packets_dropped;
    return;
  }
  ++embryonic_;
  NewConnection(tuple).Accept(segment);
}

void TcpStack::Refuse(const TcpTuple& tuple, const TcpSegment& segment) {
  // RFC 9293 section 3.10.7.1.
  std::array<uint8_t, kIpv4HeaderBytes + kTcpHeaderBytes> datagram{};
  uint8_t* const reset = datagram.data() + kIpv4HeaderBytes;
  WriteU16(reset, tuple.local.port);
  WriteU16(reset + 2, tuple.remote.port);
  if (segment.flags & kTcpAck) {
    WriteU32(reset + 4, segment.acknowledgment);
    reset[13] = kTcpRst;
  } else {
    WriteU32(reset + 8, segment.sequence + static_cast<uint32_t>(segment.data_bytes()) +
                            ((segment.flags & kTcpSyn) != 0) + ((segment.flags & kTcpFin) != 0));
    reset[13] = kTcpRst | kTcpAck;
  }
  reset[12] = (kTcpHeaderBytes / 4) << 4;
  WriteU16(reset + 16, TransportChecksum(tuple.local.address, tuple.remote.address, kProtocolTcp,
                                         {reset, kTcpHeaderBytes}));
  WriteIpv4Header(datagram.data(), tuple.local.address, tuple.remote.address, kProtocolTcp,
                  kTcpHeaderBytes);
  host_.Output(datagram, tuple.remote.address);
}

void TcpStack::ReceiveUnreachable(const Endpoint& from, const Endpoint& to, uint32_t sequence,
                                  uint8_t code) {
  const auto connection = connections_.find({from, to});
  if (connection == connections_.end() || connection->second->socket().closed()) return;
  connection->second->socket().DeliverUnreachable(sequence, code);
}

bool TcpStack::Announce(const TcpTuple& tuple, std::unique_ptr<SimTcpStream> stream) {
  --embryonic_;
  SimTcpListener* const listener = listeners_.Find(tuple.local);
  if (!listener) return false;
  listener->Accept(std::move(stream));
  return true;
}

void TcpStack::Erase(const TcpTuple& tuple) {
  const auto connection = connections_.find(tuple);
  if (connection == connections_.end()) return;
  if (connection->second->embryonic()) --embryonic_;
  connections_.erase(connection);
}

}  // namespace sfa::sim
