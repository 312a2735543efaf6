// Packets as an attacker handles them: read from a capture, changed, and made anew with whatever
// source address is wanted.
#ifndef CONFORMANCE_JUDGES_HOSTILE_PACKETS_H_
#define CONFORMANCE_JUDGES_HOSTILE_PACKETS_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "runtime/address.h"
#include "runtime/random.h"
#include "runtime/result.h"

namespace sfa::conformance {

using PacketBytes = std::vector<uint8_t>;

// A UDP datagram or a TCP segment, taken apart.
struct RealPacket {
  PacketBytes datagram;  // whole, from the IPv4 header on
  bool tcp = false;
  Endpoint source, destination;
  PacketBytes payload;    // of UDP or TCP
  uint32_t sequence = 0;  // TCP's
  uint32_t acknowledgment = 0;
  uint8_t flags = 0;
};
// Nothing when it is neither, or damaged.
std::optional<RealPacket> TakeApart(std::span<const uint8_t> datagram);

// What a capture file holds from the packet number `first` on.
Result<std::vector<PacketBytes>> ReadCapture(const std::string& path, size_t first);

PacketBytes UdpPacket(const Endpoint& source, const Endpoint& destination,
                      std::span<const uint8_t> payload);
struct TcpNumbers {
  uint32_t sequence = 0;
  uint32_t acknowledgment = 0;
  uint8_t flags = 0;
};
PacketBytes TcpPacket(const Endpoint& source, const Endpoint& destination,
                      const TcpNumbers& numbers, std::span<const uint8_t> payload);
// ICMP's "destination unreachable" from `source` about a packet, to who sent that.
PacketBytes UnreachablePacket(const RealPacket& about, Ipv4Address source, uint8_t code);

// Up to `most` bytes that mean nothing.
PacketBytes Noise(Random& random, size_t most);
// The same with some bits or bytes changed, put in or left out.
PacketBytes Changed(PacketBytes bytes, Random& random);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_JUDGES_HOSTILE_PACKETS_H_
