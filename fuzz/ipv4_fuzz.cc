// IPv4, UDP and the gate before TCP.
#include "fuzz/packets.h"
#include "fuzz/target.h"
#include "network_sim/tcp_gate.h"

namespace sfa::fuzz {
namespace {

const Endpoint kInside{Ipv4Address::Of(192, 168, 1, 2), 5000};
const Endpoint kOutside{Ipv4Address::Of(198, 51, 100, 7), 33033};

// Makes the sums right, so that more than the sums is tested.
void Mend(Bytes& packet) {
  if (packet.size() < sim::kIpv4HeaderBytes) return;
  packet[0] = static_cast<uint8_t>(0x40 | (packet[0] & 0x0F));
  sim::WriteU16(&packet[2], static_cast<uint16_t>(packet.size()));
  const size_t header = (packet[0] & 0x0F) * 4u;
  if (header < sim::kIpv4HeaderBytes || header > packet.size()) return;
  sim::WriteU16(&packet[10], 0);
  sim::WriteU16(&packet[10], sim::InternetChecksum(std::span(packet).first(header)));
  const std::span<uint8_t> payload = std::span(packet).subspan(header);
  const size_t at = packet[9] == sim::kProtocolTcp ? 16 : 6;
  if ((packet[9] != sim::kProtocolTcp && packet[9] != sim::kProtocolUdp) ||
      payload.size() < at + 2) {
    return;
  }
  sim::WriteU16(&payload[at], 0);
  sim::WriteU16(&payload[at],
                sim::TransportChecksum({sim::ReadU32(&packet[12])}, {sim::ReadU32(&packet[16])},
                                       packet[9], payload));
}

void Run(std::span<const uint8_t> bytes) {
  Input input(bytes);
  const bool mended = input.Flag();
  const auto rest = input.Rest();
  Bytes packet(rest.begin(), rest.end());
  packet.resize(std::min(packet.size(), sim::kMaxIpv4Bytes));
  if (mended) Mend(packet);
  const auto datagram = sim::ParseIpv4(packet);
  if (!datagram) return;
  SFA_FUZZ_CHECK(datagram->header_bytes >= sim::kIpv4HeaderBytes);
  SFA_FUZZ_CHECK(datagram->header_bytes + datagram->payload.size() == packet.size());
  if (const auto udp = sim::ParseUdp(*datagram)) {
    SFA_FUZZ_CHECK(udp->payload.size() + sim::kUdpHeaderBytes <= datagram->payload.size());
  }
  if (const auto segment = sim::AdmitTcp(*datagram)) {
    SFA_FUZZ_CHECK(segment->bytes.size() == datagram->payload.size());
    SFA_FUZZ_CHECK(segment->header_bytes >= sim::kTcpHeaderBytes);
    SFA_FUZZ_CHECK(segment->header_bytes <= segment->bytes.size());
    SFA_FUZZ_CHECK(segment->source_port != 0 && segment->destination_port != 0);
  }
}

Seeds MakeSeeds() {
  Seeds seeds;
  const auto add = [&](const char* name, const Bytes& packet) {
    seeds.emplace_back(name, Script().Byte(1).Put(packet).bytes());
  };
  add("udp", UdpPacket(kInside, kOutside, Bytes{1, 2, 3}));
  add("syn", TcpPacket(kInside, kOutside, sim::kTcpSyn, 1, 0,
                       {2, 4, 5, 0xB4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7}, {}));
  add("ack", TcpPacket(kInside, kOutside, sim::kTcpAck, 1, 1, {1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 9},
                       Bytes{'x'}));
  add("icmp", IcmpPacket(kInside.address, kOutside.address, sim::kIcmpEchoRequest, 0,
                         Bytes{0, 7, 0, 1, 'p'}));
  return seeds;
}

}  // namespace

const Target kIpv4 = {"ipv4", Run, MakeSeeds};

}  // namespace sfa::fuzz
