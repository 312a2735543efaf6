// The gate before ns-3's TCP: only segments that cannot hurt it come through.
#ifndef NETWORK_SIM_TCP_GATE_H_
#define NETWORK_SIM_TCP_GATE_H_

#include <cstdint>
#include <optional>
#include <span>

#include "network_sim/ipv4.h"

namespace sfa::sim {

inline constexpr size_t kTcpHeaderBytes = 20;  // RFC 9293 section 3.1, without options
inline constexpr uint8_t kTcpFin = 0x01;
inline constexpr uint8_t kTcpSyn = 0x02;
inline constexpr uint8_t kTcpRst = 0x04;
inline constexpr uint8_t kTcpAck = 0x10;

struct TcpSegment {
  uint16_t source_port = 0;
  uint16_t destination_port = 0;
  uint32_t sequence = 0;
  uint32_t acknowledgment = 0;
  uint8_t flags = 0;
  size_t header_bytes = 0;
  std::span<const uint8_t> bytes;  // header and data
  size_t data_bytes() const { return bytes.size() - header_bytes; }
};

// Nothing unless data offset, checksum, ports and every option are right, and the flags are a
// combination that a TCP sends. ns-3 itself loops endlessly on an option of length 0, aborts on
// others, and reads past the end of truncated headers.
std::optional<TcpSegment> AdmitTcp(const Ipv4Datagram& datagram);

}  // namespace sfa::sim

#endif  // NETWORK_SIM_TCP_GATE_H_
