#include "network_sim/sim_host.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "network_sim/sim_process.h"
#include "network_sim/sim_udp.h"
#include "network_sim/tcp_stack.h"

namespace sfa::sim {
namespace {

LinkSettings LoopbackLine() {
  LinkSettings settings;
  settings.delay = kLoopbackDelay;
  return settings;
}

// What an ICMP error quotes of a transport header: ports, and TCP's sequence number (RFC 792).
constexpr size_t kQuotedBytes = 8;

}  // namespace

SimHost::SimHost(World& world, std::string name, Ipv4Address address, PacketSink* lan,
                 Capture* loopback_capture)
    : world_(world),
      name_(std::move(name)),
      address_(address),
      lan_(lan),
      loopback_capture_(loopback_capture),
      loopback_(*this),
      loopback_line_(name_ + "/lo/line", LoopbackLine(), 0, world.ledger, &loopback_),
      udp_ports_(address) {}

SimHost::~SimHost() = default;

std::unique_ptr<Runtime> SimHost::NewProcess(const std::string& process_name, FileSystem& files,
                                             Processes& processes, Log& log) {
  return std::make_unique<SimProcess>(*this, process_name, files, processes, log);
}

TcpStack& SimHost::tcp() {
  // Made when first needed: most hosts of a large world never see a segment.
  if (!tcp_) tcp_ = std::make_unique<TcpStack>(*this);
  return *tcp_;
}

Status SimHost::CheckRoute(Ipv4Address source, const Endpoint& destination) const {
  const uint32_t to = destination.address.value;
  if (destination.port == 0 || to == 0) {
    return Error{ErrorCode::kInvalid, destination.ToString() + " is not a destination"};
  }
  if (to >> 28 >= 0xE) {
    return Error{ErrorCode::kUnreachable, "no route to " + destination.address.ToString() +
                                              ": neither multicast nor broadcast is sent"};
  }
  if (source.is_loopback() && !IsOwn(destination.address)) {
    return Error{ErrorCode::kUnreachable,
                 "no route from " + source.ToString() + " to " + destination.address.ToString()};
  }
  return {};
}

void SimHost::Output(std::span<const uint8_t> datagram, Ipv4Address destination) {
  if (!powered_) return Drop();
  auto packet = ns3::Create<ns3::Packet>(datagram.data(), static_cast<uint32_t>(datagram.size()));
  if (IsOwn(destination)) {
    if (loopback_capture_) loopback_capture_->Record(*packet);
    loopback_line_.Receive(std::move(packet));
  } else {
    lan_->Receive(std::move(packet));
  }
}

void SimHost::Receive(ns3::Ptr<ns3::Packet> packet) {
  ++world_.ledger.packets_delivered;
  Process(*packet);
}

void SimHost::Process(const ns3::Packet& packet) {
  if (!powered_) return Drop();
  const uint32_t size = packet.CopyData(world_.received.data(), world_.received.size());
  const auto datagram = ParseIpv4({world_.received.data(), size});
  if (!datagram || datagram->fragment || !IsOwn(datagram->destination)) return Drop();
  // RFC 1122 section 3.2.1.3: loopback, multicast and 0.0.0.0 are nobody's source on a line.
  if (datagram->source.is_any() || datagram->source.value >> 28 >= 0xE) return Drop();
  if (datagram->source.is_loopback() != datagram->destination.is_loopback() &&
      !(IsOwn(datagram->source) && IsOwn(datagram->destination))) {
    return Drop();
  }
  switch (datagram->protocol) {
    case kProtocolUdp:
      return ProcessUdp(*datagram);
    case kProtocolTcp:
      return tcp().Receive(*datagram);
    case kProtocolIcmp:
      return ProcessIcmp(*datagram);
    default:
      Drop();
      return SendUnreachable(*datagram, kIcmpProtocolUnreachable);
  }
}

void SimHost::ProcessUdp(const Ipv4Datagram& datagram) {
  const auto udp = ParseUdp(datagram);
  if (!udp) return Drop();
  SimUdpSocket* const socket = udp_ports_.Find({datagram.destination, udp->destination_port});
  if (!socket) {
    Drop();
    return SendUnreachable(datagram, kIcmpPortUnreachable);
  }
  socket->Deliver({datagram.source, udp->source_port}, udp->payload);
}

void SimHost::SendUnreachable(const Ipv4Datagram& cause, uint8_t code) {
  // The quoted header lies right before the payload in the buffer.
  const size_t quoted = cause.header_bytes + std::min<size_t>(kQuotedBytes, cause.payload.size());
  std::array<uint8_t, kIpv4HeaderBytes + kIcmpHeaderBytes + 60 + kQuotedBytes> message{};
  const size_t icmp_bytes = kIcmpHeaderBytes + quoted;
  uint8_t* const icmp = message.data() + kIpv4HeaderBytes;
  icmp[0] = kIcmpUnreachable;
  icmp[1] = code;
  std::memcpy(icmp + kIcmpHeaderBytes, cause.payload.data() - cause.header_bytes, quoted);
  WriteU16(icmp + 2, InternetChecksum({icmp, icmp_bytes}));
  WriteIpv4Header(message.data(), cause.destination, cause.source, kProtocolIcmp, icmp_bytes);
  Output({message.data(), kIpv4HeaderBytes + icmp_bytes}, cause.source);
}

void SimHost::ProcessIcmp(const Ipv4Datagram& datagram) {
  const auto icmp = datagram.payload;
  if (icmp.size() < kIcmpHeaderBytes || InternetChecksum(icmp) != 0) return Drop();
  if (icmp[0] == kIcmpUnreachable) return ProcessUnreachable(datagram);
  if (icmp[0] != kIcmpEchoRequest) return;
  // The reply is built where the request lies: same bytes, another type and direction.
  uint8_t* const reply = world_.received.data() + datagram.header_bytes - kIpv4HeaderBytes;
  uint8_t* const message = reply + kIpv4HeaderBytes;
  message[0] = kIcmpEchoReply;
  WriteU16(message + 2, 0);
  WriteU16(message + 2, InternetChecksum({message, icmp.size()}));
  WriteIpv4Header(reply, datagram.destination, datagram.source, kProtocolIcmp, icmp.size());
  Output({reply, kIpv4HeaderBytes + icmp.size()}, datagram.source);
}

void SimHost::ProcessUnreachable(const Ipv4Datagram& datagram) {
  const auto quote = datagram.payload.subspan(kIcmpHeaderBytes);
  const uint8_t code = datagram.payload[1];
  // Too large a packet is not an unreachable host (RFC 1191).
  if (code == kIcmpFragmentationNeeded) return;
  if (quote.size() < kIpv4HeaderBytes || quote[0] >> 4 != 4) return Drop();
  const size_t header_bytes = (quote[0] & 0x0F) * 4u;
  if (header_bytes < kIpv4HeaderBytes || quote.size() < header_bytes + kQuotedBytes) return Drop();
  const Endpoint from{{ReadU32(&quote[12])}, ReadU16(&quote[header_bytes])};
  const Endpoint to{{ReadU32(&quote[16])}, ReadU16(&quote[header_bytes + 2])};
  if (!IsOwn(from.address)) return Drop();
  if (quote[9] == kProtocolUdp) {
    if (SimUdpSocket* const socket = udp_ports_.Find(from)) socket->DeliverUnreachable(to);
  } else if (quote[9] == kProtocolTcp && tcp_) {
    tcp_->ReceiveUnreachable(from, to, ReadU32(&quote[header_bytes + 4]), code);
  }
}

}  // namespace sfa::sim
