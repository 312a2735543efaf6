// For the tests of the NAT boxes: a clock by hand, a place where packets end, packets to send.
#ifndef NETWORK_SIM_NAT_TEST_SUPPORT_H_
#define NETWORK_SIM_NAT_TEST_SUPPORT_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "network_sim/ipv4.h"
#include "network_sim/nat.h"

namespace sfa::sim {

using Packet = std::vector<uint8_t>;

class HandClock final : public NatClock {
 public:
  MonotonicTime Now() const override { return now; }
  MonotonicTime now{};
};

class Basket final : public PacketSink {
 public:
  void Receive(ns3::Ptr<ns3::Packet> packet) override {
    Packet bytes(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    packets.push_back(std::move(bytes));
  }
  const std::string& name() const override { return name_; }
  std::vector<Packet> packets;

 private:
  std::string name_ = "basket";
};

inline Packet Ip(uint8_t protocol, Ipv4Address from, Ipv4Address to, const Packet& payload) {
  Packet bytes(kIpv4HeaderBytes);
  WriteIpv4Header(bytes.data(), from, to, protocol, payload.size());
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

inline Packet Udp(const Endpoint& from, const Endpoint& to, const Packet& payload = {1, 2, 3}) {
  Packet bytes(kIpv4HeaderBytes + kUdpHeaderBytes + payload.size());
  bytes.resize(WriteUdpDatagram(bytes.data(), from, to, payload));
  return bytes;
}

inline Packet Tcp(const Endpoint& from, const Endpoint& to, uint8_t flags, uint32_t sequence = 1) {
  Packet segment(20);
  WriteU16(&segment[0], from.port);
  WriteU16(&segment[2], to.port);
  WriteU32(&segment[4], sequence);
  segment[12] = 5 << 4;
  segment[13] = flags;
  WriteU16(&segment[16], TransportChecksum(from.address, to.address, kProtocolTcp, segment));
  return Ip(kProtocolTcp, from.address, to.address, segment);
}

inline Packet Icmp(Ipv4Address from, Ipv4Address to, uint8_t type, uint16_t id,
                   const Packet& rest = {0, 1, 5, 6, 7, 8}) {
  Packet message(6);
  message[0] = type;
  WriteU16(&message[4], id);
  message.insert(message.end(), rest.begin(), rest.end());
  WriteU16(&message[2], InternetChecksum(message));
  return Ip(kProtocolIcmp, from, to, message);
}

// An ICMP error of `from` about `packet`, of which it quotes header and 8 bytes.
inline Packet IcmpError(Ipv4Address from, Ipv4Address to, const Packet& packet) {
  Packet rest{0, 0};
  rest.insert(rest.end(), packet.begin(), packet.begin() + 28);
  return Icmp(from, to, kIcmpUnreachable, 0, rest);
}

// Whether header and transport checksums are what they should be.
inline bool HasGoodChecksums(const Packet& packet) {
  const auto datagram = ParseIpv4(packet);
  if (!datagram) return false;
  switch (datagram->protocol) {
    case kProtocolIcmp:
      return InternetChecksum(datagram->payload) == 0;
    case kProtocolTcp:
      return TransportChecksum(datagram->source, datagram->destination, kProtocolTcp,
                               datagram->payload) == 0;
    case kProtocolUdp:
      return ParseUdp(*datagram).has_value();
    default:
      return true;
  }
}

inline Endpoint SourceOf(const Packet& packet) {
  const size_t header = (packet[0] & 0x0F) * 4u;
  return {{ReadU32(&packet[12])}, ReadU16(&packet[header])};
}
inline Endpoint DestinationOf(const Packet& packet) {
  const size_t header = (packet[0] & 0x0F) * 4u;
  return {{ReadU32(&packet[16])}, ReadU16(&packet[header + 2])};
}

inline Endpoint At(const char* text) { return *Endpoint::Parse(text); }

// A box with its surroundings. Send() and Come() return what came out on the other side.
class NatBench {
 public:
  static constexpr Ipv4Address kExternal = Ipv4Address::Of(203, 0, 113, 1);

  explicit NatBench(const NatSettings& settings, uint64_t seed = 1)
      : nat(NewNat("office/nat", settings, kExternal, clock, seed)) {
    nat->Connect(&lan, &internet);
  }

  static Packet Taken(Basket& basket) {
    if (basket.packets.empty()) return {};
    EXPECT_EQ(basket.packets.size(), 1u);
    Packet packet = basket.packets.front();
    basket.packets.clear();
    EXPECT_TRUE(HasGoodChecksums(packet));
    return packet;
  }
  static void Give(PacketSink& sink, const Packet& packet) {
    sink.Receive(ns3::Create<ns3::Packet>(packet.data(), static_cast<uint32_t>(packet.size())));
  }
  Packet Send(const Packet& packet) {
    Give(nat->inside(), packet);
    return Taken(internet);
  }
  Packet Come(const Packet& packet) {
    Give(nat->outside(), packet);
    return Taken(lan);
  }
  // The external endpoint of a datagram from the inside; all zero when it was dropped.
  Endpoint SendUdp(const Endpoint& from, const Endpoint& to) {
    const Packet packet = Send(Udp(from, to));
    return packet.empty() ? Endpoint() : SourceOf(packet);
  }
  // Where a datagram from outside ends; all zero when it was dropped.
  Endpoint ComeUdp(const Endpoint& from, uint16_t port) {
    const Packet packet = Come(Udp(from, {kExternal, port}));
    return packet.empty() ? Endpoint() : DestinationOf(packet);
  }
  void Wait(Duration duration) { clock.now += duration; }

  HandClock clock;
  Basket lan, internet;
  std::unique_ptr<Nat> nat;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_TEST_SUPPORT_H_
