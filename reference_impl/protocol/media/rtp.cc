#include "protocol/media/rtp.h"

namespace sfa::media {
namespace {

constexpr uint8_t kVersion = 2;  // RFC 3550 section 5.1

}  // namespace

std::optional<RtpPacket> ParseRtp(std::span<const uint8_t> packet) {
  if (packet.size() < kRtpHeaderBytes || packet[0] >> 6 != kVersion) return std::nullopt;
  const bool has_padding = packet[0] & 0x20;
  const bool has_extension = packet[0] & 0x10;
  size_t offset = kRtpHeaderBytes + 4 * (packet[0] & 0x0F);
  if (has_extension) {
    // RFC 3550 section 5.3.1: 16 bits of profile, then the length in 32-bit words.
    if (packet.size() < offset + 4) return std::nullopt;
    offset += 4 + 4 * static_cast<size_t>(ReadU16(packet.data() + offset + 2));
  }
  if (packet.size() < offset) return std::nullopt;
  size_t end = packet.size();
  if (has_padding) {
    // The last byte counts the padding, itself included.
    const size_t padding = end > offset ? packet[end - 1] : 0;
    if (padding == 0 || padding > end - offset) return std::nullopt;
    end -= padding;
  }
  RtpPacket parsed;
  parsed.header.marker = packet[1] & 0x80;
  parsed.header.payload_type = packet[1] & 0x7F;
  parsed.header.sequence = ReadU16(packet.data() + 2);
  parsed.header.timestamp = ReadU32(packet.data() + 4);
  parsed.header.ssrc = ReadU32(packet.data() + 8);
  parsed.payload = packet.subspan(offset, end - offset);
  return parsed;
}

void WriteRtpHeader(const RtpHeader& header, std::span<uint8_t, kRtpHeaderBytes> into) {
  into[0] = kVersion << 6;
  into[1] = static_cast<uint8_t>((header.marker ? 0x80 : 0) | (header.payload_type & 0x7F));
  WriteU16(header.sequence, &into[2]);
  WriteU32(header.timestamp, &into[4]);
  WriteU32(header.ssrc, &into[8]);
}

}  // namespace sfa::media
