#include "conformance/judges/nat/nat_player.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "network_sim/ipv4.h"
#include "network_sim/nat_packet.h"

namespace sfa::conformance {
namespace {

using sim::kProtocolIcmp;
using sim::kProtocolTcp;

constexpr Ipv4Address kHosts = Ipv4Address::Of(10, 0, 0, 0);
constexpr Ipv4Address kRemotes = Ipv4Address::Of(198, 18, 0, 0);  // RFC 2544: for benchmarks
constexpr uint32_t kAddressesOfScript = 4;
constexpr size_t kTcpHeaderBytes = 20;
constexpr uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kAck = 0x10;  // RFC 9293 section 3.1
constexpr uint16_t kWindow = 0xFFFF;
constexpr size_t kQuotedBytes = sim::kIpv4HeaderBytes + 8;  // RFC 792

size_t TransportHeaderBytes(uint8_t protocol) { return protocol == kProtocolTcp ? 20 : 8; }

bool HasGoodChecksum(const NatBytes& packet) {
  const auto datagram = sim::ParseIpv4(packet);
  if (!datagram) return false;
  if (datagram->protocol == kProtocolIcmp) return sim::InternetChecksum(datagram->payload) == 0;
  return sim::TransportChecksum(datagram->source, datagram->destination, datagram->protocol,
                                datagram->payload) == 0;
}

// Endpoints as they are in the packet; an echo's identifier stands on the asking side.
sim::Tuple TupleOf(NatBytes packet) { return sim::NatPacket(packet).tuple(); }

// Nothing but addresses, ports, checksums and the time to live has changed.
bool IsIntact(const NatBytes& before, const NatBytes& after) {
  const auto was = sim::ParseIpv4(before);
  const auto is = sim::ParseIpv4(after);
  if (!was || !is || !HasGoodChecksum(after) || before.size() != after.size()) return false;
  const size_t header = TransportHeaderBytes(was->protocol);
  bool same = was->protocol == is->protocol && was->ttl == is->ttl + 1;
  same =
      same && std::equal(was->payload.begin() + static_cast<ptrdiff_t>(header), was->payload.end(),
                         is->payload.begin() + static_cast<ptrdiff_t>(header));
  // TCP: sequence, acknowledgement, flags and window.
  if (was->protocol == kProtocolTcp) {
    same = same &&
           std::equal(was->payload.begin() + 4, was->payload.begin() + 16, is->payload.begin() + 4);
  }
  return same;
}

NatBytes IcmpErrorAbout(const NatBytes& packet, Ipv4Address from, Ipv4Address to) {
  NatBytes error(sim::kIpv4HeaderBytes + sim::kIcmpHeaderBytes);
  error.insert(error.end(), packet.begin(), packet.begin() + kQuotedBytes);
  const size_t size = error.size() - sim::kIpv4HeaderBytes;
  sim::WriteIpv4Header(error.data(), from, to, kProtocolIcmp, size);
  uint8_t* const icmp = &error[sim::kIpv4HeaderBytes];
  icmp[0] = sim::kIcmpUnreachable;
  icmp[1] = sim::kIcmpPortUnreachable;
  sim::WriteU16(icmp + 2, sim::InternetChecksum({icmp, size}));
  return error;
}

const char* RangeOf(uint16_t port) {
  if (port < 512) return "below 512";
  return port < 1024 ? "from 512" : "from 1024";
}

}  // namespace

NatPlayer::NatPlayer(const NatScript& script, NatSubject& subject, uint32_t serial)
    : script_(script),
      subject_(subject),
      hosts_{kHosts.value + kAddressesOfScript * (serial + 1)},
      remotes_{kRemotes.value + kAddressesOfScript * (serial + 1)} {}

Endpoint NatPlayer::Host(const NatStep& step) const {
  return {{hosts_.value + static_cast<uint32_t>(step.host)}, step.port};
}
Endpoint NatPlayer::Remote(const NatStep& step) const {
  return {{remotes_.value + static_cast<uint32_t>(step.remote)}, step.remote_port};
}

NatOutcome NatPlayer::Play(const NatStep& step) {
  switch (step.verb) {
    case NatVerb::kSend:
      return Transport(step, NatSide::kInside, Build(step, Host(step), Remote(step)));
    case NatVerb::kErrorIn:
    case NatVerb::kErrorOut:
      return Complain(step);
    case NatVerb::kSendToRouter:
    case NatVerb::kCome:
      break;
  }
  Endpoint to{subject_.external(), step.port};
  if (step.about != kNoStep) {
    const auto passage = passages_.find(step.about);
    if (passage == passages_.end() || passage->second.outside.empty()) {
      return {"there is no port to send to", ""};
    }
    to = TupleOf(passage->second.outside).source;
  }
  if (step.verb == NatVerb::kSendToRouter) {
    return Transport(step, NatSide::kInside, Build(step, Host(step), to));
  }
  return Transport(step, NatSide::kOutside, Build(step, Remote(step), to));
}

NatBytes NatPlayer::Build(const NatStep& step, const Endpoint& from, const Endpoint& to) {
  if (step.protocol == kProtocolTcp) return BuildTcp(step, from, to);
  if (step.protocol == kProtocolIcmp) return BuildEcho(step, from, to);
  const NatBytes payload = {'s', 't', 'e', 'p', static_cast<uint8_t>(step.id)};
  NatBytes packet(sim::kIpv4HeaderBytes + sim::kUdpHeaderBytes + payload.size());
  sim::WriteUdpDatagram(packet.data(), from, to, payload);
  return packet;
}

NatPlayer::Stream& NatPlayer::StreamOf(const NatStep& step) {
  // What comes to a port that a step got belongs to the one who sent that step.
  const auto asked = std::find_if(script_.steps.begin(), script_.steps.end(),
                                  [&](const NatStep& other) { return other.id == step.about; });
  const NatStep& inside = asked == script_.steps.end() ? step : *asked;
  return streams_[{inside.host, inside.port, step.remote, step.remote_port}];
}

uint32_t NatPlayer::NextSequence(Stream& stream, const NatStep& step) {
  const bool syn = (step.flags & kSyn) != 0;
  if (syn && stream.over) {
    stream.over = false;
    for (Stream::End* end : {&stream.inside, &stream.outside}) {
      *end = {.sent = end->sent, .received = end->received};
    }
  }
  Stream::End& sender = stream.sender(step);
  const bool begins =
      syn && !sender.opened && !sender.talked && !stream.receiver(step).acknowledged;
  if (begins) {
    sender.opened = true;
    sender.first = sender.sent++;
  }
  sender.acknowledged = sender.acknowledged || (step.flags & kAck) != 0;
  if (syn && sender.opened) {
    sender.end = sender.first + 1;
    return sender.first;  // a SYN that is sent again is the same SYN
  }
  const uint32_t sequence = sender.sent;
  sender.talked = sender.talked || !syn;
  sender.sent += step.payload + ((step.flags & kFin) != 0 ? 1 : 0);
  sender.end = sender.sent;
  return sequence;
}

void NatPlayer::Arrived(Stream& stream, const NatStep& step) {
  Stream::End& sender = stream.sender(step);
  Stream::End& receiver = stream.receiver(step);
  receiver.received = std::max(receiver.received, sender.end);
  receiver.heard = true;
  sender.finished = sender.finished || (step.flags & kFin) != 0;
  stream.over = stream.over || (step.flags & kRst) != 0 || (sender.finished && receiver.finished);
}

NatBytes NatPlayer::BuildTcp(const NatStep& step, const Endpoint& from, const Endpoint& to) {
  Stream& stream = StreamOf(step);
  const uint32_t sequence = NextSequence(stream, step);
  const Stream::End& sender = stream.sender(step);
  // Who aborts what was never answered has nothing to acknowledge.
  const bool acknowledges = (step.flags & kAck) != 0 && (sender.heard || (step.flags & kRst) == 0);
  const size_t size = kTcpHeaderBytes + step.payload;
  NatBytes packet(sim::kIpv4HeaderBytes + size);
  sim::WriteIpv4Header(packet.data(), from.address, to.address, kProtocolTcp, size);
  uint8_t* const tcp = &packet[sim::kIpv4HeaderBytes];
  sim::WriteU16(tcp, from.port);
  sim::WriteU16(tcp + 2, to.port);
  sim::WriteU32(tcp + 4, sequence);
  sim::WriteU32(tcp + 8, acknowledges ? sender.received : 0);
  tcp[12] = kTcpHeaderBytes / 4 << 4;
  tcp[13] = step.flags;
  sim::WriteU16(tcp + 14, kWindow);
  sim::WriteU16(tcp + 16,
                sim::TransportChecksum(from.address, to.address, kProtocolTcp, {tcp, size}));
  return packet;
}

NatBytes NatPlayer::BuildEcho(const NatStep& step, const Endpoint& from, const Endpoint& to) const {
  const bool asks = step.verb != NatVerb::kCome || step.echo_request;
  NatBytes packet(sim::kIpv4HeaderBytes + sim::kIcmpHeaderBytes + 4);
  const size_t size = packet.size() - sim::kIpv4HeaderBytes;
  sim::WriteIpv4Header(packet.data(), from.address, to.address, kProtocolIcmp, size);
  uint8_t* const icmp = &packet[sim::kIpv4HeaderBytes];
  icmp[0] = asks ? sim::kIcmpEchoRequest : sim::kIcmpEchoReply;
  sim::WriteU16(icmp + 4, step.verb == NatVerb::kCome ? to.port : from.port);
  sim::WriteU16(icmp + 6, static_cast<uint16_t>(step.id));
  sim::WriteU16(icmp + 2, sim::InternetChecksum({icmp, size}));
  return packet;
}

NatOutcome NatPlayer::Transport(const NatStep& step, NatSide side, const NatBytes& packet) {
  NatOutcome outcome;
  if (step.protocol == kProtocolTcp) {
    const uint8_t* const tcp = &packet[sim::kIpv4HeaderBytes];
    outcome.ports = fmt::format("seq {} ack {} ", sim::ReadU32(tcp + 4), sim::ReadU32(tcp + 8));
  }
  const NatBytes onward = Sort(side, subject_.Inject(side, packet), outcome);
  Passage& passage = passages_[step.id];
  (side == NatSide::kInside ? passage.inside : passage.outside) = packet;
  if (onward.empty()) {
    // What did not get out was never outside.
    if (outcome.what.empty()) outcome.what = "nothing";
    return outcome;
  }
  (side == NatSide::kInside ? passage.outside : passage.inside) = onward;
  const sim::Tuple tuple = TupleOf(onward);
  outcome.ports += fmt::format("{} -> {}", tuple.source.ToString(), tuple.destination.ToString());
  outcome.what = side == NatSide::kInside ? DescribeOut(step, tuple) : DescribeIn(tuple);
  const Endpoint stays =
      side == NatSide::kInside ? TupleOf(packet).destination : TupleOf(packet).source;
  const Endpoint stayed = side == NatSide::kInside ? tuple.destination : tuple.source;
  if (stays != stayed) outcome.what += ", the other end was changed";
  if (!IsIntact(packet, onward)) outcome.what += ", damaged";
  if (step.protocol == kProtocolTcp) Arrived(StreamOf(step), step);
  return outcome;
}

NatOutcome NatPlayer::Complain(const NatStep& step) {
  const auto passage = passages_.find(step.about);
  const bool in = step.verb == NatVerb::kErrorIn;
  if (passage == passages_.end() ||
      (in ? passage->second.outside : passage->second.inside).empty()) {
    return {"there is no packet to complain about", ""};
  }
  const NatBytes& seen = in ? passage->second.outside : passage->second.inside;
  const NatBytes& original = in ? passage->second.inside : passage->second.outside;
  const Ipv4Address from = in ? Remote(step).address : TupleOf(seen).destination.address;
  NatOutcome outcome;
  const NatSide side = in ? NatSide::kOutside : NatSide::kInside;
  NatBytes onward =
      Sort(side, subject_.Inject(side, IcmpErrorAbout(seen, from, TupleOf(seen).source.address)),
           outcome);
  if (onward.empty()) {
    if (outcome.what.empty()) outcome.what = "nothing";
    return outcome;
  }
  const bool good = HasGoodChecksum(onward);
  const sim::NatPacket error(onward);
  const sim::Tuple sent = TupleOf(original);
  outcome.ports =
      fmt::format("{} -> {}, about {} -> {}", error.tuple().source.ToString(),
                  error.tuple().destination.ToString(), error.quoted().source.ToString(),
                  error.quoted().destination.ToString());
  outcome.what = error.quoted() == sent ? "an error about what had been sent"
                                        : "an error about something else";
  if (error.tuple().destination.address != sent.source.address) outcome.what += ", astray";
  if (!good) outcome.what += ", damaged";
  return outcome;
}

std::string NatPlayer::DescribeOut(const NatStep& step, const sim::Tuple& tuple) {
  std::string what = tuple.source.address == subject_.external() ? "out" : "out untranslated";
  const uint16_t port = tuple.source.port;
  bool known = port == step.port;
  if (known) what += ", port kept";
  for (const auto& [earlier, protocol, got] : external_) {
    if (protocol != step.protocol || got != port) continue;
    what += fmt::format(", port as of #{}", earlier);
    known = true;
    break;
  }
  if (!known) what += fmt::format(", another port {}", RangeOf(port));
  external_.emplace_back(step.id, step.protocol, port);
  return what;
}

std::string NatPlayer::DescribeIn(const sim::Tuple& tuple) const {
  const Endpoint& to = tuple.destination;
  return fmt::format("in to host{}:{}", static_cast<int64_t>(to.address.value) - hosts_.value,
                     to.port);
}

NatBytes NatPlayer::Sort(NatSide from, std::vector<NatEmission> emissions,
                         NatOutcome& outcome) const {
  NatBytes onward;
  for (NatEmission& emission : emissions) {
    if (emission.side == from) {
      outcome.router_answered = true;
    } else if (onward.empty()) {
      onward = std::move(emission.packet);
    } else {
      outcome.what = "more than one packet";
      return {};
    }
  }
  return onward;
}

}  // namespace sfa::conformance
