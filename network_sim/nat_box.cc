#include "network_sim/nat_box.h"

#include "network_sim/ipv4.h"

namespace sfa::sim {
namespace {

constexpr size_t kUsualPacketBytes = 2048;

}  // namespace

NatBox::NatBox(const std::string& name, Ipv4Address external, bool hairpin, bool admits_strangers,
               const NatClock& clock)
    : external_(external),
      hairpin_(hairpin),
      admits_strangers_(admits_strangers),
      clock_(clock),
      table_([this](const Flow& flow) { OnRemoved(flow); }),
      inside_(*this, name + "/inside", &NatBox::FromInside),
      outside_(*this, name + "/outside", &NatBox::FromOutside) {
  bytes_.reserve(kUsualPacketBytes);
}

void NatBox::Handle(const ns3::Packet& packet, void (NatBox::*handle)(NatPacket&)) {
  bytes_.resize(packet.GetSize());
  packet.CopyData(bytes_.data(), packet.GetSize());
  now_ = clock_.Now();
  table_.Expire(now_);
  NatPacket parsed(bytes_);
  if (parsed.kind() == NatPacketKind::kMalformed) {
    ++counters_.malformed;
  } else if (parsed.kind() == NatPacketKind::kFragment) {
    ++counters_.fragments;
  } else if (!parsed.DecrementTtl()) {
    ++counters_.ttl_expired;
  } else {
    (this->*handle)(parsed);
  }
}

void NatBox::Emit(PacketSink* to) {
  // The last thing that happens to the packet: what follows may come back to this box.
  to->Receive(ns3::Create<ns3::Packet>(bytes_.data(), static_cast<uint32_t>(bytes_.size())));
}

void NatBox::FromInside(NatPacket& packet) {
  if (packet.kind() == NatPacketKind::kIcmpError) {
    ErrorFromInside(packet);
    return;
  }
  const bool to_ourselves = packet.tuple().destination.address == external_;
  if (to_ourselves && !hairpin_) {
    ++counters_.filtered;
    return;
  }
  if (!TranslateOut(packet)) return;
  if (!to_ourselves) {
    Emit(to_outside_);
  } else if (TranslateIn(packet)) {
    Emit(to_inside_);
  }
}

void NatBox::FromOutside(NatPacket& packet) {
  if (packet.kind() == NatPacketKind::kIcmpError) {
    ErrorFromOutside(packet);
  } else if (TranslateIn(packet)) {
    Emit(to_inside_);
  }
}

bool NatBox::TranslateOut(NatPacket& packet) {
  if (packet.kind() != NatPacketKind::kTransport && packet.kind() != NatPacketKind::kEchoRequest) {
    return Refuse();
  }
  const Tuple outbound = packet.tuple();
  Flow* flow = table_.FindOutbound(outbound);
  if (flow && outbound.protocol == kProtocolTcp) {
    switch (flow->tcp.Track(/*outbound=*/true, packet.tcp())) {
      case TcpTracker::Verdict::kPass:
        break;
      case TcpTracker::Verdict::kPassAside:
        ++counters_.translated_out;
        packet.SetSource(flow->inbound.destination);
        return true;
      case TcpTracker::Verdict::kInvalid:
        return Refuse();
      case TcpTracker::Verdict::kReopen:
        table_.Remove(*flow);
        flow = nullptr;
        break;
    }
  }
  if (!flow) {
    TcpTracker tcp;
    if (outbound.protocol == kProtocolTcp && !Begin(tcp, packet.tcp())) return Refuse();
    flow = table_.full() ? nullptr : Open(outbound, now_);
    if (!flow) {
      ++counters_.no_port;
      return false;
    }
    flow->tcp = tcp;
  }
  Prolong(*flow, /*outbound=*/true);
  ++counters_.translated_out;
  packet.SetSource(flow->inbound.destination);
  return true;
}

bool NatBox::Begin(TcpTracker& tcp, const TcpSegment& segment) const {
  if (tcp.Track(/*outbound=*/true, segment) == TcpTracker::Verdict::kPass) return true;
  return admits_strangers_ && tcp.Accept(segment);
}

bool NatBox::TranslateIn(NatPacket& packet) {
  if (packet.kind() != NatPacketKind::kTransport && packet.kind() != NatPacketKind::kEchoReply) {
    return Refuse();
  }
  if (Flow* flow = table_.FindInbound(packet.tuple())) {
    auto verdict = TcpTracker::Verdict::kPass;
    if (packet.tuple().protocol == kProtocolTcp) {
      verdict = flow->tcp.Track(/*outbound=*/false, packet.tcp());
    }
    if (verdict == TcpTracker::Verdict::kReopen && OutsideMayReopen()) table_.Remove(*flow);
    const bool passes =
        verdict == TcpTracker::Verdict::kPass || verdict == TcpTracker::Verdict::kPassAside;
    if (!passes) return Refuse();
    if (verdict == TcpTracker::Verdict::kPass) Prolong(*flow, /*outbound=*/false);
    flow->replied = true;
    if (flow->outbound.source.address == external_) return Refuse();  // the router's own
    packet.SetDestination(flow->outbound.source);
  } else if (const auto stranger = AdmitStranger(packet.tuple())) {
    packet.SetDestination(*stranger);
  } else {
    OnStranger(packet.tuple(), now_);
    return Refuse();
  }
  ++counters_.translated_in;
  return true;
}

// An error about something that came in: RFC 5508 section 4.2 and RFC 4787 REQ-12; it changes
// nothing about the flow.
void NatBox::ErrorFromInside(NatPacket& packet) {
  const Tuple& quoted = packet.quoted();
  const Flow* flow = table_.FindOutbound({quoted.protocol, quoted.destination, quoted.source});
  if (!flow || packet.tuple().destination.address == external_) {
    Refuse();
    return;
  }
  packet.SetQuotedDestination(flow->inbound.destination);
  packet.SetOuterSource(external_);
  ++counters_.translated_out;
  Emit(to_outside_);
}

// An error about something that went out: RFC 5508 section 4.1.
void NatBox::ErrorFromOutside(NatPacket& packet) {
  const Tuple& quoted = packet.quoted();
  const Flow* flow = table_.FindInbound({quoted.protocol, quoted.destination, quoted.source});
  if (!flow || packet.tuple().destination.address != external_ ||
      flow->outbound.source.address == external_) {
    Refuse();
    return;
  }
  packet.SetQuotedSource(flow->outbound.source);
  packet.SetOuterDestination(flow->outbound.source.address);
  ++counters_.translated_in;
  Emit(to_inside_);
}

void NatBox::Prolong(Flow& flow, bool outbound) {
  if (const auto lifetime = Lifetime(flow, outbound, now_)) {
    table_.SetExpiry(flow, now_ + *lifetime);
  }
}

bool NatBox::Refuse() {
  ++counters_.filtered;
  return false;
}

}  // namespace sfa::sim
