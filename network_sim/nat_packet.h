// A packet inside a NAT: read once, its addresses and ports rewritten in place, its checksums
// updated by the difference (RFC 1624).
#ifndef NETWORK_SIM_NAT_PACKET_H_
#define NETWORK_SIM_NAT_PACKET_H_

#include <cstdint>
#include <span>

#include "network_sim/nat_flow_table.h"
#include "network_sim/nat_tcp.h"

namespace sfa::sim {

enum class NatPacketKind {
  kMalformed,
  kFragment,
  kTransport,    // TCP, UDP, or a protocol without ports
  kEchoRequest,  // ICMP
  kEchoReply,
  kIcmpError,  // about the packet of which it quotes the beginning
  kOtherIcmp,
};

class NatPacket {
 public:
  // `bytes` is one IPv4 datagram; it is changed in place and outlives this.
  explicit NatPacket(std::span<uint8_t> bytes);

  NatPacketKind kind() const { return kind_; }
  // Of the packet itself; the source port of an echo request and the destination port of an echo
  // reply are the identifier. For an ICMP error the ports are 0.
  const Tuple& tuple() const { return tuple_; }
  // Of the packet that an ICMP error quotes.
  const Tuple& quoted() const { return quoted_; }
  const TcpSegment& tcp() const { return tcp_; }

  // False when the packet's life is over.
  bool DecrementTtl();
  void SetSource(const Endpoint& source);
  void SetDestination(const Endpoint& destination);
  // Of an ICMP error: the quoted packet's source or destination, and the error's own address.
  void SetQuotedSource(const Endpoint& source);
  void SetQuotedDestination(const Endpoint& destination);
  void SetOuterSource(Ipv4Address source);
  void SetOuterDestination(Ipv4Address destination);

 private:
  // One IPv4 header with what follows it, the packet's own or the quoted one: offsets, 0 for what
  // is not there.
  struct Layer {
    size_t header = 0;
    size_t source_port = 0;
    size_t destination_port = 0;
    size_t checksum = 0;  // the transport's
    bool covers_addresses = false;
    bool udp = false;  // whose 0 means that there is no checksum
  };
  NatPacketKind Read();
  bool ReadTransport(size_t offset, size_t size, uint8_t protocol);
  NatPacketKind ReadIcmp(size_t offset, size_t size);
  bool ReadQuoted(size_t offset);
  void SetAddress(const Layer& layer, size_t field, Ipv4Address address);
  void SetPort(const Layer& layer, size_t at, uint16_t port);
  void SetWord(size_t at, uint16_t value, size_t checksum, bool udp);
  void UpdateChecksum(size_t at, uint16_t before, uint16_t after, bool udp);
  void SumIcmpAnew();

  std::span<uint8_t> bytes_;
  NatPacketKind kind_ = NatPacketKind::kMalformed;
  Tuple tuple_, quoted_;
  TcpSegment tcp_;
  Layer outer_, inner_;
  size_t icmp_ = 0;
};

}  // namespace sfa::sim

#endif  // NETWORK_SIM_NAT_PACKET_H_
