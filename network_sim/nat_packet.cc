#include "network_sim/nat_packet.h"

#include "network_sim/ipv4.h"

namespace sfa::sim {
namespace {

constexpr size_t kMinTcpBytes = 20;
constexpr size_t kQuotedTransportBytes = 8;  // RFC 792: at least as much is quoted

// Offsets in an IPv4 header (RFC 791 section 3.1).
constexpr size_t kTtl = 8, kHeaderChecksum = 10, kSource = 12, kDestination = 16;

// RFC 792 and RFC 1812 section 5.2.7: errors that a NAT translates.
constexpr uint8_t kTimeExceeded = 11, kParameterProblem = 12;

}  // namespace

NatPacket::NatPacket(std::span<uint8_t> bytes) : bytes_(bytes) { kind_ = Read(); }

NatPacketKind NatPacket::Read() {
  const auto datagram = ParseIpv4(bytes_);
  if (!datagram) return NatPacketKind::kMalformed;
  if (datagram->fragment) return NatPacketKind::kFragment;
  tuple_ = {datagram->protocol, {datagram->source, 0}, {datagram->destination, 0}};
  const size_t size = datagram->payload.size();
  if (datagram->protocol == kProtocolIcmp) return ReadIcmp(datagram->header_bytes, size);
  return ReadTransport(datagram->header_bytes, size, datagram->protocol)
             ? NatPacketKind::kTransport
             : NatPacketKind::kMalformed;
}

bool NatPacket::ReadTransport(size_t offset, size_t size, uint8_t protocol) {
  if (protocol != kProtocolTcp && protocol != kProtocolUdp) return true;
  const uint8_t* const at = &bytes_[0] + offset;
  if (protocol == kProtocolUdp) {
    if (size < kUdpHeaderBytes || ReadU16(at + 4) < kUdpHeaderBytes || ReadU16(at + 4) > size) {
      return false;
    }
    // RFC 768: 0 means that the sender made none.
    outer_.checksum = ReadU16(at + 6) != 0 ? offset + 6 : 0;
    outer_.udp = true;
  } else {
    if (size < kMinTcpBytes) return false;
    const size_t header = (at[12] >> 4) * 4u;
    if (header < kMinTcpBytes || header > size) return false;
    outer_.checksum = offset + 16;
    tcp_ = {at[13], ReadU32(at + 4), ReadU32(at + 8), static_cast<uint32_t>(size - header)};
  }
  outer_.covers_addresses = true;
  outer_.source_port = offset;
  outer_.destination_port = offset + 2;
  tuple_.source.port = ReadU16(at);
  tuple_.destination.port = ReadU16(at + 2);
  return tuple_.source.port != 0 && tuple_.destination.port != 0;
}

NatPacketKind NatPacket::ReadIcmp(size_t offset, size_t size) {
  if (size < kIcmpHeaderBytes) return NatPacketKind::kMalformed;
  switch (bytes_[offset]) {
    case kIcmpEchoRequest:
      outer_.source_port = offset + 4;
      outer_.checksum = offset + 2;
      tuple_.source.port = ReadU16(&bytes_[offset + 4]);
      return NatPacketKind::kEchoRequest;
    case kIcmpEchoReply:
      outer_.destination_port = offset + 4;
      outer_.checksum = offset + 2;
      tuple_.destination.port = ReadU16(&bytes_[offset + 4]);
      return NatPacketKind::kEchoReply;
    case kIcmpUnreachable:
    case kTimeExceeded:
    case kParameterProblem:
      // Its sum is made anew later, which must not repair a broken one.
      if (InternetChecksum(bytes_.subspan(offset)) != 0) return NatPacketKind::kMalformed;
      icmp_ = offset;
      return ReadQuoted(offset + kIcmpHeaderBytes) ? NatPacketKind::kIcmpError
                                                   : NatPacketKind::kMalformed;
    default:
      return NatPacketKind::kOtherIcmp;
  }
}

bool NatPacket::ReadQuoted(size_t offset) {
  if (bytes_.size() < offset + kIpv4HeaderBytes) return false;
  const uint8_t* const header = &bytes_[offset];
  const size_t header_bytes = (header[0] & 0x0F) * 4u;
  if (header[0] >> 4 != 4 || header_bytes < kIpv4HeaderBytes) return false;
  if (bytes_.size() < offset + header_bytes + kQuotedTransportBytes) return false;
  // Only a first part has the ports.
  if ((ReadU16(header + 6) & 0x1FFF) != 0) return false;
  quoted_ = {header[9], {{ReadU32(header + kSource)}, 0}, {{ReadU32(header + kDestination)}, 0}};
  inner_.header = offset;
  const size_t transport = offset + header_bytes;
  const uint8_t* const at = &bytes_[transport];
  switch (quoted_.protocol) {
    case kProtocolTcp:
    case kProtocolUdp: {
      const bool tcp = quoted_.protocol == kProtocolTcp;
      const size_t checksum = transport + (tcp ? 16 : 6);
      const bool there = checksum + 2 <= bytes_.size() && (tcp || ReadU16(at + 6) != 0);
      inner_.checksum = there ? checksum : 0;
      inner_.covers_addresses = true;
      inner_.udp = !tcp;
      inner_.source_port = transport;
      inner_.destination_port = transport + 2;
      quoted_.source.port = ReadU16(at);
      quoted_.destination.port = ReadU16(at + 2);
      return true;
    }
    case kProtocolIcmp:
      inner_.checksum = transport + 2;
      if (at[0] == kIcmpEchoRequest) {
        inner_.source_port = transport + 4;
        quoted_.source.port = ReadU16(at + 4);
      } else if (at[0] == kIcmpEchoReply) {
        inner_.destination_port = transport + 4;
        quoted_.destination.port = ReadU16(at + 4);
      } else {
        return false;
      }
      return true;
    default:
      return true;
  }
}

bool NatPacket::DecrementTtl() {
  if (bytes_[kTtl] <= 1) return false;
  SetWord(kTtl, static_cast<uint16_t>(ReadU16(&bytes_[kTtl]) - 0x100), kHeaderChecksum,
          /*udp=*/false);
  return true;
}

void NatPacket::SetSource(const Endpoint& source) {
  SetAddress(outer_, kSource, source.address);
  SetPort(outer_, outer_.source_port, source.port);
  tuple_.source = source;
}

void NatPacket::SetDestination(const Endpoint& destination) {
  SetAddress(outer_, kDestination, destination.address);
  SetPort(outer_, outer_.destination_port, destination.port);
  tuple_.destination = destination;
}

void NatPacket::SetQuotedSource(const Endpoint& source) {
  SetAddress(inner_, kSource, source.address);
  SetPort(inner_, inner_.source_port, source.port);
  quoted_.source = source;
  SumIcmpAnew();
}

void NatPacket::SetQuotedDestination(const Endpoint& destination) {
  SetAddress(inner_, kDestination, destination.address);
  SetPort(inner_, inner_.destination_port, destination.port);
  quoted_.destination = destination;
  SumIcmpAnew();
}

void NatPacket::SetOuterSource(Ipv4Address source) {
  SetAddress(outer_, kSource, source);
  tuple_.source.address = source;
}

void NatPacket::SetOuterDestination(Ipv4Address destination) {
  SetAddress(outer_, kDestination, destination);
  tuple_.destination.address = destination;
}

void NatPacket::SetAddress(const Layer& layer, size_t field, Ipv4Address address) {
  const size_t at = layer.header + field;
  const uint16_t words[2] = {static_cast<uint16_t>(address.value >> 16),
                             static_cast<uint16_t>(address.value)};
  for (size_t i = 0; i < 2; ++i) {
    if (layer.covers_addresses && layer.checksum != 0) {
      UpdateChecksum(layer.checksum, ReadU16(&bytes_[at + 2 * i]), words[i], layer.udp);
    }
    SetWord(at + 2 * i, words[i], layer.header + kHeaderChecksum, /*udp=*/false);
  }
}

void NatPacket::SetPort(const Layer& layer, size_t at, uint16_t port) {
  if (at != 0) SetWord(at, port, layer.checksum, layer.udp);
}

void NatPacket::SetWord(size_t at, uint16_t value, size_t checksum, bool udp) {
  const uint16_t before = ReadU16(&bytes_[at]);
  WriteU16(&bytes_[at], value);
  if (checksum != 0) UpdateChecksum(checksum, before, value, udp);
}

// RFC 1624 section 3, equation 3.
void NatPacket::UpdateChecksum(size_t at, uint16_t before, uint16_t after, bool udp) {
  const uint16_t old_sum = ReadU16(&bytes_[at]);
  uint32_t sum = static_cast<uint16_t>(~old_sum);
  sum += static_cast<uint16_t>(~before);
  sum += after;
  sum = (sum & 0xFFFF) + (sum >> 16);
  sum = (sum & 0xFFFF) + (sum >> 16);
  const auto new_sum = static_cast<uint16_t>(~sum);
  WriteU16(&bytes_[at], new_sum == 0 && udp ? 0xFFFF : new_sum);
}

void NatPacket::SumIcmpAnew() {
  WriteU16(&bytes_[icmp_ + 2], 0);
  WriteU16(&bytes_[icmp_ + 2], InternetChecksum(bytes_.subspan(icmp_)));
}

}  // namespace sfa::sim
