// RTP packets (RFC 3550 section 5.1) as values. What is parsed points into the packet.
#ifndef REFERENCE_IMPL_PROTOCOL_MEDIA_RTP_H_
#define REFERENCE_IMPL_PROTOCOL_MEDIA_RTP_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sfa::media {

inline constexpr size_t kRtpHeaderBytes = 12;  // RFC 3550 section 5.1, without CSRCs or extension

struct RtpHeader {
  bool marker = false;
  uint8_t payload_type = 0;  // 7 bits
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
};

struct RtpPacket {
  RtpHeader header;
  std::span<const uint8_t> payload;  // without CSRCs, extension and padding
};

// Nothing when the packet is not RTP version 2 or one of its lengths leads out of it.
std::optional<RtpPacket> ParseRtp(std::span<const uint8_t> packet);

void WriteRtpHeader(const RtpHeader& header, std::span<uint8_t, kRtpHeaderBytes> into);

// The distance from `from` to `to` on a circle of 2^16 or 2^32, negative when `to` lies behind.
inline int16_t Distance(uint16_t from, uint16_t to) {
  return static_cast<int16_t>(static_cast<uint16_t>(to - from));
}
inline int32_t Distance(uint32_t from, uint32_t to) { return static_cast<int32_t>(to - from); }

// Network byte order.
inline uint16_t ReadU16(const uint8_t* from) {
  return static_cast<uint16_t>(from[0] << 8 | from[1]);
}
inline uint32_t ReadU32(const uint8_t* from) {
  return static_cast<uint32_t>(from[0]) << 24 | static_cast<uint32_t>(from[1]) << 16 |
         static_cast<uint32_t>(from[2]) << 8 | from[3];
}
inline void WriteU16(uint16_t value, uint8_t* into) {
  into[0] = static_cast<uint8_t>(value >> 8);
  into[1] = static_cast<uint8_t>(value);
}
inline void WriteU32(uint32_t value, uint8_t* into) {
  WriteU16(static_cast<uint16_t>(value >> 16), into);
  WriteU16(static_cast<uint16_t>(value), into + 2);
}

}  // namespace sfa::media

#endif  // REFERENCE_IMPL_PROTOCOL_MEDIA_RTP_H_
