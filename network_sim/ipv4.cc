#include "network_sim/ipv4.h"

#include <cstring>

namespace sfa::sim {
namespace {

// Sums in memory order: RFC 1071 section 2 (B) shows that the order of bytes does not matter as
// long as the result is stored the way the words were loaded.
uint64_t Sum(const uint8_t* bytes, size_t size, uint64_t sum) {
  while (size >= 8) {
    uint64_t word;
    std::memcpy(&word, bytes, 8);
    sum += (word & 0xFFFFFFFF) + (word >> 32);
    bytes += 8;
    size -= 8;
  }
  if (size > 0) {
    uint64_t word = 0;
    std::memcpy(&word, bytes, size);
    sum += (word & 0xFFFFFFFF) + (word >> 32);
  }
  return sum;
}

uint16_t Finish(uint64_t sum) {
  sum = (sum & 0xFFFFFFFF) + (sum >> 32);
  sum = (sum & 0xFFFF) + (sum >> 16);
  sum = (sum & 0xFFFF) + (sum >> 16);
  sum = (sum & 0xFFFF) + (sum >> 16);
  const uint16_t in_memory_order = static_cast<uint16_t>(~sum);
  uint8_t bytes[2];
  std::memcpy(bytes, &in_memory_order, 2);
  return ReadU16(bytes);
}

uint64_t PseudoHeader(Ipv4Address source, Ipv4Address destination, uint8_t protocol, size_t size) {
  uint8_t header[12];
  WriteU32(header, source.value);
  WriteU32(header + 4, destination.value);
  header[8] = 0;
  header[9] = protocol;
  WriteU16(header + 10, static_cast<uint16_t>(size));
  return Sum(header, sizeof(header), 0);
}

}  // namespace

uint16_t InternetChecksum(std::span<const uint8_t> bytes) {
  return Finish(Sum(bytes.data(), bytes.size(), 0));
}

uint16_t TransportChecksum(Ipv4Address source, Ipv4Address destination, uint8_t protocol,
                           std::span<const uint8_t> segment) {
  return Finish(Sum(segment.data(), segment.size(),
                    PseudoHeader(source, destination, protocol, segment.size())));
}

std::optional<Ipv4Datagram> ParseIpv4(std::span<const uint8_t> bytes) {
  if (bytes.size() < kIpv4HeaderBytes || bytes.size() > kMaxIpv4Bytes) return std::nullopt;
  const size_t header_bytes = (bytes[0] & 0x0F) * 4u;
  if (bytes[0] >> 4 != 4 || header_bytes < kIpv4HeaderBytes || header_bytes > bytes.size()) {
    return std::nullopt;
  }
  if (ReadU16(&bytes[2]) != bytes.size()) return std::nullopt;
  if (InternetChecksum(bytes.first(header_bytes)) != 0) return std::nullopt;
  return Ipv4Datagram{.source = {ReadU32(&bytes[12])},
                      .destination = {ReadU32(&bytes[16])},
                      .protocol = bytes[9],
                      .ttl = bytes[8],
                      .fragment = (ReadU16(&bytes[6]) & 0x3FFF) != 0,
                      .header_bytes = header_bytes,
                      .payload = bytes.subspan(header_bytes)};
}

void WriteIpv4Header(uint8_t* to, Ipv4Address source, Ipv4Address destination, uint8_t protocol,
                     size_t payload_bytes) {
  to[0] = 0x45;
  to[1] = 0;
  WriteU16(to + 2, static_cast<uint16_t>(kIpv4HeaderBytes + payload_bytes));
  WriteU16(to + 4, 0);       // RFC 6864 section 4.1: an atomic datagram needs no identification
  WriteU16(to + 6, 0x4000);  // don't fragment
  to[8] = kDefaultTtl;
  to[9] = protocol;
  WriteU16(to + 10, 0);
  WriteU32(to + 12, source.value);
  WriteU32(to + 16, destination.value);
  WriteU16(to + 10, InternetChecksum({to, kIpv4HeaderBytes}));
}

std::optional<UdpDatagram> ParseUdp(const Ipv4Datagram& datagram) {
  const auto segment = datagram.payload;
  if (segment.size() < kUdpHeaderBytes) return std::nullopt;
  const size_t length = ReadU16(&segment[4]);
  if (length < kUdpHeaderBytes || length > segment.size()) return std::nullopt;
  const auto udp = segment.first(length);
  if (ReadU16(&udp[6]) != 0 &&
      TransportChecksum(datagram.source, datagram.destination, kProtocolUdp, udp) != 0) {
    return std::nullopt;
  }
  return UdpDatagram{.source_port = ReadU16(&udp[0]),
                     .destination_port = ReadU16(&udp[2]),
                     .payload = udp.subspan(kUdpHeaderBytes)};
}

size_t WriteUdpDatagram(uint8_t* to, const Endpoint& source, const Endpoint& destination,
                        std::span<const uint8_t> payload) {
  const size_t udp_bytes = kUdpHeaderBytes + payload.size();
  WriteIpv4Header(to, source.address, destination.address, kProtocolUdp, udp_bytes);
  uint8_t* udp = to + kIpv4HeaderBytes;
  WriteU16(udp, source.port);
  WriteU16(udp + 2, destination.port);
  WriteU16(udp + 4, static_cast<uint16_t>(udp_bytes));
  WriteU16(udp + 6, 0);
  if (!payload.empty()) std::memcpy(udp + kUdpHeaderBytes, payload.data(), payload.size());
  const uint16_t checksum =
      TransportChecksum(source.address, destination.address, kProtocolUdp, {udp, udp_bytes});
  WriteU16(udp + 6, checksum == 0 ? 0xFFFF : checksum);  // RFC 768: 0 would mean "none"
  return kIpv4HeaderBytes + udp_bytes;
}

}  // namespace sfa::sim
