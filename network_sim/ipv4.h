// IPv4, UDP and ICMP on the wire: parsing what may be hostile, building what is well-formed.
#ifndef NETWORK_SIM_IPV4_H_
#define NETWORK_SIM_IPV4_H_

#include <cstdint>
#include <optional>
#include <span>

#include "runtime/address.h"

namespace sfa::sim {

inline constexpr uint8_t kProtocolIcmp = 1;
inline constexpr uint8_t kProtocolTcp = 6;
inline constexpr uint8_t kProtocolUdp = 17;

inline constexpr size_t kIpv4HeaderBytes = 20;  // RFC 791 section 3.1, without options
inline constexpr size_t kMaxIpv4Bytes = 65535;
inline constexpr size_t kUdpHeaderBytes = 8;   // RFC 768
inline constexpr size_t kIcmpHeaderBytes = 8;  // RFC 792
inline constexpr uint8_t kDefaultTtl = 64;     // RFC 1700, "IP parameters"

// RFC 792 types and RFC 1122 section 3.2.2.1 codes.
inline constexpr uint8_t kIcmpEchoReply = 0;
inline constexpr uint8_t kIcmpUnreachable = 3;
inline constexpr uint8_t kIcmpEchoRequest = 8;
inline constexpr uint8_t kIcmpProtocolUnreachable = 2;
inline constexpr uint8_t kIcmpPortUnreachable = 3;
inline constexpr uint8_t kIcmpFragmentationNeeded = 4;

inline uint16_t ReadU16(const uint8_t* from) {
  return static_cast<uint16_t>(from[0] << 8 | from[1]);
}
inline uint32_t ReadU32(const uint8_t* from) {
  return static_cast<uint32_t>(ReadU16(from)) << 16 | ReadU16(from + 2);
}
inline void WriteU16(uint8_t* to, uint16_t value) {
  to[0] = static_cast<uint8_t>(value >> 8);
  to[1] = static_cast<uint8_t>(value);
}
inline void WriteU32(uint8_t* to, uint32_t value) {
  WriteU16(to, static_cast<uint16_t>(value >> 16));
  WriteU16(to + 2, static_cast<uint16_t>(value));
}

// The Internet checksum of RFC 1071 over `bytes`, which starts at an even offset; 0 over bytes that
// contain their own correct checksum. To be stored with WriteU16.
uint16_t InternetChecksum(std::span<const uint8_t> bytes);
// The same with the pseudo-header of TCP and UDP (RFC 9293 section 3.1) in front.
uint16_t TransportChecksum(Ipv4Address source, Ipv4Address destination, uint8_t protocol,
                           std::span<const uint8_t> segment);

// One IPv4 datagram that has been checked; `payload` points into the bytes given.
struct Ipv4Datagram {
  Ipv4Address source;
  Ipv4Address destination;
  uint8_t protocol = 0;
  uint8_t ttl = 0;
  bool fragment = false;  // a part only: offset or more-fragments is set
  size_t header_bytes = 0;
  std::span<const uint8_t> payload;
};
// Nothing unless version, header length, total length (exactly `bytes`) and header checksum are
// right.
std::optional<Ipv4Datagram> ParseIpv4(std::span<const uint8_t> bytes);

// Writes the 20 bytes of a header without options, "don't fragment" set.
void WriteIpv4Header(uint8_t* to, Ipv4Address source, Ipv4Address destination, uint8_t protocol,
                     size_t payload_bytes);

struct UdpDatagram {
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  std::span<const uint8_t> payload;
};
// Nothing unless length and checksum (when there is one, RFC 768) are right.
std::optional<UdpDatagram> ParseUdp(const Ipv4Datagram& datagram);

// Writes IPv4 header, UDP header and payload to `to`, which has room for 28 bytes and the payload;
// returns the size.
size_t WriteUdpDatagram(uint8_t* to, const Endpoint& source, const Endpoint& destination,
                        std::span<const uint8_t> payload);

}  // namespace sfa::sim

#endif  // NETWORK_SIM_IPV4_H_
