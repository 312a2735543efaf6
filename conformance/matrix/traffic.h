// What a capture shows of a host: how many bytes it sent and received, and with whom.
#ifndef CONFORMANCE_MATRIX_TRAFFIC_H_
#define CONFORMANCE_MATRIX_TRAFFIC_H_

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/address.h"
#include "runtime/result.h"
#include "runtime/time.h"

namespace sfa::conformance {

// A packet that the host sent or received.
struct TrafficPacket {
  Duration at{};  // since the world's beginning
  uint8_t protocol = 0;
  Ipv4Address remote;
  uint32_t bytes = 0;  // with the IPv4 header
};

// Of the host that sent the first packet in the capture of a LAN; `start` is the date of the
// world's beginning.
Result<std::vector<TrafficPacket>> ReadTraffic(const std::string& capture, WallTime start);

// From `from` on, up to and not including `to`.
uint64_t BytesBetween(const std::vector<TrafficPacket>& packets, Duration from, Duration to);

// The protocol and remote address with which the host exchanged the most bytes in that time;
// `bytes` is 0 when there was none.
struct Conversation {
  uint8_t protocol = 0;
  Ipv4Address remote;
  uint64_t bytes = 0;
};
Conversation BusiestBetween(const std::vector<TrafficPacket>& packets, Duration from, Duration to);

}  // namespace sfa::conformance

#endif  // CONFORMANCE_MATRIX_TRAFFIC_H_
