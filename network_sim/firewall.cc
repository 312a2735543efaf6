#include "network_sim/firewall.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "network_sim/ipv4.h"
#include "network_sim/linux_timers.h"

namespace sfa::sim {
namespace {

using linux_timers::kGenericTimeout;
using linux_timers::kIcmpTimeout;
using linux_timers::kUdpStreamAge;
using linux_timers::kUdpStreamTimeout;
using linux_timers::kUdpTimeout;

constexpr uint16_t kHttp = 80, kHttps = 443;  // RFC 9110 section 4.2
constexpr uint16_t kSocks = 1080;             // RFC 1928 section 3
constexpr uint16_t kHttpProxy = 3128;         // what Squid made common

constexpr uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kAck = 0x10;  // RFC 9293 section 3.1
constexpr size_t kTcpHeaderBytes = 20;
constexpr uint8_t kIcmpAdministrativelyProhibited = 13;  // RFC 1812 section 5.2.7.1
constexpr size_t kQuotedBytes = 8;                       // RFC 792

Tuple Reversed(const Tuple& tuple) { return {tuple.protocol, tuple.destination, tuple.source}; }

}  // namespace

Firewall::Firewall(const std::string& name, Ipv4Address own, const NatClock& clock)
    : own_(own),
      clock_(clock),
      table_([](const Flow&) {}),
      inside_(*this, name + "/inside", &Firewall::FromInside),
      outside_(*this, name + "/outside", &Firewall::FromOutside) {}

void Firewall::Copy(const ns3::Packet& packet) {
  bytes_.resize(packet.GetSize());
  packet.CopyData(bytes_.data(), packet.GetSize());
  now_ = clock_.Now();
  table_.Expire(now_);
}

void Firewall::FromInside(ns3::Ptr<ns3::Packet> packet) {
  if (settings_.kind != FirewallKind::kNone) {
    Copy(*packet);
    const NatPacket parsed(bytes_);
    if (!AdmitsOut(parsed)) {
      ++counters_.refused_out;
      if (settings_.reject) Reject(parsed);
      return;
    }
  }
  to_outside_->Receive(std::move(packet));
}

void Firewall::FromOutside(ns3::Ptr<ns3::Packet> packet) {
  if (settings_.kind != FirewallKind::kNone) {
    Copy(*packet);
    if (!AdmitsIn(NatPacket(bytes_))) {
      ++counters_.refused_in;
      return;
    }
  }
  to_inside_->Receive(std::move(packet));
}

bool Firewall::Allows(const Tuple& outbound) const {
  switch (settings_.kind) {
    case FirewallKind::kNone:
    case FirewallKind::kStateful:
      return true;
    case FirewallKind::kUdpBlocked:
      return outbound.protocol != kProtocolUdp;
    case FirewallKind::kWebOnly:
      return outbound.protocol == kProtocolTcp &&
             (outbound.destination.port == kHttp || outbound.destination.port == kHttps);
    case FirewallKind::kProxyOnly:
      return outbound.protocol == kProtocolTcp &&
             (outbound.destination.port == kSocks || outbound.destination.port == kHttpProxy);
    case FirewallKind::kAllBlocked:
      break;
  }
  return false;
}

bool Firewall::AdmitsOut(const NatPacket& packet) {
  if (packet.kind() == NatPacketKind::kIcmpError) {
    // About something that came in.
    const Tuple outbound = Reversed(packet.quoted());
    return Allows(outbound) && table_.FindOutbound(outbound) != nullptr;
  }
  if (packet.kind() != NatPacketKind::kTransport && packet.kind() != NatPacketKind::kEchoRequest) {
    return false;
  }
  const Tuple outbound = packet.tuple();
  if (!Allows(outbound)) return false;
  Flow* flow = table_.FindOutbound(outbound);
  TcpTracker tcp;
  if (outbound.protocol == kProtocolTcp) {
    TcpTracker::Verdict verdict = (flow ? flow->tcp : tcp).Track(/*outbound=*/true, packet.tcp());
    if (flow && verdict == TcpTracker::Verdict::kReopen) {
      table_.Remove(*flow);
      flow = nullptr;
      verdict = tcp.Track(/*outbound=*/true, packet.tcp());
    }
    if (verdict == TcpTracker::Verdict::kInvalid) return false;
  }
  if (!flow) {
    if (table_.full()) return false;
    flow = &table_.Add(outbound, Reversed(outbound), now_, now_ + kUdpTimeout);
    flow->tcp = tcp;
  }
  Prolong(*flow);
  return true;
}

bool Firewall::AdmitsIn(const NatPacket& packet) {
  if (packet.kind() == NatPacketKind::kIcmpError) {
    // About something that went out.
    const Tuple& outbound = packet.quoted();
    return Allows(outbound) && table_.FindOutbound(outbound) != nullptr;
  }
  if (packet.kind() != NatPacketKind::kTransport && packet.kind() != NatPacketKind::kEchoReply) {
    return false;
  }
  Flow* const flow = table_.FindInbound(packet.tuple());
  if (!flow || !Allows(flow->outbound)) return false;
  if (packet.tuple().protocol == kProtocolTcp) {
    const TcpTracker::Verdict verdict = flow->tcp.Track(/*outbound=*/false, packet.tcp());
    if (verdict == TcpTracker::Verdict::kInvalid || verdict == TcpTracker::Verdict::kReopen) {
      return false;
    }
  }
  flow->replied = true;
  Prolong(*flow);
  return true;
}

void Firewall::Prolong(Flow& flow) {
  Duration lifetime = kGenericTimeout;
  if (flow.outbound.protocol == kProtocolUdp) {
    const bool stream = flow.replied && now_ - flow.created > kUdpStreamAge;
    lifetime = stream ? kUdpStreamTimeout : kUdpTimeout;
  } else if (flow.outbound.protocol == kProtocolTcp) {
    lifetime = flow.tcp.Timeout(LinuxTcpTimers());
  } else if (flow.outbound.protocol == kProtocolIcmp) {
    lifetime = kIcmpTimeout;
  }
  table_.SetExpiry(flow, now_ + lifetime);
}

void Firewall::Reject(const NatPacket& packet) {
  const NatPacketKind kind = packet.kind();
  // RFC 1122 section 3.2.2: no error about an error, a fragment, or what cannot be read.
  if (kind != NatPacketKind::kTransport && kind != NatPacketKind::kEchoRequest) return;
  const bool tcp = packet.tuple().protocol == kProtocolTcp;
  if (tcp && (packet.tcp().flags & kRst) != 0) return;
  ++counters_.rejected;
  if (tcp) {
    SendReset(packet);
  } else {
    SendProhibited(packet);
  }
}

// As a closed port answers: RFC 9293 section 3.10.7.1.
void Firewall::SendReset(const NatPacket& packet) {
  const TcpSegment& refused = packet.tcp();
  const Tuple& tuple = packet.tuple();
  std::array<uint8_t, kIpv4HeaderBytes + kTcpHeaderBytes> datagram{};
  uint8_t* const tcp = datagram.data() + kIpv4HeaderBytes;
  WriteU16(tcp, tuple.destination.port);
  WriteU16(tcp + 2, tuple.source.port);
  tcp[12] = kTcpHeaderBytes / 4 << 4;
  if ((refused.flags & kAck) != 0) {
    WriteU32(tcp + 4, refused.acknowledgement);
    tcp[13] = kRst;
  } else {
    const uint32_t length = refused.payload_bytes + ((refused.flags & kSyn) != 0 ? 1u : 0u) +
                            ((refused.flags & kFin) != 0 ? 1u : 0u);
    WriteU32(tcp + 8, refused.sequence + length);
    tcp[13] = kRst | kAck;
  }
  const Ipv4Address from = tuple.destination.address, to = tuple.source.address;
  WriteU16(tcp + 16, TransportChecksum(from, to, kProtocolTcp, {tcp, kTcpHeaderBytes}));
  WriteIpv4Header(datagram.data(), from, to, kProtocolTcp, kTcpHeaderBytes);
  SendInside(datagram);
}

void Firewall::SendProhibited(const NatPacket& packet) {
  const size_t header = (bytes_[0] & 0x0F) * 4u;
  const size_t quoted = std::min(bytes_.size(), header + kQuotedBytes);
  std::array<uint8_t, kIpv4HeaderBytes + kIcmpHeaderBytes + 60 + kQuotedBytes> datagram{};
  uint8_t* const icmp = datagram.data() + kIpv4HeaderBytes;
  icmp[0] = kIcmpUnreachable;
  icmp[1] = kIcmpAdministrativelyProhibited;
  std::memcpy(icmp + kIcmpHeaderBytes, bytes_.data(), quoted);
  const size_t size = kIcmpHeaderBytes + quoted;
  WriteU16(icmp + 2, InternetChecksum({icmp, size}));
  WriteIpv4Header(datagram.data(), own_, packet.tuple().source.address, kProtocolIcmp, size);
  SendInside({datagram.data(), kIpv4HeaderBytes + size});
}

void Firewall::SendInside(std::span<const uint8_t> datagram) {
  to_inside_->Receive(
      ns3::Create<ns3::Packet>(datagram.data(), static_cast<uint32_t>(datagram.size())));
}

}  // namespace sfa::sim
