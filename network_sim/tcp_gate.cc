#include "network_sim/tcp_gate.h"

namespace sfa::sim {
namespace {

// RFC 9293 section 3.2, RFC 7323, RFC 2018.
constexpr uint8_t kEndOfOptions = 0;
constexpr uint8_t kNoOperation = 1;
constexpr uint8_t kMaximumSegmentSize = 2;
constexpr uint8_t kWindowScale = 3;
constexpr uint8_t kSackPermitted = 4;
constexpr uint8_t kSack = 5;
constexpr uint8_t kTimestamps = 8;

bool LengthFits(uint8_t kind, size_t length) {
  switch (kind) {
    case kMaximumSegmentSize:
      return length == 4;
    case kWindowScale:
      return length == 3;
    case kSackPermitted:
      return length == 2;
    case kSack:
      return length >= 10 && (length - 2) % 8 == 0;
    case kTimestamps:
      return length == 10;
    default:
      return true;
  }
}

bool OptionsAreWellFormed(std::span<const uint8_t> options) {
  size_t at = 0;
  while (at < options.size()) {
    const uint8_t kind = options[at];
    if (kind == kEndOfOptions) return true;
    if (kind == kNoOperation) {
      ++at;
      continue;
    }
    if (at + 1 >= options.size()) return false;
    const size_t length = options[at + 1];
    if (length < 2 || at + length > options.size() || !LengthFits(kind, length)) return false;
    at += length;
  }
  return true;
}

bool FlagsMakeSense(uint8_t flags) {
  const int controls =
      ((flags & kTcpSyn) != 0) + ((flags & kTcpFin) != 0) + ((flags & kTcpRst) != 0);
  if (controls > 1) return false;
  // RFC 9293 section 3.10.7.4: without ACK only a first SYN or a reset means anything.
  return (flags & kTcpAck) != 0 || (flags & (kTcpSyn | kTcpRst)) != 0;
}

}  // namespace

std::optional<TcpSegment> AdmitTcp(const Ipv4Datagram& datagram) {
  const auto bytes = datagram.payload;
  if (bytes.size() < kTcpHeaderBytes) return std::nullopt;
  TcpSegment segment{.source_port = ReadU16(&bytes[0]),
                     .destination_port = ReadU16(&bytes[2]),
                     .sequence = ReadU32(&bytes[4]),
                     .acknowledgment = ReadU32(&bytes[8]),
                     .flags = bytes[13],
                     .header_bytes = (bytes[12] >> 4) * 4u,
                     .bytes = bytes};
  if (segment.header_bytes < kTcpHeaderBytes || segment.header_bytes > bytes.size()) {
    return std::nullopt;
  }
  if (segment.source_port == 0 || segment.destination_port == 0) return std::nullopt;
  if (!FlagsMakeSense(segment.flags)) return std::nullopt;
  if (TransportChecksum(datagram.source, datagram.destination, kProtocolTcp, bytes) != 0) {
    return std::nullopt;
  }
  if (!OptionsAreWellFormed(
          bytes.subspan(kTcpHeaderBytes, segment.header_bytes - kTcpHeaderBytes))) {
    return std::nullopt;
  }
  return segment;
}

}  // namespace sfa::sim
