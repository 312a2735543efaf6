#include "conformance/judges/hostile/packets.h"

#include <pcap/pcap.h>

#include <algorithm>
#include <memory>

#include "network_sim/ipv4.h"
#include "network_sim/tcp_gate.h"
#include "runtime/udp.h"

namespace sfa::conformance {
namespace {

constexpr size_t kTcpDataOffset = 12, kTcpFlags = 13, kTcpWindow = 14, kTcpChecksum = 16;

}  // namespace

std::optional<RealPacket> TakeApart(std::span<const uint8_t> datagram) {
  const auto ip = sim::ParseIpv4(datagram);
  if (!ip || ip->fragment) return std::nullopt;
  RealPacket packet;
  packet.datagram.assign(datagram.begin(), datagram.end());
  if (const auto udp = ip->protocol == sim::kProtocolUdp ? sim::ParseUdp(*ip) : std::nullopt) {
    packet.source = {ip->source, udp->source_port};
    packet.destination = {ip->destination, udp->destination_port};
    packet.payload.assign(udp->payload.begin(), udp->payload.end());
    return packet;
  }
  if (ip->protocol != sim::kProtocolTcp) return std::nullopt;
  const auto tcp = sim::AdmitTcp(*ip);
  if (!tcp) return std::nullopt;
  packet.tcp = true;
  packet.source = {ip->source, tcp->source_port};
  packet.destination = {ip->destination, tcp->destination_port};
  const auto data = tcp->bytes.subspan(tcp->header_bytes);
  packet.payload.assign(data.begin(), data.end());
  packet.sequence = tcp->sequence;
  packet.acknowledgment = tcp->acknowledgment;
  packet.flags = tcp->flags;
  return packet;
}

Result<std::vector<PacketBytes>> ReadCapture(const std::string& path, size_t first) {
  char problem[PCAP_ERRBUF_SIZE] = "";
  const std::unique_ptr<pcap_t, void (*)(pcap_t*)> file(pcap_open_offline(path.c_str(), problem),
                                                        [](pcap_t* open) {
                                                          if (open != nullptr) pcap_close(open);
                                                        });
  if (!file) return Error{ErrorCode::kInvalid, path + ": " + problem};
  std::vector<PacketBytes> packets;
  pcap_pkthdr* header = nullptr;
  const u_char* bytes = nullptr;
  for (size_t number = 0; pcap_next_ex(file.get(), &header, &bytes) == 1; ++number) {
    if (number >= first) packets.emplace_back(bytes, bytes + header->caplen);
  }
  return packets;
}

PacketBytes UdpPacket(const Endpoint& source, const Endpoint& destination,
                      std::span<const uint8_t> payload) {
  PacketBytes packet(sim::kIpv4HeaderBytes + sim::kUdpHeaderBytes + payload.size());
  sim::WriteUdpDatagram(packet.data(), source, destination, payload);
  return packet;
}

PacketBytes TcpPacket(const Endpoint& source, const Endpoint& destination,
                      const TcpNumbers& numbers, std::span<const uint8_t> payload) {
  PacketBytes packet(sim::kIpv4HeaderBytes + sim::kTcpHeaderBytes + payload.size());
  sim::WriteIpv4Header(packet.data(), source.address, destination.address, sim::kProtocolTcp,
                       packet.size() - sim::kIpv4HeaderBytes);
  uint8_t* const tcp = &packet[sim::kIpv4HeaderBytes];
  sim::WriteU16(tcp, source.port);
  sim::WriteU16(tcp + 2, destination.port);
  sim::WriteU32(tcp + 4, numbers.sequence);
  sim::WriteU32(tcp + 8, numbers.acknowledgment);
  tcp[kTcpDataOffset] = static_cast<uint8_t>(sim::kTcpHeaderBytes / 4 << 4);
  tcp[kTcpFlags] = numbers.flags;
  sim::WriteU16(tcp + kTcpWindow, 0xFFFF);
  std::copy(payload.begin(), payload.end(), tcp + sim::kTcpHeaderBytes);
  sim::WriteU16(tcp + kTcpChecksum,
                sim::TransportChecksum(source.address, destination.address, sim::kProtocolTcp,
                                       {tcp, packet.size() - sim::kIpv4HeaderBytes}));
  return packet;
}

PacketBytes UnreachablePacket(const RealPacket& about, Ipv4Address source, uint8_t code) {
  // RFC 792: the header and eight bytes.
  const size_t quoted = std::min(about.datagram.size(), sim::kIpv4HeaderBytes + 8);
  PacketBytes packet(sim::kIpv4HeaderBytes + sim::kIcmpHeaderBytes + quoted);
  sim::WriteIpv4Header(packet.data(), source, about.source.address, sim::kProtocolIcmp,
                       packet.size() - sim::kIpv4HeaderBytes);
  uint8_t* const icmp = &packet[sim::kIpv4HeaderBytes];
  icmp[0] = sim::kIcmpUnreachable;
  icmp[1] = code;
  std::copy_n(about.datagram.begin(), quoted, icmp + sim::kIcmpHeaderBytes);
  sim::WriteU16(icmp + 2, sim::InternetChecksum({icmp, packet.size() - sim::kIpv4HeaderBytes}));
  return packet;
}

PacketBytes Noise(Random& random, size_t most) {
  PacketBytes bytes(random.Below(most + 1));
  random.Fill(bytes);
  return bytes;
}

PacketBytes Changed(PacketBytes bytes, Random& random) {
  for (uint64_t changes = 1 + random.Below(4); changes > 0 && !bytes.empty(); --changes) {
    const size_t at = random.Below(bytes.size());
    const auto value = static_cast<uint8_t>(random.Below(256));
    switch (random.Below(4)) {
      case 0:
        bytes[at] = value;
        break;
      case 1:
        bytes.insert(bytes.begin() + static_cast<long>(at), value);
        break;
      case 2:
        bytes.erase(bytes.begin() + static_cast<long>(at));
        break;
      default:
        bytes[at] ^= static_cast<uint8_t>(1u << (value % 8));
        break;
    }
  }
  if (bytes.size() > kMaxDatagramBytes) bytes.resize(kMaxDatagramBytes);
  return bytes;
}

}  // namespace sfa::conformance
