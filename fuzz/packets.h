// Packets for seeds and for targets that need well-formed ones.
#ifndef FUZZ_PACKETS_H_
#define FUZZ_PACKETS_H_

#include "fuzz/input.h"
#include "network_sim/ipv4.h"

namespace sfa::fuzz {

inline Bytes IpPacket(uint8_t protocol, Ipv4Address from, Ipv4Address to, const Bytes& payload) {
  Bytes bytes(sim::kIpv4HeaderBytes);
  sim::WriteIpv4Header(bytes.data(), from, to, protocol, payload.size());
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

inline Bytes UdpPacket(const Endpoint& from, const Endpoint& to, std::span<const uint8_t> payload) {
  Bytes bytes(sim::kIpv4HeaderBytes + sim::kUdpHeaderBytes + payload.size());
  bytes.resize(sim::WriteUdpDatagram(bytes.data(), from, to, payload));
  return bytes;
}

// `options` are padded to a multiple of four.
inline Bytes TcpPacket(const Endpoint& from, const Endpoint& to, uint8_t flags, uint32_t sequence,
                       uint32_t acknowledgment, Bytes options, std::span<const uint8_t> data) {
  options.resize(std::min<size_t>((options.size() + 3) / 4 * 4, 40));
  Bytes segment(20);
  sim::WriteU16(&segment[0], from.port);
  sim::WriteU16(&segment[2], to.port);
  sim::WriteU32(&segment[4], sequence);
  sim::WriteU32(&segment[8], acknowledgment);
  segment[12] = static_cast<uint8_t>((20 + options.size()) / 4 << 4);
  segment[13] = flags;
  sim::WriteU16(&segment[14], 0xFFFF);
  segment.insert(segment.end(), options.begin(), options.end());
  segment.insert(segment.end(), data.begin(), data.end());
  sim::WriteU16(&segment[16],
                sim::TransportChecksum(from.address, to.address, sim::kProtocolTcp, segment));
  return IpPacket(sim::kProtocolTcp, from.address, to.address, segment);
}

// `rest` is what follows type, code and checksum.
inline Bytes IcmpPacket(Ipv4Address from, Ipv4Address to, uint8_t type, uint8_t code,
                        std::span<const uint8_t> rest) {
  Bytes message = {type, code, 0, 0};
  message.insert(message.end(), rest.begin(), rest.end());
  sim::WriteU16(&message[2], sim::InternetChecksum(message));
  return IpPacket(sim::kProtocolIcmp, from, to, message);
}

// Whether the checksums of header and payload are what they should be.
inline bool HasGoodChecksums(std::span<const uint8_t> packet) {
  const auto datagram = sim::ParseIpv4(packet);
  if (!datagram) return false;
  switch (datagram->protocol) {
    case sim::kProtocolIcmp:
      return sim::InternetChecksum(datagram->payload) == 0;
    case sim::kProtocolTcp:
      return sim::TransportChecksum(datagram->source, datagram->destination, sim::kProtocolTcp,
                                    datagram->payload) == 0;
    case sim::kProtocolUdp:
      return sim::ParseUdp(*datagram).has_value();
    default:
      return true;
  }
}

}  // namespace sfa::fuzz

#endif  // FUZZ_PACKETS_H_
